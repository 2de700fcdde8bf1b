"""The file of a backup: a header to read, compressed lines in frames (sealed with a passphrase or not), a SHA-256."""

import hashlib
import os
import struct
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, NoReturn

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from risk_screen.storage.archive_errors import ArchiveDamagedError, ArchiveUnreadableError, PassphraseError

MAGIC: Final = b"risk_screen backup\n"
FORMAT: Final = 1
FRAME_BYTES: Final = 2**20
MOST_HEADER_BYTES: Final = 2**16
MOST_LINE_BYTES: Final = 2**28
DIGEST_BYTES: Final = 32
_LAST: Final = 2**31
_LENGTH: Final = struct.Struct(">I")
_SCRYPT: Final = {"n": 2**16, "r": 8, "p": 1}
_MOST_SCRYPT: Final = {"n": 2**20, "r": 16, "p": 4}


@dataclass(frozen=True, slots=True)
class Header:
    """What a backup says of itself without its passphrase.

    Attributes
    ----------
    program, revision : str
        Versions of the program and of the schema.
    engine : str
        ``sqlite`` or ``postgresql``.
    created_at : str
        ISO 8601, UTC.
    sealing : mapping or None
        How the key is made of the passphrase; None: not encrypted.
    """

    program: str
    revision: str
    engine: str
    created_at: str
    sealing: Mapping[str, Any] | None = None


class ArchiveWriter:
    """Writes lines into a backup file; ``finish`` makes it whole.

    Parameters
    ----------
    file : binary file
        Written from where it stands.
    header : Header
    passphrase : bytes, optional
        Encrypts every line (AES-256-GCM, key by scrypt).
    """

    def __init__(self, file: BinaryIO, header: Header, passphrase: bytes | None = None) -> None:
        self._file = file
        sealing = None if passphrase is None else {"salt": b64encode(os.urandom(16)).decode(), **_SCRYPT}
        self._header = _header_line(header, sealing)
        self._cipher = None if passphrase is None or sealing is None else _cipher(passphrase, sealing)
        self._packing = zlib.compressobj(6)
        self._waiting = bytearray()
        self._digest = hashlib.sha256()
        self._frames = 0
        self._put(MAGIC + self._header)

    def write(self, line: bytes) -> None:
        """Write one line (without its end)."""
        self._waiting += self._packing.compress(line + b"\n")
        while len(self._waiting) >= FRAME_BYTES:
            self._frame(bytes(self._waiting[:FRAME_BYTES]), is_last=False)
            del self._waiting[:FRAME_BYTES]

    def finish(self) -> str:
        """Write what waits and the SHA-256 of the whole; return that in hexadecimal."""
        self._waiting += self._packing.flush()
        self._frame(bytes(self._waiting), is_last=True)
        self._file.write(self._digest.digest())
        return self._digest.hexdigest()

    def _frame(self, content: bytes, *, is_last: bool) -> None:
        if self._cipher is not None:
            content = self._cipher.encrypt(_nonce(self._frames, is_last=is_last), content, self._header)
        self._put(_LENGTH.pack(len(content) | (_LAST if is_last else 0)) + content)
        self._frames += 1

    def _put(self, content: bytes) -> None:
        self._digest.update(content)
        self._file.write(content)


def check_archive(file: BinaryIO) -> tuple[Header, str]:
    """Read a backup file from its beginning to its end: its header, and its SHA-256 if that is the one it names.

    Raises
    ------
    ArchiveUnreadableError, ArchiveDamagedError
    """
    header = _read_header(file)[0]
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    digest, left = hashlib.sha256(), size - DIGEST_BYTES
    while left > 0 and (piece := file.read(min(FRAME_BYTES, left))):
        digest.update(piece)
        left -= len(piece)
    if digest.digest() != file.read(DIGEST_BYTES):
        raise ArchiveDamagedError
    return header, digest.hexdigest()


def read_archive(file: BinaryIO, passphrase: bytes | None = None) -> Iterator[bytes]:
    """Read the lines of a backup file, whatever its size.

    Raises
    ------
    PassphraseError
        Before the first line.
    ArchiveUnreadableError, ArchiveDamagedError
    """
    header, line = _read_header(file)
    if header.sealing is None:
        if passphrase is not None:
            raise PassphraseError("这份备份没有加密，请去掉 --passphrase-file")
        return _lines(_frames(file, None, line))
    if passphrase is None:
        raise PassphraseError("这份备份加了密，请用 --passphrase-file 给出备份时的口令文件")
    return _lines(_frames(file, _cipher(passphrase, header.sealing), line))


def _frames(file: BinaryIO, cipher: AESGCM | None, header: bytes) -> Iterator[bytes]:
    is_last, number = False, 0
    while not is_last:
        start = file.read(_LENGTH.size)
        if len(start) < _LENGTH.size:
            raise ArchiveDamagedError
        length = _LENGTH.unpack(start)[0]
        is_last = bool(length & _LAST)
        content = _exactly(file, length & ~_LAST)
        if cipher is not None:
            content = _opened(cipher, _nonce(number, is_last=is_last), content, header)
        number += 1
        yield content


def _opened(cipher: AESGCM, nonce: bytes, content: bytes, header: bytes) -> bytes:
    try:
        return cipher.decrypt(nonce, content, header)
    except InvalidTag as error:
        raise PassphraseError("口令不对：请用备份时的那个口令文件") from error


def _exactly(file: BinaryIO, length: int) -> bytes:
    if length > 2 * FRAME_BYTES:
        raise ArchiveDamagedError
    content = file.read(length)
    if len(content) < length:
        raise ArchiveDamagedError
    return content


def _lines(frames: Iterator[bytes]) -> Iterator[bytes]:
    unpacking, waiting = zlib.decompressobj(), bytearray()
    for frame in frames:
        packed = frame
        while packed:
            waiting += _unpacked(unpacking, packed)
            packed = unpacking.unconsumed_tail
            *lines, rest = waiting.split(b"\n")
            yield from map(bytes, lines)
            waiting = bytearray(rest)
            if len(waiting) > MOST_LINE_BYTES:
                _damaged()
    if waiting or not unpacking.eof:
        _damaged()


def _unpacked(unpacking: Any, packed: bytes) -> bytes:
    try:
        return bytes(unpacking.decompress(packed, 16 * FRAME_BYTES))
    except zlib.error:
        _damaged()


def _damaged() -> NoReturn:
    raise ArchiveDamagedError


def _header_line(header: Header, sealing: Mapping[str, Any] | None) -> bytes:
    said = {
        "format": FORMAT,
        "program": header.program,
        "revision": header.revision,
        "engine": header.engine,
        "created_at": header.created_at,
        "sealing": sealing,
    }
    return orjson.dumps(said) + b"\n"


def _read_header(file: BinaryIO) -> tuple[Header, bytes]:
    file.seek(0)
    if file.read(len(MAGIC)) != MAGIC:
        raise ArchiveUnreadableError
    line = file.readline(MOST_HEADER_BYTES)
    try:
        said = orjson.loads(line)
        if said["format"] != FORMAT:
            raise ArchiveUnreadableError("它由更新版本的程序所做，请先升级程序")
        named = {name: str(said[name]) for name in ("program", "revision", "engine", "created_at")}
        return Header(**named, sealing=_checked_sealing(said["sealing"])), line
    except (ValueError, TypeError, KeyError) as error:
        raise ArchiveUnreadableError from error


def _checked_sealing(said: Any) -> Mapping[str, Any] | None:
    """Refuse numbers that would take up all memory or all time."""
    if said is None:
        return None
    if any(not 1 <= said[name] <= most for name, most in _MOST_SCRYPT.items()):
        raise ValueError
    return dict(said)


def _cipher(passphrase: bytes, sealing: Mapping[str, Any]) -> AESGCM:
    salt = b64decode(sealing["salt"])
    return AESGCM(Scrypt(salt, 32, sealing["n"], sealing["r"], sealing["p"]).derive(passphrase))


def _nonce(number: int, *, is_last: bool) -> bytes:
    """Number the frames, so that none can be left out, moved or cut off; every file has a key of its own."""
    return number.to_bytes(11, "big") + bytes([is_last])
