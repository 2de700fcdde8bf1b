"""A compiled rulebook is kept for the next start, and used only if it is what was kept, by this user, from this."""

import hashlib
import os
import pickle
import shutil
from pathlib import Path

import pytest

from risk_screen.rules.keeping import ENVIRONMENT, MOST_KEPT, OFF, fingerprint_of, keep, kept
from risk_screen.rules.snapshot import SnapshotError, packed, unpacked
from risk_screen.screening.policy import Policy
from risk_screen.wiring import Screener, load_book

REPOSITORY = Path(__file__).parents[2]
RULES, MODELS = REPOSITORY / "rules", REPOSITORY / "models"
PITCH = "投10万一年返13万，保本保息，加薇xin13805331234。谨防“月息2分”骗局。"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path / "cache"))
    return tmp_path / "cache"


def only_file(folder: Path) -> Path:
    (path,) = folder.glob("*.bin")
    return path


def answers(screener: Screener) -> tuple[bytes, bytes]:
    scope = "投资咨询；企业管理（不得从事金融业务）"
    return (
        screener.screen("marketing", text=PITCH).to_json(),
        screener.screen("registration", name="某某财富管理有限公司", business_scope=scope).to_json(),
    )


def test_a_kept_rulebook_answers_like_the_one_it_was_made_from(folder: Path) -> None:
    first = Screener.load(RULES, MODELS)
    made_at = only_file(folder).stat().st_mtime_ns
    second = Screener.load(RULES, MODELS)
    assert only_file(folder).stat().st_mtime_ns == made_at
    assert answers(second) == answers(first)
    assert second.policy == first.policy
    assert second.book.rulebook.rules == first.book.rulebook.rules
    assert second.book.rulebook.folding is second.book.folding


def test_what_is_kept_is_for_its_user_alone(folder: Path) -> None:
    keep("1", b"content")
    assert kept("1") == b"content"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert only_file(folder).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-1] + b"?"),
        lambda path: path.write_bytes(path.read_bytes()[:20]),
        lambda path: path.write_bytes(b""),
        lambda path: path.chmod(0o666),
        lambda path: path.parent.chmod(0o777),
        lambda path: path.rename(path.with_suffix(".other")) and path.symlink_to(path.with_suffix(".other")),
    ],
    ids=["changed", "cut short", "empty", "others may write", "others may write to the folder", "a link"],
)
def test_a_file_that_cannot_be_relied_on_is_not_read(folder: Path, spoil: object) -> None:
    keep("1", b"content")
    spoil(only_file(folder))  # type: ignore[operator]
    assert kept("1") is None


def test_a_screener_is_made_anew_where_the_file_is_spoilt(folder: Path) -> None:
    expected = answers(Screener.load(RULES, MODELS))
    path = only_file(folder)
    for content in (b"not a snapshot", pickle.dumps("no rulebook")):
        path.write_bytes(hashlib.sha256(content).digest() + content)
        assert answers(Screener.load(RULES, MODELS)) == expected
        assert len(path.read_bytes()) > 1_000_000


def test_a_changed_rule_is_another_rulebook(folder: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(RULES, rules)
    before = load_book(rules).version
    for change in (
        lambda: (rules / "rulebook.yaml").write_text(
            (rules / "rulebook.yaml").read_text(encoding="utf-8").replace("version: ", "version: 9"), encoding="utf-8"
        ),
    ):
        seen = fingerprint_of(rules)
        change()
        assert fingerprint_of(rules) != seen
    assert load_book(rules).version != before


def test_only_the_newest_are_kept(folder: Path) -> None:
    for number in range(MOST_KEPT + 3):
        keep(str(number), b"content")
        os.utime(folder / f"rulebook-{number}.bin", (number, number))
    keep("last", b"content")
    assert len(list(folder.iterdir())) == MOST_KEPT
    assert kept("last") == b"content"
    assert kept("0") is None


@pytest.mark.parametrize("setting", [OFF, "/proc/no/such/folder", "/dev/null"])
def test_without_a_folder_everything_works(setting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENVIRONMENT, setting)
    keep("1", b"content")
    assert kept("1") is None
    assert load_book(RULES).channels


class Intruder:
    """Something that runs a command when it is read."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("touch intruder",)


@pytest.mark.parametrize(
    "content",
    [
        pickle.dumps(Intruder()),
        b"crisk_screen.rules.keeping\nos.system\n(S'touch intruder'\ntR.",
        b"\x80\x04\x8c\x1arisk_screen.rules.keeping\x8c\tos.system\x93\x8c\x0etouch intruder\x85R.",
        b"crisk_screen.rules.keeping\nkeep\n(S'1'\nS'2'\ntR.",
        b"crisk_screen.rules.keeping\nPath\n(S'1'\ntR.",
        pickle.dumps(("book", None)),
        b"",
    ],
)
def test_only_what_a_rulebook_is_made_of_is_made(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SnapshotError):
        unpacked(content)
    assert not (tmp_path / "intruder").exists()


def test_what_is_packed_can_be_unpacked() -> None:
    book = load_book(RULES)
    policy = Policy.from_file(book.rulebook.policy)
    again, beside = unpacked(packed(book, policy))
    assert (again.version, beside) == (book.version, policy)
