"""What a fact of the submission or a promised return must be for a condition to hold."""

from collections.abc import Mapping
from dataclasses import dataclass

from risk_screen.text.promise import Promise

_NEARLY = 1e-9


@dataclass(frozen=True, slots=True)
class FactRequired:
    """A structured field of the submission and its test; what is None is not asked."""

    field: str
    equals: bool | int | float | str | None = None
    one_of: tuple[str, ...] | None = None
    at_least: float | None = None
    at_most: float | None = None

    def holds(self, facts: Mapping[str, object]) -> bool | None:
        """Say whether the fact holds; None when it is missing or is not of a kind that can be compared."""
        value = facts.get(self.field)
        if value is None:
            return None
        if self.at_least is not None or self.at_most is not None:
            if isinstance(value, bool) or not isinstance(value, int | float):
                return None
            if self.at_least is not None and value < self.at_least:
                return False
            if self.at_most is not None and value > self.at_most:
                return False
        if self.equals is not None and value != self.equals:
            return False
        return self.one_of is None or value in self.one_of


@dataclass(frozen=True, slots=True)
class PromiseRequired:
    """What a promise must be; what is None is not asked. Rates per year as fractions."""

    annual_rate_at_least: float | None = None
    assumed_rate_at_least: float | None = None
    payback_days_at_most: int | None = None
    period: tuple[str, ...] | None = None
    kind: tuple[str, ...] | None = None
    guaranteed: bool | None = None

    def holds(self, promise: Promise) -> bool:
        """Say whether a promise is all that is asked."""
        return (
            _at_least(promise.annual_rate, self.annual_rate_at_least)
            and _at_least(promise.assumed_rate, self.assumed_rate_at_least)
            and _at_most(promise.payback_days, self.payback_days_at_most)
            and (self.period is None or promise.period in self.period)
            and (self.kind is None or promise.kind in self.kind)
            and (self.guaranteed is None or promise.guaranteed == self.guaranteed)
        )


def _at_least(value: float | None, least: float | None) -> bool:
    return least is None or (value is not None and value >= least - _NEARLY)


def _at_most(value: float | None, most: float | None) -> bool:
    return most is None or (value is not None and value <= most)
