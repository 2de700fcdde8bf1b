"""Who does something: passed explicitly from the entry points down to the audit trail."""

from dataclasses import dataclass
from typing import Final

KINDS: Final = ("person", "key", "system")


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody, or something, that acts.

    Parameters
    ----------
    kind : str
        ``person`` (signed in), ``key`` (a program with a key) or ``system``.
    id : str
        Stable and not a name, a phone number or anything else personal: it stays in the audit trail for ever.
    party : str
        The institution it acts for; its feed shows what it did. Empty when it acts for none.
    """

    kind: str
    id: str
    party: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS or not self.id:
            raise ValueError(self.kind)


ANONYMOUS: Final = Actor("system", "anonymous")
