"""The short form of the kill loop, on both engines; and that what it looks for would be found."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kill_loop import anchors_of, kill_loop
from running_service import Setting, new_setting
from sqlalchemy import create_engine, text
from whole_store import HALF_DONE, wrong_in

from databases import ENGINES, fresh_database
from risk_screen.access.actor import ANONYMOUS
from risk_screen.operations.screening import screen_and_store
from risk_screen.screening.submission import Submission
from risk_screen.wiring import Screener, open_store


@pytest.fixture(params=ENGINES)
def setting(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Setting]:
    with fresh_database(request.param, tmp_path) as database:
        yield new_setting(database, tmp_path)


@pytest.mark.xdist_group("service")
def test_a_service_that_is_killed_under_load_loses_nothing_and_leaves_nothing_half_done(setting: Setting) -> None:
    tally = kill_loop(setting, kills=3, seed=20261123)
    assert tally.wrong == []
    assert tally.kills == 3
    assert len(tally.answered) > 10
    assert tally.resent > 0


SPOILED = [
    ("an assessment without its text", "DELETE FROM submitted_texts"),
    ("an assessment without its event", "DELETE FROM events"),
    ("a gap in the events", "DELETE FROM events WHERE cursor = 2"),
    ("an assessment with another hash", "UPDATE assessments SET content = CAST(content || ' ' AS BLOB)"),
    ("not stored as answered", "UPDATE assessments SET content = CAST(content || ' ' AS BLOB)"),
    ("a number that was stored twice", "UPDATE assessments SET external_id = 'same'"),
    ("audit trail", "DROP TRIGGER audit_trail_no_delete; DELETE FROM audit_trail WHERE sequence = 1"),
    ("without its audit entry", "DROP TRIGGER audit_trail_no_delete; DELETE FROM audit_trail"),
]


@pytest.mark.parametrize(("says", "statements"), SPOILED)
def test_what_is_lost_or_half_done_is_found(tmp_path: Path, says: str, statements: str) -> None:
    setting = Setting(tmp_path, f"sqlite:///{tmp_path / 'store.db'}", "")
    store, screener = open_store(setting.database), Screener.load()
    answered = {}
    for number in range(3):
        submission = Submission.of("marketing", {"text": f"第{number}条：保本保息"})
        content = screen_and_store(screener, store, submission, actor=ANONYMOUS, external_id=str(number))
        answered[content.partition(b'"id":"')[2][:36].decode()] = content
    store.close()
    assert wrong_in(setting.database, answered, anchors_of(setting)) == []
    engine = create_engine(setting.database)
    with engine.begin() as connection:
        for statement in statements.split("; "):
            connection.execute(text(statement))
    engine.dispose()
    assert any(says in found for found in wrong_in(setting.database, answered, anchors_of(setting)))


def test_every_query_for_what_is_half_done_runs_on_the_schema(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path / 'store.db'}").close()
    engine = create_engine(f"sqlite:///{tmp_path / 'store.db'}")
    with engine.connect() as connection:
        assert [connection.execute(text(query)).all() for query in HALF_DONE.values()] == [[]] * len(HALF_DONE)
    engine.dispose()
