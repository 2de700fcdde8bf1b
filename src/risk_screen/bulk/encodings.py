"""Which encoding a file is in: UTF-8 (with or without BOM) or GB18030, whichever the whole of it is valid in."""

import codecs
from pathlib import Path
from typing import IO, Final

from risk_screen.bulk.columns import TableError

_CHUNK: Final = 1 << 20


def encoding_of(path: Path) -> str:
    """Read a file once and name its encoding.

    Raises
    ------
    TableError
        When it cannot be opened or is in neither encoding.
    """
    try:
        with path.open("rb") as file:
            if file.read(4).startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                raise TableError("文件是 UTF-16 编码：请另存为“CSV UTF-8”后重试。")
            for encoding in ("utf-8-sig", "gb18030"):
                file.seek(0)
                if _is_valid(file, encoding):
                    return encoding
    except OSError as error:
        raise TableError(f"打不开文件 {path.name}：请检查路径与权限。") from error
    raise TableError(f"文件 {path.name} 既不是 UTF-8 也不是 GB18030（GBK）编码：请另存为“CSV UTF-8”后重试。")


def _is_valid(file: IO[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := file.read(_CHUNK):
            if encoding == "gb18030" and b"\x00" in chunk:  # most binary files are valid GB18030 but for this
                return False
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
