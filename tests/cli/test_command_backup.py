"""``risk-screen backup`` and ``restore``: made while the service runs and put back, or one line that says why not."""

from pathlib import Path

import pytest
from command_line import Cli, Outcome

from builders import flyer_assessment
from risk_screen.access.actor import ANONYMOUS
from risk_screen.operations.screening import Screened, store_screened
from risk_screen.screening.submission import Submission
from risk_screen.wiring import open_store

FLYER = Submission.of("marketing", {"text": "保本保息"})
KEY = Path("key")


@pytest.fixture(autouse=True)
def stored(cli: Cli) -> None:
    store_one()
    KEY.write_text("a long enough passphrase\n", encoding="utf-8")


def store_one() -> None:
    store = open_store()
    store_screened(store, Screened(FLYER, flyer_assessment()), actor=ANONYMOUS)
    store.close()


def code_of(outcome: Outcome) -> str:
    assert (outcome.code, outcome.out) == (2, "")
    return outcome.err.partition("[")[2].partition("]")[0]


def test_a_backup_is_made_checked_and_put_back(cli: Cli) -> None:
    made = cli("backup", "b", "--passphrase-file", KEY)
    assert (made.code, made.err) == (0, "")
    assert "已备份 4 行到 b（" in made.out
    assert "已加密" in made.out
    assert Path("b").stat().st_mode & 0o777 == 0o600
    checked = cli("restore", "b", "--check")
    assert checked.out.startswith("备份完整：")
    assert checked.out.splitlines()[1] == made.out.splitlines()[1]
    restored = cli("restore", "b", "--passphrase-file", KEY, "--database", "sqlite:///new/n.db")
    assert (restored.code, restored.err) == (0, "")
    assert restored.out.startswith("已恢复 4 行（")
    assert "移到别处" not in restored.out
    store_one()
    again = cli("restore", "b", "--passphrase-file", KEY, "--replace")
    assert "var/risk_screen.db.audit-anchors.jsonl 记的是恢复以前的审计记录：请移到别处保存" in again.out
    assert cli("audit", "verify").code == 1
    Path("var/risk_screen.db.audit-anchors.jsonl").rename("old")
    assert "审计记录完整：2 条" in cli("audit", "verify").out


def test_what_cannot_be_done_is_told(cli: Cli) -> None:
    cli("backup", "b")
    Path("short").write_text("1234", encoding="utf-8")
    assert code_of(cli("backup", "b")) == "backup_file"
    assert cli("backup", "b", "--overwrite").code == 0
    assert code_of(cli("backup", "c", "--passphrase-file", "short")) == "backup_file"
    assert code_of(cli("backup", "c", "--passphrase-file", "none")) == "backup_file"
    assert code_of(cli("backup", "b/c")) == "backup_unwritable"
    assert code_of(cli("backup", "c", "--database", "sqlite:///none.db")) == "database_unusable"
    assert code_of(cli("restore", "none")) == "backup_file"
    assert code_of(cli("restore", "b")) == "restore_not_empty"
    assert code_of(cli("restore", "key", "--check")) == "backup_unreadable"
