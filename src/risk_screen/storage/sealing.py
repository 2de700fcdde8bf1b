"""Seal what must not be read in the database: one interface, AES-256-GCM or SM4-GCM, keys in a file outside."""

import os
import stat
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher as BlockCipher
from cryptography.hazmat.primitives.ciphers import modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4

from risk_screen.errors import RiskScreenError

NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
READABLE_BY_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class KeyFileError(RiskScreenError):
    """The file of keys cannot be used."""

    code = "reporter_keys_unusable"

    def __init__(self, why: str) -> None:
        use = "由 RISK_SCREEN_REPORTER_KEYS 指定，举报人信息、推送密钥、动态码都用它加密"
        super().__init__(f"密钥文件不能用：{why}（{use}）。")


class UnsealableError(RiskScreenError):
    """What was sealed cannot be opened: its key is not in the file, or it was changed."""

    code = "reporter_unsealable"

    def __init__(self) -> None:
        super().__init__("加密保存的内容打不开：密钥文件里没有当时的密钥，或密文被改动过。请用包含当时密钥的密钥文件。")


class Cipher(Protocol):
    """Seals bytes together with their context, so that they cannot be read, changed or moved elsewhere."""

    def seal(self, plain: bytes, context: bytes) -> bytes:
        """Return a fresh nonce and what was sealed."""

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """Return what was sealed; raises InvalidTag."""


class AesCipher:
    """AES-256-GCM."""

    key_bytes: Final = 32

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, plain: bytes, context: bytes) -> bytes:
        """Return nonce, text and tag."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, context)

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """Return the text; raises InvalidTag."""
        return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context)


class Sm4Cipher:
    """SM4-GCM (GB/T 32907), where an assessment of commercial cryptography asks for it."""

    key_bytes: Final = 16

    def __init__(self, key: bytes) -> None:
        self._key = SM4(key)

    def seal(self, plain: bytes, context: bytes) -> bytes:
        """Return nonce, text and tag."""
        nonce = os.urandom(NONCE_BYTES)
        sealing = BlockCipher(self._key, modes.GCM(nonce)).encryptor()
        sealing.authenticate_additional_data(context)
        return nonce + sealing.update(plain) + sealing.finalize() + sealing.tag

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """Return the text; raises InvalidTag."""
        nonce, text, tag = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:-TAG_BYTES], sealed[-TAG_BYTES:]
        if len(tag) < TAG_BYTES or len(sealed) < NONCE_BYTES + TAG_BYTES:
            raise InvalidTag
        opening = BlockCipher(self._key, modes.GCM(nonce, tag)).decryptor()
        opening.authenticate_additional_data(context)
        return opening.update(text) + opening.finalize()


CIPHERS: Final[Mapping[str, type[AesCipher] | type[Sm4Cipher]]] = {"AES-256-GCM": AesCipher, "SM4-GCM": Sm4Cipher}


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys by name: the first of the file seals, all open."""

    ciphers: Mapping[str, Cipher]

    @classmethod
    def from_file(cls, path: Path) -> "KeyRing":
        """Read a file with a key on each line (name, kind, base64), the newest first.

        Raises
        ------
        KeyFileError
        """
        try:
            mode, lines = path.stat().st_mode, path.read_text(encoding="utf-8").split("\n")
        except (OSError, ValueError) as error:
            raise KeyFileError("读不了，请检查路径与权限") from error
        if mode & READABLE_BY_OTHERS:
            raise KeyFileError("别的账号也能读，请运行 chmod 600")
        named = [line.split() for line in lines if line.strip() and not line.startswith("#")]
        ciphers = {name: _cipher(*rest) for name, *rest in named}
        if not ciphers or len(ciphers) < len(named):
            raise KeyFileError("里面没有密钥，或有两个同名的密钥")
        return cls(ciphers)

    @property
    def newest(self) -> str:
        """Name of the key that seals."""
        return next(iter(self.ciphers))

    def seal(self, plain: bytes, context: bytes) -> bytes:
        """Seal with the newest key."""
        return self.ciphers[self.newest].seal(plain, context)

    def open(self, key_id: str, sealed: bytes, context: bytes) -> bytes:
        """Open what was sealed with a key of this name.

        Raises
        ------
        UnsealableError
        """
        try:
            return self.ciphers[key_id].open(sealed, context)
        except (InvalidTag, KeyError, ValueError) as error:
            raise UnsealableError from error


@dataclass(frozen=True, slots=True)
class KeptSecret:
    """A secret of a program as it lies in a row.

    Attributes
    ----------
    content : bytes
    key_id : str or None
        Which key it is sealed with; None: it is not, as no file of keys was set.
    """

    content: bytes = field(repr=False)
    key_id: str | None = None

    @classmethod
    def of(cls, secret: bytes, ring: KeyRing | None, context: str) -> "KeptSecret":
        """Seal a secret where there are keys; the context names its row."""
        return cls(secret) if ring is None else cls(ring.seal(secret, context.encode()), ring.newest)

    def open(self, ring: KeyRing | None, context: str) -> bytes:
        """Return the secret.

        Raises
        ------
        KeyFileError
            When it is sealed and no file of keys is set.
        UnsealableError
        """
        if self.key_id is None:
            return self.content
        if ring is None:
            raise KeyFileError("没有设置，而有内容是用它加密的")
        return ring.open(self.key_id, self.content, context.encode())


def new_key_line(name: str, kind: str = "AES-256-GCM") -> str:
    """Make a line for the file of keys.

    Raises
    ------
    KeyFileError
        When the name could not be read again.
    """
    if name.split() != [name] or name.startswith("#"):
        raise KeyFileError("密钥的名称不能有空格，也不能以 # 开头")
    return f"{name} {kind} {b64encode(os.urandom(CIPHERS[kind].key_bytes)).decode()}\n"


def _cipher(*said: str) -> Cipher:
    try:
        kind, encoded = said
        made, key = CIPHERS[kind], b64decode(encoded, validate=True)
    except (ValueError, KeyError) as error:
        why = "每行应是“名称 AES-256-GCM（或 SM4-GCM）密钥”，用 risk-screen reporters new-key 生成"
        raise KeyFileError(why) from error
    if len(key) != made.key_bytes:
        raise KeyFileError(f"{kind} 的密钥应是 {made.key_bytes} 字节")
    return made(key)
