"""Golden files: what people read, kept beside the tests. UPDATE_GOLDEN=1 writes them anew, for review in the diff."""

import os
from pathlib import Path

GOLDEN = Path(__file__).parent / "golden"


def check_golden(name: str, text: str) -> None:
    """Compare a text with tests/golden/<name>."""
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.is_file(), f"missing {path.name}: run the test with UPDATE_GOLDEN=1 and read the file"
    assert text == path.read_text(encoding="utf-8")
