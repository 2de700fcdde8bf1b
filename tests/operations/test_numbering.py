"""Ids sort by time, also when the clock stands still or goes back."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from risk_screen.operations.numbering import new_id

AT = datetime(2026, 11, 22, 4, 0, 0, 123_000, tzinfo=UTC)


def test_an_id_is_a_uuid_of_version_7_that_carries_its_time() -> None:
    made = UUID(new_id(AT))
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == int(AT.timestamp() * 1000)


def test_ids_of_later_milliseconds_sort_later() -> None:
    made = [new_id(AT + timedelta(milliseconds=n)) for n in range(50)]
    assert made == sorted(made)


def test_ids_of_one_millisecond_differ() -> None:
    assert len({new_id(AT) for _ in range(1_000)}) == 1_000


def test_an_id_sorts_after_the_one_it_follows_whatever_the_clock_says() -> None:
    earlier = new_id(AT)
    for at in (AT, AT - timedelta(hours=1)):
        following = new_id(at, after=earlier)
        assert following > earlier
        assert UUID(following).version == 7
