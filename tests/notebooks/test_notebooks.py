"""The notebooks run from top to bottom without a warning, with a Chinese font or none, and are kept without output."""

import csv
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbmake.nb_run import NotebookRun

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
SCREEN = NOTEBOOKS / "01_screen.ipynb"
NO_FONTS = """from matplotlib import font_manager
font_manager.fontManager.ttflist = [f for f in font_manager.fontManager.ttflist if f.name.startswith("DejaVu")]"""
REGISTRATIONS = """编号,企业名称,经营范围
1,示例餐饮管理有限公司,餐饮服务；食品销售
2,示例财富管理有限公司,财富管理咨询；受托资产管理
3,,
"""


def run(path: Path) -> list[dict[str, Any]]:
    """Run a notebook in its folder and return what its cells gave out; nothing may fail or warn."""
    result = NotebookRun(path, default_timeout=3_600).execute()
    assert result.error is None, result.error and result.error.trace
    given = [output for cell in result.nb.cells if cell.cell_type == "code" for output in cell.outputs]
    warnings = [o["text"] for o in given if o["output_type"] == "stream" and o["name"] == "stderr"]
    assert warnings == []
    return given


def printed(given: list[dict[str, Any]]) -> str:
    return "".join(o["text"] for o in given if o["output_type"] == "stream")


def pictures(given: list[dict[str, Any]]) -> int:
    return sum("image/png" in o.get("data", {}) for o in given)


def copied(folder: Path, first: str = "", **settings: str) -> Path:
    """A copy of the notebook beside the corpus, with other settings and a cell put before the first."""
    (folder / "notebooks").mkdir()
    (folder / "models").symlink_to(NOTEBOOKS.parent / "models")
    notebook = nbformat.read(SCREEN, as_version=4)
    for name, value in settings.items():
        notebook.cells[1].source, changed = re.subn(
            rf"^{name} = .*", f"{name} = {value}", notebook.cells[1].source, flags=re.M
        )
        assert changed == 1
    if first:
        notebook.cells.insert(0, nbformat.v4.new_code_cell(first))
    path = folder / "notebooks" / SCREEN.name
    nbformat.write(notebook, path)
    return path


@pytest.mark.slow
def test_the_notebook_runs_on_the_sample_of_the_corpus() -> None:
    given = run(SCREEN)
    assert pictures(given) == 2
    assert "<mark>" in "".join(o.get("data", {}).get("text/html", "") for o in given)
    assert re.search(r"读到 [\d,]+ 行，可以筛查 [\d,]+ 行，不能筛查 0 行", printed(given))


@pytest.mark.slow
def test_the_notebook_runs_where_there_is_no_chinese_font(tmp_path: Path) -> None:
    assert pictures(run(copied(tmp_path, first=NO_FONTS))) == 2


@pytest.mark.slow
def test_the_notebook_screens_a_table_of_ones_own(tmp_path: Path) -> None:
    table, result = tmp_path / "登记.csv", tmp_path / "结果.csv"
    table.write_text(REGISTRATIONS, encoding="gb18030")
    settings = {"TABLE": repr(str(table)), "CHANNEL": '"registration"', "RESULT": repr(str(result))}
    assert "读到 3 行，可以筛查 2 行，不能筛查 1 行" in printed(run(copied(tmp_path, **settings)))
    with result.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == ["1", "2"]
    assert rows[1]["route"] == "advise_against"


@pytest.mark.slow
def test_a_warning_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="字体"):
        run(copied(tmp_path, first="import warnings; warnings.warn('字体')"))


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda p: p.name)
def test_a_notebook_is_kept_without_output(path: Path) -> None:
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert [cell for cell in cells if cell.outputs or cell.execution_count is not None] == []
