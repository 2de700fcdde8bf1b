"""The file of settings: which one it is, and what it says."""

import os
import tomllib
from pathlib import Path
from typing import Any, Final

from risk_screen.errors import RiskScreenError

ENVIRONMENT: Final = "RISK_SCREEN_CONFIG"
USUAL_FILES: Final = (Path("risk_screen.toml"), Path("/etc/risk_screen/risk_screen.toml"))


class SettingsError(RiskScreenError):
    """A setting that cannot be used; nothing starts."""

    code = "settings_invalid"


def settings_file() -> Path | None:
    """Find the file: the one RISK_SCREEN_CONFIG names, else the first of the usual ones that is there."""
    named = os.environ.get(ENVIRONMENT)
    if named:
        return Path(named)
    return next((path for path in USUAL_FILES if path.is_file()), None)


def settings_of_file() -> dict[str, Any]:
    """Read what the file says; nothing without a file.

    Raises
    ------
    SettingsError
        When the file that is named cannot be read, or is no TOML.
    """
    path = settings_file()
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"设置文件 {path} 读不了：请检查 --config 或 {ENVIRONMENT} 所指的路径与权限。") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"设置文件 {path} 不是 UTF-8 编码：请另存为 UTF-8。") from error
    except tomllib.TOMLDecodeError as error:
        # The library's words name line and column, and quote nothing but single characters.
        raise SettingsError(f"设置文件 {path} 不是合法的 TOML（{error}）：文字要加引号，一行一个设置。") from None
