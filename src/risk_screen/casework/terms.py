"""How consultations are run here and now: rules/consultation.yaml as the program takes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Self

from risk_screen.casework.consultation import AnswerKind
from risk_screen.casework.hold_letter import HoldTerms
from risk_screen.casework.working_days import Calendar
from risk_screen.rules.consultation_file import ConsultationFile
from risk_screen.rules.reference import Law
from risk_screen.rules.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class ConsultationTerms:
    """When consultations are opened, until when they are answered, and what a second person must confirm.

    Attributes
    ----------
    opening_routes : frozenset of str
        Routes of a registration that open one.
    answer_days, registration_days, extended_days : int
        Working days: ours, the registration's, and the registration's when extended.
    opens, closes : time
        Office hours in China.
    calendar : Calendar
    confirmed : frozenset of AnswerKind
        Answers that go out only when a lead has confirmed them.
    hold : HoldTerms
        What stands in every registration hold.
    """

    opening_routes: frozenset[str]
    answer_days: int
    registration_days: int
    extended_days: int
    opens: time
    closes: time
    calendar: Calendar
    confirmed: frozenset[AnswerKind]
    hold: HoldTerms

    @classmethod
    def from_rulebook(cls, rulebook: Rulebook) -> Self | None:
        """Take over what a rulebook says; None when it says nothing, and then no consultation is opened."""
        file = rulebook.consultation
        return None if file is None else cls.from_file(file, rulebook.laws)

    @classmethod
    def from_file(cls, file: ConsultationFile, laws: Mapping[str, Law]) -> Self:
        """Take over the checked content of rules/consultation.yaml."""
        return cls(
            opening_routes=frozenset(route for route, opens in file.opens.items() if opens),
            answer_days=int(file.answer_within_days.value),
            registration_days=int(file.registration_within_days.value),
            extended_days=int(file.extended_within_days.value),
            opens=time.fromisoformat(file.office_hours.opens),
            closes=time.fromisoformat(file.office_hours.closes),
            calendar=Calendar.from_years(file.calendar),
            confirmed=frozenset(AnswerKind(kind) for kind, needed in file.confirmed_by_lead.items() if needed),
            hold=HoldTerms.from_file(file.hold, laws[file.hold.law]),
        )
