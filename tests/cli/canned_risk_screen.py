"""The command ``risk-screen`` with a canned screener, for tests that need a process of their own."""

import time
from typing import Any

from builders import CannedScreener, company_assessment, flyer_assessment
from risk_screen import wiring
from risk_screen.bulk import writing
from risk_screen.cli.main import run


class Canned(CannedScreener):
    """Answers flyers and registrations; texts that begin with 慢 take long, so that a test can interrupt it."""

    def assess(self, submission: Any) -> Any:
        if submission.fields[0][1].startswith("慢"):
            time.sleep(0.005)
        return company_assessment() if submission.channel == "registration" else flyer_assessment()


def load(*_: object) -> Any:
    """Stand in for Screener.load."""
    return Canned(flyer_assessment())


if __name__ in ("__main__", "__mp_main__"):  # the second is this file in a worker process
    wiring.Screener.load = load  # type: ignore[method-assign, assignment]
    writing.RECORD_EVERY_SECONDS = 0.0  # type: ignore[misc]  # a test need not wait for the next record
if __name__ == "__main__":
    run()
