"""Change only what the sender has seen: the version of a record that a change was written for."""

from dataclasses import dataclass
from typing import Final

from risk_screen.errors import RiskScreenError


class PreconditionFailedError(RiskScreenError):
    """The record is not, or no longer, the one that the sender saw."""

    code = "precondition_failed"

    def __init__(self) -> None:
        super().__init__("这条记录在您读取之后已经变了，本次未作任何改动：请重新读取，核对后再提交。")


@dataclass(frozen=True, slots=True)
class Expected:
    """Which version of a record a change is meant for.

    Attributes
    ----------
    versions : frozenset of int or None
        Any of them will do; None for whatever version there is.
    """

    versions: frozenset[int] | None = None

    def check(self, version: int) -> None:
        """Go on when the record is one of those meant; asked inside the transaction, after ``take_turn``.

        Raises
        ------
        PreconditionFailedError
        """
        if self.versions is not None and version not in self.versions:
            raise PreconditionFailedError


WHATEVER: Final = Expected()
"""The sender did not say which version they saw."""
