"""Find the folder of the rulebook."""

import os
from importlib.resources import files
from pathlib import Path
from typing import Final

from risk_screen.rules.errors import RulebookNotFoundError

ENVIRONMENT: Final = "RISK_SCREEN_RULES"
MARKER: Final = "rulebook.yaml"


def find_rules_directory(explicit: Path | None = None) -> Path:
    """Find the rulebook: the folder given, else RISK_SCREEN_RULES, else ./rules, else the packaged copy.

    Raises
    ------
    RulebookNotFoundError
        When a folder is named and is no rulebook, or none is found. A ./rules without rulebook.yaml is passed over.
    """
    named = explicit or (Path(os.environ[ENVIRONMENT]) if os.environ.get(ENVIRONMENT) else None)
    if named is not None:
        if not (named / MARKER).is_file():
            reason = "里没有 rulebook.yaml，不是规则库" if named.is_dir() else "不存在"
            raise RulebookNotFoundError(str(named), f"指定的规则目录 {named} {reason}，请检查 --rules 或 {ENVIRONMENT}")
        return named
    package = Path(str(files("risk_screen")))
    for candidate in (Path("rules"), package / "_shipped" / "rules", package.parents[1] / "rules"):
        if (candidate / MARKER).is_file():
            return candidate
    raise RulebookNotFoundError("rules", f"找不到规则库：请用 --rules 或 {ENVIRONMENT} 指定含有 {MARKER} 的目录")
