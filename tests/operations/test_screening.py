"""Screen and store: what is kept, what a sender's number means, and all or nothing."""

import hashlib
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import delete, event, func, select, text
from sqlalchemy.exc import OperationalError

from builders import VERSIONS, CannedScreener, assessment, flyer_assessment
from risk_screen.access.actor import Actor
from risk_screen.operations.feed import events_after
from risk_screen.operations.screening import (
    AssessmentNotFoundError,
    Screened,
    screen_and_store,
    store_all,
    store_screened,
    stored_assessment,
    submitted_text,
)
from risk_screen.operations.store import Store, StoreUnavailableError
from risk_screen.screening.submission import Submission
from risk_screen.storage import database
from risk_screen.storage.audit_trail import audit_rows
from risk_screen.storage.database import open_database, reading, writing
from risk_screen.storage.tables import assessments, submitted_texts

SOMEBODY = Actor("key", "7", "approval-bureau")


def flyer(words: str = "保本保息") -> Submission:
    return Submission.of("marketing", {"text": words})


def count(store: Store, table: Any = assessments) -> int:
    with reading(store.engine) as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def send(store: Store, words: str, external_id: str | None = "W-1", **changes: Any) -> dict[str, Any]:
    answer = replace(flyer_assessment(), **changes)
    content = store_screened(store, Screened(flyer(words), answer, external_id), actor=SOMEBODY)
    plain: dict[str, Any] = orjson.loads(content)
    return plain


def previous_of(store: Store, assessment_id: str) -> str | None:
    with reading(store.engine) as connection:
        query = select(assessments.c.previous_id).where(assessments.c.id == assessment_id)
        return connection.execute(query).scalar_one()


def test_the_answer_is_stored_with_the_time_and_the_text_as_sent(store: Store) -> None:
    content = screen_and_store(CannedScreener(flyer_assessment()), store, flyer("保 本"), actor=SOMEBODY)  # type: ignore[arg-type]
    answer = orjson.loads(content)
    assert answer["created_at"] == "2026-11-22T04:00:00.123+00:00"
    assert stored_assessment(store, answer["id"]) == content
    with reading(store.engine) as connection:
        row = connection.execute(select(assessments)).one()
        kept = connection.execute(select(submitted_texts.c.fields)).scalar_one()
    assert (row.score, row.level, row.route) == (answer["score"], "high", "site_check")
    assert orjson.loads(kept) == {"text": "保 本"}


def test_without_a_number_every_screening_is_one_of_its_own(store: Store) -> None:
    assert send(store, "甲", None)["id"] != send(store, "甲", None)["id"]
    assert count(store) == 2


def test_the_same_number_and_text_give_the_stored_answer_unchanged(store: Store) -> None:
    first = send(store, "甲")
    assert send(store, "甲") == first
    assert count(store) == count(store, submitted_texts) == 1


def test_the_same_number_with_another_text_is_linked_to_the_last_one(store: Store) -> None:
    ids = [send(store, words)["id"] for words in ("甲", "乙", "丙")]
    assert [previous_of(store, one) for one in ids] == [None, *ids[:2]]
    assert ids == sorted(ids)  # all of one instant: they still sort in the order they were made


def test_going_back_to_an_earlier_text_is_a_new_assessment(store: Store) -> None:
    first, second, third = (send(store, words)["id"] for words in ("甲", "乙", "甲"))
    assert third not in (first, second)
    assert previous_of(store, third) == second


@pytest.mark.parametrize("part", ["rulebook", "model", "policy", "program"])
def test_the_same_text_under_other_versions_is_screened_anew(store: Store, part: str) -> None:
    first = send(store, "甲")
    again = send(store, "甲", versions=replace(VERSIONS, **{part: "other"}))
    assert again["id"] != first["id"]
    assert previous_of(store, again["id"]) == first["id"]


def test_a_number_means_another_thing_in_another_channel(store: Store) -> None:
    send(store, "甲")
    company = Submission.of("registration", {"name": "甲"})
    content = store_screened(store, Screened(company, assessment(channel="registration"), "W-1"), actor=SOMEBODY)
    assert previous_of(store, orjson.loads(content)["id"]) is None


def test_when_the_text_is_gone_the_same_number_is_a_new_assessment(store: Store) -> None:
    first = send(store, "甲")
    with writing(store.engine) as connection:
        connection.execute(delete(submitted_texts))
    assert send(store, "甲")["id"] != first["id"]


def test_the_hash_tells_fields_apart_but_not_their_order() -> None:
    both = Submission.of("registration", {"name": "甲", "business_scope": "乙"})
    swapped = Submission.of("registration", {"name": "乙", "business_scope": "甲"})
    turned = replace(both, fields=both.fields[::-1])
    assert submitted_text(both).sha256 == submitted_text(turned).sha256 != submitted_text(swapped).sha256


def test_assessment_and_text_are_stored_together_or_not_at_all(store: Store) -> None:
    with writing(store.engine) as connection:
        connection.execute(text("DROP TABLE submitted_texts"))
    with pytest.raises(StoreUnavailableError):
        store_screened(store, Screened(flyer(), flyer_assessment()), actor=SOMEBODY)
    assert count(store) == 0


def test_a_batch_is_stored_whole_or_not_at_all(store: Store) -> None:
    inserts = 0

    @event.listens_for(store.engine, "before_cursor_execute")
    def fail_late(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        nonlocal inserts
        inserts += statement.startswith("INSERT")
        if inserts > 1:
            raise OperationalError(statement, {}, Exception("disk full"))

    batch = [Screened(flyer(str(n)), flyer_assessment()) for n in range(10)]
    with pytest.raises(StoreUnavailableError):
        store_all(store, batch, actor=SOMEBODY)
    event.remove(store.engine, "before_cursor_execute", fail_late)
    assert count(store) == count(store, submitted_texts) == 0
    assert len(store_all(store, batch, actor=SOMEBODY)) == count(store) == 10


def test_a_database_that_stays_locked_is_told_and_takes_the_same_again_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    store = Store(open_database(f"sqlite:///{tmp_path / 'store.db'}"))
    other = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailableError):
        send(store, "甲")
    other.execute("ROLLBACK")
    assert send(store, "甲")["id"]
    assert count(store) == 1


def test_an_unknown_id_is_told(store: Store) -> None:
    with pytest.raises(AssessmentNotFoundError, match="没有这个编号"):
        stored_assessment(store, "x")


def test_a_store_that_fails_does_not_repeat_the_text(store: Store) -> None:
    with writing(store.engine) as connection:
        connection.execute(text("ALTER TABLE assessments RENAME TO elsewhere"))
    with pytest.raises(StoreUnavailableError) as caught:
        store_screened(store, Screened(flyer("张三丰的秘密"), flyer_assessment()), actor=SOMEBODY)
    assert "张三丰" not in str(caught.value)


def test_eight_threads_store_in_one_file_and_nothing_is_lost_or_doubled(store: Store) -> None:
    def one(number: int) -> str:
        answer: str = send(store, f"传单{number % 50}", f"W-{number % 50}")["id"]
        return answer

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(one, range(200)))
    assert count(store) == count(store, submitted_texts) == len(set(ids)) == 50


def test_a_stored_screening_is_told_and_written_down_and_no_word_of_the_text_with_it(store: Store) -> None:
    content = store_screened(store, Screened(flyer("张三丰的秘密"), flyer_assessment(), "W-1"), actor=SOMEBODY)
    answer = orjson.loads(content)
    (told,) = events_after(store, 0, party="approval-bureau").events
    assert (told.event.kind, told.event.subject_type, told.event.subject_id) == (
        "screening.stored",
        "assessment",
        answer["id"],
    )
    assert told.event.payload == {name: answer[name] for name in ("channel", "level", "route", "score")}
    with reading(store.engine) as connection:
        (entry,) = audit_rows(connection)
    assert (entry["actor_kind"], entry["actor_id"], entry["action"]) == ("key", "7", "screening.store")
    assert (entry["subject_id"], entry["before_hash"]) == (answer["id"], None)
    assert entry["after_hash"] == hashlib.sha256(content).hexdigest()
    assert orjson.loads(entry["details"]) == answer["versions"]
    everything = str(told) + str(dict(entry))
    assert all(words not in everything for words in ("张三丰", "秘密", "W-1", "13800000000"))


def test_an_answer_given_again_is_no_event_and_no_entry(store: Store) -> None:
    assert send(store, "甲") == send(store, "甲")
    assert len(events_after(store, 0).events) == 1
    with reading(store.engine) as connection:
        assert len(list(audit_rows(connection))) == 1


def test_two_programs_use_one_number_and_agree_which_came_first(store: Store, address: str) -> None:
    other = Store(open_database(address), now=store.now)

    def one(number: int) -> str:
        answer: str = send((store, other)[number % 2], f"传单{number % 8 // 4}", f"W-{number % 4}")["id"]
        return answer

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(80)))
    other.close()
    with reading(store.engine) as connection:
        links = connection.execute(select(assessments.c.external_id, assessments.c.previous_id)).all()
    for number in range(4):
        previous = [link for name, link in links if name == f"W-{number}"]
        assert previous.count(None) == 1
        assert len(previous) == len(set(previous))
