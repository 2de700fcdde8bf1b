"""What may be set from outside; ``Settings`` is loaded when first asked for, so that who needs none starts faster."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from risk_screen.settings.declared import Settings as Settings


def __getattr__(name: str) -> Any:
    if name == "Settings":
        return import_module("risk_screen.settings.declared").Settings
    raise AttributeError(name)
