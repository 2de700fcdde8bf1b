"""Why something is not let through: a value, since a refusal is an answer and no fault."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason.

    Parameters
    ----------
    code : str
        Stable, for programs.
    detail : str
        Chinese sentence for people; never holds a password, a key or a code.
    """

    code: str
    detail: str
