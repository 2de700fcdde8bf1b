"""``risk-screen`` whose clock is off by the seconds that the file named in ``CLOCK_FILE`` says at the moment."""

import os
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Self

from risk_screen.cli.main import run
from risk_screen.operations import store


class MovedClock(datetime):
    """The time as this machine would tell it, had somebody set it."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        moved = datetime.now(tz) + timedelta(seconds=float(Path(os.environ["CLOCK_FILE"]).read_text(encoding="utf-8")))
        return cls.fromtimestamp(moved.timestamp(), tz)


if __name__ == "__main__":
    store.datetime = MovedClock  # type: ignore[attr-defined]
    run()
