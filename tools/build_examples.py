"""Write docs/assessment.schema.json and a whole example per channel into docs/examples.

Run ``python tools/build_examples.py`` after rules, models, policy or the assessment were changed.
"""

import json
import re
from pathlib import Path
from typing import Any, Final

from risk_screen import Screener
from risk_screen.api.assessment_schema import assessment_schema
from risk_screen.api.openapi import example_answer
from risk_screen.api.schemas import EXAMPLES

SPAN: Final = re.compile(r"\[\s+(\d+),\s+(\d+)\s+\]")
DOCS: Final = Path(__file__).parents[1] / "docs"


def build(screener: Screener) -> dict[str, Any]:
    """Return the content of every file, by its path in docs/."""
    files: dict[str, Any] = {"assessment.schema.json": assessment_schema()}
    for channel, example in EXAMPLES.items():
        files[f"examples/{channel}.request.json"] = example["value"]
        files[f"examples/{channel}.answer.json"] = example_answer(screener, example["value"])
    return files


def printed(content: Any) -> str:
    """Return JSON for people: indented, a span on one line."""
    return SPAN.sub(r"[\1, \2]", json.dumps(content, ensure_ascii=False, indent=2)) + "\n"


if __name__ == "__main__":
    for name, content in build(Screener.load()).items():
        (DOCS / name).write_text(printed(content), encoding="utf-8")
