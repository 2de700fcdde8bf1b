"""``risk-screen audit verify`` and ``risk-screen replay``: plain words, and exit codes for programs."""

from pathlib import Path

import orjson
import pytest
from command_line import Cli
from sqlalchemy import text

from builders import flyer_assessment
from risk_screen.access.actor import ANONYMOUS
from risk_screen.operations.screening import Screened, store_screened
from risk_screen.screening.submission import Submission
from risk_screen.storage.database import writing
from risk_screen.wiring import open_store

FLYER = Submission.of("marketing", {"text": "保本保息"})


@pytest.fixture
def screened(cli: Cli) -> list[str]:
    """Three screenings stored by a service that has stopped, in the usual place."""
    store = open_store()
    contents = [store_screened(store, Screened(FLYER, flyer_assessment()), actor=ANONYMOUS) for _ in range(3)]
    store.close()
    return [orjson.loads(content)["id"] for content in contents]


def cut_off_the_tail() -> None:
    store = open_store()
    with writing(store.engine) as connection:
        connection.execute(text("DROP TRIGGER audit_trail_no_delete"))
        connection.execute(text("DELETE FROM audit_trail WHERE sequence = 3"))
    store.engine.dispose()


def test_a_whole_trail_is_told_with_its_anchors(cli: Cli, screened: list[str]) -> None:
    outcome = cli("audit", "verify")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == "审计记录完整：3 条首尾相接，并与 2 个锚点相符。\n"


def test_a_tail_cut_off_is_told_by_the_anchors(cli: Cli, screened: list[str]) -> None:
    cut_off_the_tail()
    outcome = cli("audit", "verify")
    assert outcome.code == 1
    assert "尾部被截去：锚点记到第 3 条，数据库里只到第 2 条。" in outcome.out
    assert "触发器 audit_trail_no_delete 不见了或被停用。" in outcome.out
    assert outcome.out.endswith("审计记录有问题：共 2 条，2 处不对。\n")


def test_a_copy_of_the_anchors_may_be_named(cli: Cli, screened: list[str], tmp_path: Path) -> None:
    usual = Path("var/risk_screen.db.audit-anchors.jsonl")
    copy = tmp_path / "副本.jsonl"
    usual.rename(copy)
    assert "没有锚点可对照" in cli("audit", "verify").out
    assert "与 2 个锚点相符" in cli("audit", "verify", "--anchors", copy).out


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--anchors", "没有.jsonl"], "anchors_unreadable"),
        (["--database", "sqlite:///none.db"], "database_unusable"),
        (["--database", "sqlite:///empty.db"], "audit_trail_missing"),
    ],
)
def test_what_cannot_be_checked_is_told(cli: Cli, screened: list[str], options: list[str], code: str) -> None:
    Path("empty.db").touch()
    outcome = cli("audit", "verify", *options)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(f"错误 [{code}]")
    assert not Path("none.db").exists()


def test_a_replay_says_whether_it_came_out_the_same(cli: Cli, screened: list[str]) -> None:
    outcome = cli("replay", screened[0])
    assert (outcome.code, outcome.out) == (0, "一致：与存下的结果逐字节相同。\n")


def test_a_replay_says_what_differs(cli: Cli, screened: list[str]) -> None:
    store = open_store()
    with writing(store.engine) as connection:
        changed = flyer_assessment().stamped(assessment_id=screened[0], created_at="2026-01-01T00:00:00.000+00:00")
        content = changed.to_json().replace(b'"high"', b'"low"')
        connection.execute(text("UPDATE assessments SET content = :content"), {"content": content})
    store.close()
    outcome = cli("replay", screened[0])
    assert (outcome.code, outcome.out) == (1, "不一致：level 与存下的不同。\n")


def test_a_replay_of_nothing_is_told(cli: Cli, screened: list[str]) -> None:
    outcome = cli("replay", "x")
    assert (outcome.code, outcome.err.partition("]")[0]) == (2, "错误 [assessment_not_found")
