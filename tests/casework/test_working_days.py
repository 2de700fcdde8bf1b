"""Working days and due times in China: festivals, make-up Saturdays, the end of the year, closing time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_screen.casework.deadlines import CHINA, Stage, deadlines
from risk_screen.casework.terms import ConsultationTerms
from risk_screen.casework.working_days import Calendar

SMALL = Calendar(
    holidays=frozenset({date(2026, 1, 1), date(2026, 1, 2)}),
    make_up_days=frozenset({date(2026, 1, 4)}),
    years=frozenset({2026}),
)


def here(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2026-11-23", True),  # a Monday
        ("2026-11-28", False),  # a Saturday
        ("2026-02-14", True),  # a Saturday worked for the Spring Festival
        ("2026-02-16", False),  # New Year's Eve, a Monday
        ("2026-02-23", False),
        ("2026-02-24", True),
        ("2026-10-10", True),  # a Saturday after the National Day
        ("2025-10-06", False),
        ("2027-01-01", True),  # no notice for 2027 yet: only weekends are off
    ],
)
def test_a_day_is_worked_as_the_notice_has_it(terms: ConsultationTerms, day: str, worked: bool) -> None:
    assert terms.calendar.is_working_day(date.fromisoformat(day)) is worked


@pytest.mark.parametrize(
    ("received", "expected", "known"),
    [
        # An ordinary week: Monday counts as received, Wednesday, Thursday and next Tuesday are due.
        ("2026-11-23 09:30", ("2026-11-25 17:00", "2026-11-26 17:00", "2026-12-01 17:00"), True),
        # Before opening it is the same day; at closing time it is the next.
        ("2026-11-23 00:00", ("2026-11-25 17:00", "2026-11-26 17:00", "2026-12-01 17:00"), True),
        ("2026-11-23 16:59", ("2026-11-25 17:00", "2026-11-26 17:00", "2026-12-01 17:00"), True),
        ("2026-11-23 17:00", ("2026-11-26 17:00", "2026-11-27 17:00", "2026-12-02 17:00"), True),
        # On a Saturday it counts as received on Monday.
        ("2026-11-21 10:00", ("2026-11-25 17:00", "2026-11-26 17:00", "2026-12-01 17:00"), True),
        # Friday before the Spring Festival: Saturday the 14th is worked, then nine days are off.
        ("2026-02-13 10:00", ("2026-02-24 17:00", "2026-02-25 17:00", "2026-02-28 17:00"), True),
        # In the middle of the festival: received on the 24th.
        ("2026-02-17 10:00", ("2026-02-26 17:00", "2026-02-27 17:00", "2026-03-03 17:00"), True),
        # Late on the make-up Saturday.
        ("2026-02-14 18:00", ("2026-02-26 17:00", "2026-02-27 17:00", "2026-03-03 17:00"), True),
        # Over the year's end: 2027 is not loaded, so its New Year's Day is taken for a working day and that is said.
        ("2026-12-30 10:00", ("2027-01-01 17:00", "2027-01-04 17:00", "2027-01-07 17:00"), False),
        # The year before: New Year's Day was a Thursday, Sunday the 4th was worked.
        ("2025-12-31 10:00", ("2026-01-05 17:00", "2026-01-06 17:00", "2026-01-09 17:00"), True),
    ],
)
def test_due_times(terms: ConsultationTerms, received: str, expected: tuple[str, str, str], known: bool) -> None:
    due = deadlines(here(received), terms)
    assert [due.answer_at, due.registration_at, due.extension_at] == [here(text) for text in expected]
    assert due.calendar_known is known


def test_due_times_do_not_depend_on_the_zone_of_the_instant(terms: ConsultationTerms) -> None:
    at = here("2026-11-23 07:30")
    assert deadlines(at.astimezone(UTC), terms) == deadlines(at, terms)
    assert deadlines(at, terms).answer_at.tzinfo is UTC


def test_stages_follow_one_another(terms: ConsultationTerms) -> None:
    due = deadlines(here("2026-11-23 09:30"), terms)
    second = timedelta(seconds=1)
    assert due.stage_at(due.answer_at) is Stage.IN_TIME
    assert due.stage_at(due.answer_at + second) is Stage.ANSWER_DUE
    assert due.stage_at(due.registration_at + second) is Stage.REGISTRATION_DUE
    assert due.stage_at(due.extension_at + second) is Stage.EXTENSION_DUE
    nexts = [due.next_after(stage) for stage in Stage]
    assert nexts == [due.answer_at, due.registration_at, due.extension_at, None]


@given(day=st.dates(date(2025, 12, 1), date(2026, 2, 1)), number=st.integers(1, 30))
def test_between_a_day_and_the_nth_working_day_after_lie_n_working_days(day: date, number: int) -> None:
    last = SMALL.working_day_after(day, number)
    between = [day + timedelta(days=n) for n in range(1, (last - day).days + 1)]
    assert sum(SMALL.is_working_day(one) for one in between) == number
    assert SMALL.is_working_day(last)


@given(
    first=st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 1)), later=st.timedeltas(timedelta(0), timedelta(30))
)
def test_what_comes_later_is_never_due_earlier(terms: ConsultationTerms, first: datetime, later: timedelta) -> None:
    earlier = deadlines(first.replace(tzinfo=UTC), terms)
    after = deadlines((first + later).replace(tzinfo=UTC), terms)
    assert earlier.answer_at <= after.answer_at
    assert first.replace(tzinfo=UTC) < earlier.answer_at <= earlier.registration_at <= earlier.extension_at
