"""The numbers and tables that decide, read from rules/policy.yaml. No other file of the program holds a threshold."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from risk_screen.rules.schema import ChannelPolicy as ChannelPolicyFile
    from risk_screen.rules.schema import PolicyFile

T = TypeVar("T")
LEVELS: Final = ("low", "attention", "elevated", "high")
ROUTE_ORDER: Final[Mapping[str, tuple[str, ...]]] = {
    "registration": ("proceed", "consult", "advise_against"),
    "marketing": ("archive", "watch", "verify", "site_check"),
}
# What the contract calls "routed": somebody is asked to look.
ROUTED: Final = frozenset({"consult", "advise_against", "verify", "site_check"})


@dataclass(frozen=True, slots=True)
class ChannelPolicy:
    """How one channel is decided.

    Attributes
    ----------
    prior_decibans : float
        Prior log-odds of the channel's stream, 10·log10.
    model_shrink, model_bound_decibans : float
        The classifier's decibans times ``shrink``, cut to ± ``bound``.
    passage_characters : int
        Longest passage whose evidence speaks together.
    level_bounds : tuple of (float, str)
        Lowest score of a level, highest first.
    routes, flag_routes : mapping of str to str
        Level → route, and flag of a rule → lowest route it asks for.
    flag_checks : mapping of str to str
        Flag → check that has to be made, in Chinese.
    questions : mapping of str to tuple of str
        Characteristic → what to find out on site when nothing speaks for it yet.
    """

    channel: str
    prior_decibans: float
    model_shrink: float
    model_bound_decibans: float
    passage_characters: int
    level_bounds: tuple[tuple[float, str], ...]
    routes: Mapping[str, str]
    flag_routes: Mapping[str, str]
    flag_checks: Mapping[str, str]
    questions: Mapping[str, tuple[str, ...]]

    def model_part(self, decibans: float) -> float:
        """Shrink and bound the classifier's weight of evidence, in decibans."""
        bound = self.model_bound_decibans
        return max(-bound, min(bound, decibans * self.model_shrink))

    def level(self, score: float) -> str:
        """Level of a score (0–100)."""
        return next((level for bound, level in self.level_bounds if score >= bound), LEVELS[0])

    def route(self, level: str, flags: Iterable[str]) -> str:
        """Route of a level, raised (never lowered) by flags."""
        order = ROUTE_ORDER[self.channel]
        asked = [self.routes[level], *(self.flag_routes[flag] for flag in flags if flag in self.flag_routes)]
        return max(asked, key=order.index)


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy in force."""

    version: str
    channels: Mapping[str, ChannelPolicy]

    @classmethod
    def from_file(cls, file: "PolicyFile") -> "Policy":
        """Take over the checked content of rules/policy.yaml."""
        channels = {"registration": file.registration, "marketing": file.marketing}
        return cls(
            version=str(file.version),
            channels={name: _channel(name, content, file) for name, content in channels.items()},
        )


def _channel(name: str, content: "ChannelPolicyFile", file: "PolicyFile") -> ChannelPolicy:
    bounds = content.levels
    return ChannelPolicy(
        channel=name,
        prior_decibans=content.prior_decibans.value,
        model_shrink=content.model.shrink.value,
        model_bound_decibans=content.model.bound_decibans.value,
        passage_characters=round(content.passage_characters.value),
        level_bounds=tuple((getattr(bounds, level).value, level) for level in reversed(LEVELS[1:])),
        routes=_plain(content.routes),
        flag_routes=_plain(content.flag_routes),
        flag_checks=_plain(file.flag_checks),
        questions=_plain(content.questions),
    )


def _plain(table: Mapping[Any, T]) -> dict[str, T]:
    """Return a table of the file with plain keys."""
    return {str(key): value for key, value in table.items()}
