"""Screen company registrations and flyers for signs of illegal fundraising, with every point explained.

>>> from risk_screen import Screener
>>> Screener.load().screen(channel="marketing", text="投10万一年返13万，保本保息").level
'high'
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Assessment", "Screener", "__version__"]

if TYPE_CHECKING:
    from risk_screen.screening.assessment import Assessment
    from risk_screen.wiring import Screener


def __getattr__(name: str) -> Any:
    """Import the two public classes when they are first asked for, so that ``import risk_screen`` stays cheap."""
    if name == "Screener":
        from risk_screen.wiring import Screener

        return Screener
    if name == "Assessment":
        from risk_screen.screening.assessment import Assessment

        return Assessment
    raise AttributeError(name)
