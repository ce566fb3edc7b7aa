"""The command ``collect``. Each command lies in a module of its own and is loaded when it is called, so that
a quick one (``hits``) does not pay for the imports of a slow one (``report``)."""

from __future__ import annotations

import gc
import gettext
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

# importing makes many objects that all stay: collecting among them costs a fifth of a short command
gc.set_threshold(100_000)
# click's own words come from gettext's default domain; it must know the folder and the language first
os.environ["LANGUAGE"] = "zh_CN"
gettext.bindtextdomain("messages", Path(__file__).parent / "locale")

import click  # noqa: E402

from collector.app import Careful  # noqa: E402

#: Command → (module below collector.commands, one line for the overview).
COMMANDS = {
    "init": ("init", "问几个问题，写出 config.toml"),
    "now": ("now", "马上采集一次：读入收件夹里的文件，列出爆款，写出总结"),
    "import": ("importing", "读入指定的文件；--dry-run 只看不存"),
    "retract": ("changing", "撤回一次错误的导入，留有记录"),
    "correct": ("changing", "更正一个数字，写明原因，原数保留"),
    "match": ("changing", "看疑似同一篇的作品，并作决定"),
    "tag": ("story", "给作品加标签、去标签，专题可按标签选作品"),
    "story": ("story", "一稿多发：看哪些作品是同一稿，作出决定"),
    "hits": ("hits", "列出爆款"),
    "report": ("report", "写出一个时期的总结"),
    "export": ("doors", "把作品、观测、爆款、账号的数据写成 csv、xlsx、parquet、json"),
    "verify": ("drafts", "核对一份稿件里的数字：属实、应改写法、不符、无法核对，有没有自相矛盾"),
    "fill": ("drafts", "把真实的数字填进稿件的空，或把上一期的稿件改成这一期的"),
    "mail": ("mail", "发出周报邮件，或先看一看"),
    "notify": ("mail", "群通知：发出还没通知的，或用 --test 试一试"),
    "explain": ("explain", "一篇作品的每个数字从哪里来"),
    "mcp": ("doors", "给智能助手查真实的数字，只读"),
    "check": ("init", "检查配置和收件夹，不改动任何东西"),
    "web": ("web", "打开网页：在浏览器里做以上这些事"),
    "user": ("web", "设谁能登录网页、是什么角色"),
    "token": ("doors", "给程序的令牌：谁能从接口取数"),
    "serve": ("service", "一直运行：按时采集、看收件夹、发周报"),
    "status": ("status", "现在的状况：最近采集、失败的来源、数据库"),
    "sources": ("sources", "每个网页来源的状况：何时还好、从何时起失败、怎么办"),
    "platforms": ("platforms", "各平台的网页和文件里看得到什么、允许取什么"),
    "probe": ("probe", "试读一个网址：用哪种读法、读到什么；没见过的网站给出配置"),
    "grant": ("grant", "给账号授权，程序才能用它的接口取数（快手、B站）"),
    "reread": ("upkeep", "用现在的读法重读留存的原件，补上漏读的"),
    "service": ("service", "装成系统服务，开机就运行"),
    "fleet": ("fleet", "全省许多中心、许多台机器：建立、干活、看状况"),
    "backup": ("upkeep", "备份数据库到一个文件"),
    "restore": ("upkeep", "从备份文件恢复数据库"),
    "rebuild": ("upkeep", "由原始观测重新算出最新值和爆款；--check 只核对"),
}


class _Help(click.HelpFormatter):
    """click's help with Chinese colons."""

    def write_heading(self, heading: str) -> None:
        self.write(f"{'':>{self.current_indent}}{heading}：\n")


click.Context.formatter_class = _Help


class Commands(Careful):
    """The commands, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"collector.commands.{COMMANDS[cmd_name][0]}")
        command = getattr(module, f"{cmd_name}_command")
        assert isinstance(command, click.Command)
        command.options_metavar = "[选项]"
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("命令"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what is wrong with config is exit code 2, with the database 1."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as problem:
            # half a second to import, and not needed to say how a command is used
            from collector.config.loading import ConfigError
            from storage.database import StorageError

            if not isinstance(problem, ConfigError | StorageError):
                raise
            click.echo(str(problem), err=True)
            ctx.exit(2 if isinstance(problem, ConfigError) else 1)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    options_metavar="[选项]",
    subcommand_metavar="命令 …",
    epilog="退出码：0 正常；1 有来源失败；2 用法或配置有误。",
)
@click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    metavar="文件",
    help="配置文件，默认是当前文件夹的 config.toml（也可用环境变量 COLLECT_CONFIG）。",
)
@click.version_option(
    package_name="baokuan", prog_name="爆款 collect", message="%(prog)s 版本 %(version)s"
)
@click.pass_context
def main(ctx: click.Context, config_path: Path | None) -> None:
    """爆款：收集县级融媒体中心各账号的传播数据，每个数字都能追溯到原始文件。"""
    from collector.app import App

    for stream in (sys.stdout, sys.stderr):
        _never_fail_to_print(stream)
    if ctx.obj is None:
        ctx.obj = App()
    ctx.call_on_close(ctx.obj.close)
    if config_path is not None:
        ctx.obj.config_path = config_path


def _never_fail_to_print(stream: TextIO) -> None:
    """A title with an emoji must not stop a run on a console that cannot show it (Windows, GBK)."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")


if __name__ == "__main__":
    main()
