"""The journal says how far a run has come, and when another run may go on from there."""

import json
from pathlib import Path

import pytest

from risk_screen.bulk.journal import DEPENDS_ON, Journal, Progress

SAME = dict.fromkeys(DEPENDS_ON, "1")
DONE = Progress(800, 12_345, {"archive": 799, "failed": 1})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out.csv.partial.json"


def test_what_was_written_is_read(path: Path) -> None:
    Journal(path, SAME).write(Progress(1, 2, {}))
    Journal(path, SAME).write(DONE)
    assert Journal(path, SAME).read() == (DONE, "")
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_without_a_journal_there_is_nothing_to_say(path: Path) -> None:
    assert Journal(path, SAME).read() == (None, "")


@pytest.mark.parametrize(("key", "why"), DEPENDS_ON.items())
def test_what_has_changed_is_named(path: Path, key: str, why: str) -> None:
    Journal(path, SAME).write(DONE)
    assert Journal(path, SAME | {key: "2"}).read() == (None, why)


def test_everything_that_has_changed_is_named(path: Path) -> None:
    Journal(path, SAME).write(DONE)
    assert Journal(path, SAME | {"rulebook": "2", "model": "2"}).read() == (None, "规则变了、模型变了")


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"rows": 1}', json.dumps({"rows": "x"}), "\xff"])
def test_a_journal_that_cannot_be_read_is_told(path: Path, content: str) -> None:
    path.write_bytes(content.encode("latin-1"))
    assert Journal(path, SAME).read() == (None, "进度记录读不了")


def test_a_journal_that_cannot_be_written_leaves_the_one_before(path: Path) -> None:
    journal = Journal(path, SAME)
    journal.write(DONE)
    path.with_name(path.name + ".new").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space"):
        journal.write(Progress(900, 20_000, {}))
    assert journal.read() == (DONE, "")


def test_it_can_be_removed_twice(path: Path) -> None:
    journal = Journal(path, SAME)
    journal.write(DONE)
    journal.remove()
    journal.remove()
    assert not path.exists()
