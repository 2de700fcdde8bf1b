"""What a check of a machine finds: one line each, with what to do."""

from dataclasses import dataclass
from typing import Final, Literal

Verdict = Literal["good", "note", "bad"]
VERDICTS: Final = {"good": "好", "note": "注意", "bad": "不行"}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes
    ----------
    name : str
        Stable, for programs.
    title, detail : str
        What, and how it is.
    verdict : str
        ``good``, ``note`` (works, but) or ``bad`` (does not).
    advice : str
        What to do; empty when good.
    """

    name: str
    title: str
    verdict: Verdict
    detail: str
    advice: str = ""


def good(name: str, title: str, detail: str) -> Check:
    """All is well."""
    return Check(name, title, "good", detail)


def note(name: str, title: str, detail: str, advice: str) -> Check:
    """It works, but somebody should know."""
    return Check(name, title, "note", detail, advice)


def bad(name: str, title: str, detail: str, advice: str) -> Check:
    """It does not work."""
    return Check(name, title, "bad", detail, advice)
