"""What the operating system says, in Chinese."""

from __future__ import annotations

import errno

_WORDS = {
    errno.ENOSPC: "磁盘已满",
    errno.EACCES: "没有权限,或正被别的程序打开",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘是只读的",
    errno.ENOENT: "文件或文件夹不存在",
    errno.EISDIR: "这是文件夹,不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EBUSY: "正被别的程序占用",
    errno.ENAMETOOLONG: "名字太长",
    errno.EIO: "读写磁盘出错",
    errno.ELOOP: "链接绕成了圈",
    errno.EMFILE: "打开的文件太多",
}


def said(problem: OSError) -> str:
    """The reason of an OSError, in Chinese where it is a usual one."""
    if isinstance(problem.errno, int) and problem.errno in _WORDS:
        return _WORDS[problem.errno]
    return problem.strerror or str(problem)
