"""When to try again: later and later for one event, up to three days; shorter pauses for a receiver that is down."""

from datetime import timedelta
from typing import Final

# The pauses that Standard Webhooks proposes, cut to three days: 71 hours and 36 minutes together, 11 attempts.
PAUSES: Final = (
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=20),
)
ATTEMPTS: Final = len(PAUSES) + 1
JITTER: Final = 0.2
FIRST_REST: Final = timedelta(seconds=5)
LONGEST_REST: Final = timedelta(minutes=10)


def pause_after(attempts: int, chance: float) -> timedelta | None:
    """Tell how long to wait after so many failed attempts at one event; None when it is given up.

    Parameters
    ----------
    attempts : int
        1 or more.
    chance : float
        0 to 1, at random: up to a fifth is taken off, so that what failed together does not come back together.
    """
    return PAUSES[attempts - 1] * (1 - JITTER * chance) if attempts < ATTEMPTS else None


def rest_after(failures: int, chance: float) -> timedelta:
    """Tell how long a receiver is left alone that could not be reached so many times in a row (1 or more)."""
    return min(FIRST_REST * 2.0 ** min(failures - 1, 20), LONGEST_REST) * (1 - JITTER * chance)
