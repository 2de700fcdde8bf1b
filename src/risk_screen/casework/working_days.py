"""Which days are worked in China: weekends, public holidays, and the weekend days worked instead."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Self

from risk_screen.rules.consultation_file import CalendarYear

SATURDAY: Final = 5
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days off and make-up days of the years that are known; in other years only weekends are off.

    Attributes
    ----------
    holidays, make_up_days : frozenset of date
    years : frozenset of int
        Years whose notice is loaded.
    """

    holidays: frozenset[date] = frozenset()
    make_up_days: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()

    @classmethod
    def from_years(cls, years: tuple[CalendarYear, ...]) -> Self:
        """Take over the notices of rules/consultation.yaml."""
        return cls(
            holidays=frozenset(day for year in years for holiday in year.holidays for day in holiday.days),
            make_up_days=frozenset(day for year in years for day in year.make_up_days),
            years=frozenset(year.year for year in years),
        )

    def is_working_day(self, day: date) -> bool:
        """Tell whether offices work on a day."""
        return day in self.make_up_days or (day.weekday() < SATURDAY and day not in self.holidays)

    def working_day_after(self, day: date, number: int) -> date:
        """Return the ``number``-th working day after a day, which itself is not counted."""
        following = self._working_days_from(day + _DAY)
        for _ in range(number - 1):
            next(following)
        return next(following)

    def first_working_day_from(self, day: date) -> date:
        """Return the day itself when it is worked, else the next one that is."""
        return next(self._working_days_from(day))

    def knows(self, first: date, last: date) -> bool:
        """Tell whether the notices of all years between two days are loaded."""
        return self.years.issuperset(range(first.year, last.year + 1))

    def _working_days_from(self, day: date) -> Iterator[date]:
        while True:
            if self.is_working_day(day):
                yield day
            day += _DAY
