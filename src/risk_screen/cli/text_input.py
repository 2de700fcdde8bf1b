"""Read one text from a file or from standard input."""

import codecs
import sys
from pathlib import Path
from typing import Final

from risk_screen.errors import RiskScreenError

# The longest text (100,000 characters) at four bytes each; more is refused unread.
MOST_BYTES: Final = 400_000


class InputFileError(RiskScreenError):
    """A file or standard input that cannot be read as text."""

    code = "input_unreadable"


def read_text(file: Path | None) -> str:
    """Read a file, or standard input when None: UTF-8 (BOM or not), GB18030, or UTF-16 with a BOM.

    Raises
    ------
    InputFileError
        When it cannot be read, is too large, or is no text.
    """
    content = _content(file)
    if len(content) > MOST_BYTES:
        raise InputFileError(f"内容超过 {MOST_BYTES:,} 字节：请分段筛查，或只取涉及资金与回报的部分。")
    has_utf16_mark = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if has_utf16_mark else ("utf-8-sig", "gb18030"):
        try:
            if encoding != "gb18030" or b"\x00" not in content:  # most binary files are valid GB18030 but for this
                return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputFileError(
        "输入不是文本（不是 UTF-8、GB18030 或 UTF-16 编码）：请另存为 UTF-8 文本后重试；图片请先识别成文字。"
    )


def _content(file: Path | None) -> bytes:
    try:
        if file is None:
            return sys.stdin.buffer.read(MOST_BYTES + 1)
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except OSError as error:
        name = "标准输入" if file is None else f"文件 {file}"
        raise InputFileError(f"读不到{name}：请检查路径与权限。") from error
