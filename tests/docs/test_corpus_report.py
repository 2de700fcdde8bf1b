"""The page that describes the corpus describes the corpus as it is."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_report_is_of_this_corpus() -> None:
    spec = importlib.util.spec_from_file_location("report_corpus", ROOT / "tools" / "report_corpus.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert tool.REPORT.read_text(encoding="utf-8") == tool.report(), "run python tools/report_corpus.py"
