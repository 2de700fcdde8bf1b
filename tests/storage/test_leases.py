"""A lease goes to one process, and only as it was seen."""

from datetime import UTC, datetime

from sqlalchemy import Engine

from risk_screen.storage.changes import changing
from risk_screen.storage.leases import Lease, beat, give_back, leases_of, take

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def seen(engine: Engine) -> Lease:
    with engine.connect() as connection:
        return leases_of(connection)["a"]


def test_who_comes_second_does_not_get_it(engine: Engine) -> None:
    with changing(engine, NOW) as change:
        assert take(change, "a", "first", None)
    with changing(engine, NOW) as change:
        assert not take(change, "a", "second", None)


def test_a_holder_that_counted_up_meanwhile_keeps_it(engine: Engine) -> None:
    with changing(engine, NOW) as change:
        take(change, "a", "first", None)
    before = seen(engine)
    with changing(engine, NOW) as change:
        assert beat(change, before)
    with changing(engine, NOW) as change:
        assert not take(change, "a", "second", before)
    with changing(engine, NOW) as change:
        assert take(change, "a", "second", seen(engine))
    with changing(engine, NOW) as change:
        assert not beat(change, before)


def test_what_was_given_back_is_free_at_once(engine: Engine) -> None:
    with changing(engine, NOW) as change:
        take(change, "a", "first", None)
        give_back(change, "first")
    with changing(engine, NOW) as change:
        assert take(change, "a", "second", seen(engine))
    assert seen(engine).holder == "second"
