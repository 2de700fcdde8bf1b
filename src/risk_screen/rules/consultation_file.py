"""What rules/consultation.yaml may contain: how consultations are run, and which days are worked. Decides no score."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from risk_screen.rules.expressions import Strict
from risk_screen.rules.schema import Number, Sentence

HourAndMinute = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
RegistrationRoute = Literal["proceed", "consult", "advise_against"]
AnswerKind = Literal["no_objection", "conditions", "objection"]
SATURDAY = 5


class OfficeHours(Strict):
    """When offices are open; what arrives after closing counts as received on the next working day."""

    opens: HourAndMinute
    closes: HourAndMinute
    source: Sentence
    since: date

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> "OfficeHours":
        if self.opens >= self.closes:
            raise PydanticCustomError("RB014", "office_hours 的 opens 要早于 closes")
        return self


class HoldPolicy(Strict):
    """What stands in every registration hold: who issues it, its number, the article it rests on."""

    issuer: Sentence
    number: Annotated[str, Field(pattern=r"\{year\}.*\{number\}")]
    law: Sentence
    article: Annotated[str, BeforeValidator(str)]


class Holiday(Strict):
    """Days off in a row, weekends included as the notice has them."""

    name: Sentence
    first: date
    last: date

    @property
    def days(self) -> Iterator[date]:
        """Every day of it."""
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


class CalendarYear(Strict):
    """Holidays and make-up working days of one year, from the notice of the State Council's General Office."""

    year: Annotated[int, Field(ge=2000, le=2100)]
    source: Sentence
    holidays: Annotated[tuple[Holiday, ...], Field(min_length=1)]
    make_up_days: tuple[date, ...] = ()

    @model_validator(mode="after")
    def _days_fit_together(self) -> "CalendarYear":
        days = {day for holiday in self.holidays for day in holiday.days}
        wrong = next((h.name for h in self.holidays if h.first > h.last or h.last.year != self.year), None)
        if wrong is not None:
            raise PydanticCustomError("RB014", "{name} 的 first、last 先后或年份不对", {"name": wrong})
        odd = next((day for day in self.make_up_days if day.weekday() < SATURDAY or day in days), None)
        if odd is not None:
            raise PydanticCustomError("RB014", "调休上班日 {day} 要在周末，且不在假期之内", {"day": str(odd)})
        return self


class ConsultationFile(Strict):
    """rules/consultation.yaml. Without the file no consultation is opened."""

    opens: dict[RegistrationRoute, bool]
    answer_within_days: Number
    registration_within_days: Number
    extended_within_days: Number
    office_hours: OfficeHours
    confirmed_by_lead: dict[AnswerKind, bool]
    hold: HoldPolicy
    calendar: tuple[CalendarYear, ...]

    @model_validator(mode="after")
    def _one_after_the_other(self) -> "ConsultationFile":
        days = [self.answer_within_days, self.registration_within_days, self.extended_within_days]
        values = [one.value for one in days]
        if sorted(values) != values or any(value < 1 or value != int(value) for value in values):
            raise PydanticCustomError("RB014", "三个期限都是正整数个工作日，且一个不短于前一个")
        years = [one.year for one in self.calendar]
        if len(set(years)) != len(years):
            raise PydanticCustomError("RB014", "calendar 中同一年写了两次")
        return self
