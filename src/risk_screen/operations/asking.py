"""Who asks for a change, under which key of theirs, and which version of the record they saw."""

from dataclasses import dataclass

from risk_screen.access.identity import Identity
from risk_screen.operations.expecting import WHATEVER, Expected
from risk_screen.storage.idempotency import RequestKey


@dataclass(frozen=True, slots=True)
class Asking:
    """What comes with every request that changes something.

    Attributes
    ----------
    identity : Identity
    key : RequestKey or None
        Sent again under the same key, it is done once and answered twice.
    expected : Expected
        Nothing is changed when the record is another version by now.
    """

    identity: Identity
    key: RequestKey | None = None
    expected: Expected = WHATEVER
