"""Write the table of settings in docs/operations.md anew from the program."""

import re
from pathlib import Path
from typing import Final

from risk_screen.settings import Settings
from risk_screen.settings.kinds import shown
from risk_screen.settings.telling import variable_of

PAGE: Final = Path(__file__).parents[1] / "docs" / "operations.md"
HEAD: Final = "| 变量 | 默认 | 含义 |\n| --- | --- | --- |\n"
TABLE: Final = re.compile(re.escape(HEAD) + r"(?:\| `RISK_SCREEN_.*\n)*")


def settings_table() -> str:
    """One row for each setting."""
    return HEAD + "".join(map(_row, Settings.model_fields))


def _row(name: str) -> str:
    field = Settings.model_fields[name]
    default = shown(field.default)
    return f"| `{variable_of(name)}` | {f'`{default}`' if default else '无'} | {field.description} |\n"


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(TABLE.sub(lambda _: settings_table(), text, count=1), encoding="utf-8")
