"""What came of handing a message over, and what a mail server's answer means, in Chinese.

The codes are RFC 5321's; the texts are those of QQ 邮箱, 腾讯企业邮, 163/126 and 阿里云邮 as their help pages quote them.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from collector.config.sections import MailConfig
from reports.wording import line

Outcome = Literal["accepted", "temporary", "refused", "unclear"]
#: Step of a sending → when it is, for people. ``sent``: the whole message and its final dot went out, only the answer is
#: missing.
Stage = Literal["connect", "hello", "tls", "login", "sender", "recipient", "content", "sent"]
_STAGES: dict[Stage, str] = {
    "connect": "连接时",
    "hello": "问候时",
    "tls": "加密时",
    "login": "登录时",
    "sender": "报寄件人时",
    "recipient": "报收件人时",
    "content": "传正文时",
    "sent": "等答复时",
}
#: Letters of a server's own words that people are shown.
_SAID = 300


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a message to a mail server or a chat. ``accepted``: it was taken, which does not say that anybody
    received it. ``temporary``: surely not taken, worth another try. ``unclear``: it may or may not have been taken.
    ``words``: for people, on one line; never a secret."""

    state: Outcome
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """``codes`` empty: any; ``stages`` empty: anywhere; ``signs``: one of them stands in the text, any case."""

    codes: tuple[int, ...] = ()
    stages: tuple[Stage, ...] = ()
    signs: tuple[str, ...] = ()
    temporary: bool = False
    advice: str

    def fits(self, stage: Stage, code: int, said: str) -> bool:
        return (
            (not self.codes or code in self.codes)
            and (not self.stages or stage in self.stages)
            and (not self.signs or any(each in said.lower() for each in self.signs))
        )


_LOGIN = (
    "邮箱不认这个用户名或密码。QQ、163 等邮箱要用“授权码”，不是登录密码：在网页邮箱的设置里找到"
    "“POP3/SMTP 服务”，开启后生成授权码，写进 [mail] password_env 所指的环境变量或 password_file 所指的文件"
)
_SENDER = "寄件人与登录的邮箱不一致。请把 [mail] 的 from 写成和 username 同一个邮箱，用户名要写完整的邮箱地址"
_SPAM = "邮件被服务器判为垃圾邮件。请登录网页邮箱看退信说明，或换一个寄件邮箱；单位邮箱请管理员把寄件地址加入白名单"
#: The first rule that fits: a 535 of QQ 邮箱 names every cause there may be, frequency among them.
_RULES = (
    _Rule(codes=(535, 534), advice=_LOGIN),
    _Rule(signs=("frequen", "too many", "rate limit", "频率"), temporary=True,
          advice="发得太频繁，被服务器限制"),
    _Rule(stages=("login",), codes=(550, 553, 526),
          advice="这个邮箱没有开通 SMTP 服务。请在网页邮箱的设置里开启“POP3/SMTP 服务”，再用生成的授权码"),
    _Rule(codes=(530, 538), signs=("tls",),
          advice='服务器要求加密。请把 [mail] 的 security 写成 "ssl"（端口 465）或 "starttls"（端口 587）'),
    _Rule(codes=(530,), advice="服务器要求登录。请在 [mail] 写上 username 和 password_env（授权码）"),
    _Rule(stages=("sender",), codes=(501, 503, 550, 553), advice=_SENDER),
    _Rule(codes=(501, 553), signs=("mail from", "authoriz", "same as"), advice=_SENDER),
    _Rule(codes=(550, 552, 553, 554), signs=("dt:spm", "spam", "垃圾"), advice=_SPAM),
    _Rule(stages=("recipient",), codes=(552,),
          advice="收件人的邮箱已满。请收件人清理邮箱，或换一个收件地址"),
    _Rule(stages=("recipient",), codes=(550, 551, 553, 501, 511),
          advice="没有这个收件人，或对方拒收。请核对 [mail] 的 to 里的地址"),
    _Rule(codes=(552,), advice="邮件太大，超过了服务器的限制。请换一个允许更大邮件的邮箱"),
    _Rule(codes=(554,), stages=("content", "sent"), advice=_SPAM),
    _Rule(codes=(521, 554), stages=("connect", "hello"),
          advice="服务器不接受这台电脑的连接。请确认 [mail] 的 host 和 port 是邮箱“发送服务器（SMTP）”的地址"),
    _Rule(codes=(500, 502, 504), stages=("login", "tls"),
          advice="服务器不支持这种登录或加密方式。请核对 [mail] 的 host、port、security"),
    _Rule(advice="服务器拒绝了这封邮件。请按它的答复处理，或问邮箱的管理员"),
)  # fmt: skip
_UNCLEAR = "邮件已全部发出，但没有等到服务器的答复，是否被接收不明，不会自动重发"
_NO_TLS = (
    "不提供 STARTTLS 加密，没有登录，也没有发送（不会改用明文）。"
    '请改用 security = "ssl"、端口 465，或问邮箱的管理员'
)
_NO_LOGIN = "不提供可用的登录方式。请核对 [mail] 的 host、port；不需要登录时去掉 username"
_NO_TLS_PORT = '上不是 TLS 加密的端口。security = "ssl" 一般用端口 465，"starttls" 用 587'
_CHECK_CERTIFICATE = (
    "没有登录，也没有发送。请核对 host 是否写对、电脑的日期是否正确；"
    "单位自建的邮箱请把它的根证书写进 [mail] 的 ca_file"
)
#: Reasons that OpenSSL gives where the other side does not speak TLS at all.
_NOT_TLS = (
    "WRONG_VERSION_NUMBER",
    "HTTP_REQUEST",
    "PACKET_LENGTH_TOO_LONG",
    "RECORD_LAYER_FAILURE",
)
#: OpenSSL's numbers of what is wrong with a certificate (X509_V_ERR_…).
_CERTIFICATE = {
    10: "已过期",
    9: "还没有生效",
    18: "是自签名的",
    19: "由不认识的机构签发",
    20: "由不认识的机构签发",
    21: "由不认识的机构签发",
    62: "不是这台服务器的",
    64: "不是这台服务器的",
}


def of_reply(stage: Stage, code: int, text: bytes, hidden: Sequence[str] = ()) -> Reply:
    """What a server's answer at a stage means; ``hidden`` is taken out of its words."""
    said = f"服务器答复 {code} {_decoded(text)}".rstrip()
    for each in filter(None, hidden):
        said = said.replace(each, "***")
    if code in (250, 251) and stage == "sent":
        return Reply("accepted", said)
    if 400 <= code < 500:
        return Reply("temporary", f"服务器暂时不收（{said}）")
    if not 500 <= code < 600:  # no answer of this protocol
        if stage == "sent":
            return Reply("unclear", _UNCLEAR)
        return Reply("temporary", "服务器的答复看不懂，它也许不是邮件服务器")
    rule = next(each for each in _RULES if each.fits(stage, code, said))
    return Reply("temporary" if rule.temporary else "refused", f"{rule.advice}（{said}）")


def of_failure(stage: Stage, problem: Exception, mail: MailConfig) -> Reply:
    """What it means that a step ended without an answer."""
    place = f"{mail.host}:{mail.actual_port}"
    if stage == "sent":
        return Reply("unclear", _UNCLEAR)
    if isinstance(problem, smtplib.SMTPNotSupportedError):
        return Reply("refused", f"{place} {_NO_TLS if stage == 'tls' else _NO_LOGIN}")
    if isinstance(problem, ssl.SSLCertVerificationError):
        why = _CERTIFICATE.get(problem.verify_code, problem.verify_message)
        return Reply("refused", f"{place} 的证书不可信（{why}），{_CHECK_CERTIFICATE}")
    if isinstance(problem, ssl.SSLError) and problem.reason in _NOT_TLS:
        return Reply("refused", f"{place} {_NO_TLS_PORT}")
    return Reply("temporary", _unreachable(stage, problem, mail, place))


def _unreachable(stage: Stage, problem: Exception, mail: MailConfig, place: str) -> str:
    if isinstance(problem, socket.gaierror):
        return f"找不到邮件服务器 {mail.host}。请检查网络，并核对 [mail] 的 host"
    if isinstance(problem, TimeoutError) or isinstance(problem.__context__, TimeoutError):
        plain = mail.security != "ssl" and mail.actual_port == 465
        hint = '。端口 465 要用 security = "ssl"' if plain else ""
        return f"等 {place} 的答复超时（{_STAGES[stage]}）。请检查网络和防火墙{hint}"
    if isinstance(problem, ConnectionRefusedError):
        return f"{place} 拒绝连接。请核对 [mail] 的 host 和 port，看防火墙是否拦截"
    if stage == "connect":
        return f"连不上邮件服务器 {place}。请检查网络和防火墙"
    return f"发送途中（{_STAGES[stage]}）与 {place} 的连接断了"


def _decoded(text: bytes) -> str:
    try:
        words = text.decode("utf-8")
    except UnicodeDecodeError:
        words = text.decode("gb18030", errors="replace")
    words = line(words)
    return words if len(words) <= _SAID else f"{words[:_SAID]}…"
