"""Until when a consultation is answered: working days in China, from the day it counts as received."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import IntEnum
from typing import Final

from risk_screen.casework.terms import ConsultationTerms

# China has had one time all year since 1992; a fixed offset needs no table of time zones.
CHINA: Final = timezone(timedelta(hours=8), "Asia/Shanghai")


class Stage(IntEnum):
    """How far a consultation is overdue."""

    IN_TIME = 0
    ANSWER_DUE = 1
    REGISTRATION_DUE = 2
    EXTENSION_DUE = 3


@dataclass(frozen=True, slots=True)
class Deadlines:
    """When what is due; instants are aware, UTC.

    Attributes
    ----------
    counted_from : date
        The working day in China on which it counts as received; the days are counted from the next one.
    answer_at : datetime
        The task force's answer is due.
    registration_at : datetime
        The registration itself is due.
    extension_at : datetime
        The registration is due when it was extended.
    calendar_known : bool
        The notices of all years touched are loaded; otherwise only weekends were left out in some of them.
    """

    counted_from: date
    answer_at: datetime
    registration_at: datetime
    extension_at: datetime
    calendar_known: bool

    def stage_at(self, instant: datetime) -> Stage:
        """Tell how far it is overdue at an instant; at the due time itself it is still in time."""
        due = (self.answer_at, self.registration_at, self.extension_at)
        return Stage(sum(at < instant for at in due))

    def next_after(self, stage: Stage) -> datetime | None:
        """Return when the next stage begins; None after the last."""
        due = (self.answer_at, self.registration_at, self.extension_at)
        return due[stage] if stage < len(due) else None


def deadlines(received_at: datetime, terms: ConsultationTerms) -> Deadlines:
    """Work out the due times of what is received at an instant.

    Parameters
    ----------
    received_at : datetime
        Aware. After closing, and on days off, it counts as received on the next working day.
    terms : ConsultationTerms

    Returns
    -------
    Deadlines
        Each at closing time of the last day.
    """
    here, calendar = received_at.astimezone(CHINA), terms.calendar
    is_late = here.time() >= terms.closes
    counted = calendar.first_working_day_from(here.date() + timedelta(days=is_late))

    def closing(days: int) -> datetime:
        return datetime.combine(calendar.working_day_after(counted, days), terms.closes, CHINA).astimezone(UTC)

    last = closing(terms.extended_days)
    return Deadlines(
        counted_from=counted,
        answer_at=closing(terms.answer_days),
        registration_at=closing(terms.registration_days),
        extension_at=last,
        calendar_known=calendar.knows(here.date(), last.astimezone(CHINA).date()),
    )
