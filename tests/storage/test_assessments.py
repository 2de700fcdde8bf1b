"""An assessment and its text lie in two tables, and are found again by id and by the sender's number."""

from datetime import UTC, datetime

from sqlalchemy import Engine, delete, select

from builders import flyer_assessment
from risk_screen.access.identity import Origin
from risk_screen.storage.assessments import (
    Kept,
    Sent,
    SubmittedText,
    kept_assessment,
    latest_with_external_id,
    origin_of,
    store_assessment,
    stored_content,
)
from risk_screen.storage.changes import changing
from risk_screen.storage.database import reading, writing
from risk_screen.storage.tables import assessments, submitted_texts

SOMEBODY = Origin("7", "bureau", "north")
TEXT = SubmittedText('{"text": "保本"}', "a" * 64)
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
AT = "2026-11-23T08:00:00.000+00:00"


def store(engine: Engine, assessment_id: str, external_id: str | None = None, previous_id: str | None = None) -> bytes:
    stamped = flyer_assessment().stamped(assessment_id=assessment_id, created_at=AT)
    with changing(engine, NOW) as change:
        return store_assessment(change, stamped, TEXT, Sent(SOMEBODY, external_id, previous_id))


def test_what_was_stored_comes_back_byte_for_byte(engine: Engine) -> None:
    content = store(engine, "one")
    assert content == flyer_assessment().stamped(assessment_id="one", created_at=AT).to_json()
    with reading(engine) as connection:
        assert stored_content(connection, "one") == content
        assert stored_content(connection, "two") is None


def test_the_text_stands_in_a_table_of_its_own_and_can_go_before_the_assessment(engine: Engine) -> None:
    store(engine, "one", "X-1")
    with writing(engine) as connection:
        assert connection.execute(select(submitted_texts.c.fields)).scalar_one() == TEXT.fields_json
        connection.execute(delete(submitted_texts))
    with changing(engine, NOW) as change:
        assert stored_content(change.connection, "one") is not None
        earlier = latest_with_external_id(change, "marketing", "X-1", "bureau")
    assert earlier is not None
    assert (earlier.assessment_id, earlier.sha256) == ("one", None)


def test_the_latest_assessment_of_a_number_is_found_and_only_in_its_channel(engine: Engine) -> None:
    store(engine, "a", "X-1")
    store(engine, "b", "X-1", previous_id="a")
    store(engine, "c", "X-2")
    with changing(engine, NOW) as change:
        latest = latest_with_external_id(change, "marketing", "X-1", "bureau")
        assert latest is not None
        assert latest.assessment_id == "b"
        assert latest_with_external_id(change, "registration", "X-1", "bureau") is None
        assert (
            change.connection.execute(select(assessments.c.previous_id).where(assessments.c.id == "b")).scalar() == "a"
        )


def test_a_number_used_earlier_in_the_same_transaction_is_found(engine: Engine) -> None:
    stamped = flyer_assessment().stamped(assessment_id="one", created_at=AT)
    with changing(engine, NOW) as change:
        store_assessment(change, stamped, TEXT, Sent(SOMEBODY, "X-1"))
        latest = latest_with_external_id(change, "marketing", "X-1", "bureau")
    assert latest is not None
    assert latest.assessment_id == "one"


def test_whose_an_assessment_is_lies_with_it(engine: Engine) -> None:
    content = store(engine, "one")
    with reading(engine) as connection:
        assert kept_assessment(connection, "one") == Kept(content, SOMEBODY)
        assert origin_of(connection, "one") == SOMEBODY
        assert kept_assessment(connection, "two") is origin_of(connection, "two") is None


def test_every_institution_has_numbers_of_its_own(engine: Engine) -> None:
    store(engine, "one", "X-1")
    with changing(engine, NOW) as change:
        assert latest_with_external_id(change, "marketing", "X-1", "another") is None
        assert latest_with_external_id(change, "marketing", "X-1") is None
