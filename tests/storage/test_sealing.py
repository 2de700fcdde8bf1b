"""What is sealed opens only with its key and in its place; a file of keys is read strictly."""

from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from risk_screen.errors import RiskScreenError
from risk_screen.storage.sealing import CIPHERS, KeyFileError, KeyRing, new_key_line

KINDS = list(CIPHERS)


def ring_of(tmp_path: Path, *lines: str) -> KeyRing:
    path = tmp_path / "keys"
    path.write_text("".join(lines), encoding="utf-8")
    path.chmod(0o600)
    return KeyRing.from_file(path)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_sealed_opens_with_its_key_in_its_place_only(kind: str) -> None:
    cipher, other = (CIPHERS[kind](bytes([n]) * CIPHERS[kind].key_bytes) for n in (1, 2))
    sealed = cipher.seal("张三".encode(), b"row 1")
    assert cipher.open(sealed, b"row 1").decode() == "张三"
    assert cipher.seal("张三".encode(), b"row 1") != sealed
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for one, content, place in ((other, sealed, b"row 1"), (cipher, sealed, b"row 2"), (cipher, changed, b"row 1")):
        with pytest.raises(InvalidTag):
            one.open(content, place)


def test_sm4_is_the_one_of_the_standard() -> None:
    """RFC 8998, A.1."""
    cipher = CIPHERS["SM4-GCM"](bytes.fromhex("0123456789abcdeffedcba9876543210"))
    plain = bytes.fromhex("aa" * 8 + "bb" * 8 + "cc" * 8 + "dd" * 8 + "ee" * 8 + "ff" * 8 + "ee" * 8 + "aa" * 8)
    sealed = bytes.fromhex(
        "00001234567800000000abcd"
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec"
    )
    assert cipher.open(sealed, bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")) == plain


def test_the_first_key_seals_and_all_open(tmp_path: Path) -> None:
    old, new = new_key_line("2025"), new_key_line("2026", "SM4-GCM")
    before = ring_of(tmp_path, old)
    sealed = before.seal(b"x", b"c")
    ring = ring_of(tmp_path, "# newest first\n", new, "\n", old)
    assert ring.newest == "2026"
    assert ring.open("2025", sealed, b"c") == ring.open("2026", ring.seal(b"x", b"c"), b"c") == b"x"
    with pytest.raises(RiskScreenError) as caught:
        ring_of(tmp_path, new).open("2025", sealed, b"c")
    assert caught.value.code == "reporter_unsealable"


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(12), bytes(27)])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_too_short_is_refused_like_any_other(tmp_path: Path, kind: str, sealed: bytes) -> None:
    with pytest.raises(RiskScreenError) as caught:
        ring_of(tmp_path, new_key_line("a", kind)).open("a", sealed, b"c")
    assert caught.value.code == "reporter_unsealable"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "没有密钥"),
        (new_key_line("a") + new_key_line("a"), "同名"),
        ("a AES-256-GCM", "每行应是"),
        ("a ROT13 AAAA", "每行应是"),
        ("a AES-256-GCM !!", "每行应是"),
        ("a AES-256-GCM AAAA", "应是 32 字节"),
        ("a SM4-GCM AAAA", "应是 16 字节"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_without_its_content(tmp_path: Path, content: str, says: str) -> None:
    with pytest.raises(KeyFileError, match=says) as caught:
        ring_of(tmp_path, content)
    assert "AAAA" not in caught.value.detail


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    ring_of(tmp_path, new_key_line("a"))
    (tmp_path / "keys").chmod(0o640)
    with pytest.raises(KeyFileError, match="chmod 600"):
        KeyRing.from_file(tmp_path / "keys")
    with pytest.raises(KeyFileError, match="读不了"):
        KeyRing.from_file(tmp_path / "none")


def test_a_name_that_could_not_be_read_again_is_refused() -> None:
    with pytest.raises(KeyFileError, match="空格"):
        new_key_line("new key")
