"""Where rulebook, models and database are looked for, and what is said when they are not there."""

import gc
import shutil
import weakref
from pathlib import Path

import pytest

from risk_screen.classifier.loading import ModelError
from risk_screen.rules.errors import RulebookError
from risk_screen.settings import Settings
from risk_screen.wiring import REPOSITORY_MODELS, Screener, find_models_directory, open_store

CHANNELS = ("marketing", "registration")


def models_in(directory: Path) -> Path:
    for channel in CHANNELS:
        (directory / channel).mkdir(parents=True)
        for name in ("card.yaml", "scorer.npz"):
            shutil.copy(REPOSITORY_MODELS / channel / name, directory / channel / name)
    return directory


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    for name in ("RULES", "MODELS", "DATABASE"):
        monkeypatch.delenv(f"RISK_SCREEN_{name}", raising=False)


def test_models_are_found_in_the_order_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_models_directory() == REPOSITORY_MODELS
    models_in(Path("models"))
    assert find_models_directory() == Path("models")
    monkeypatch.setenv("RISK_SCREEN_MODELS", str(models_in(tmp_path / "environment")))
    assert find_models_directory() == tmp_path / "environment"
    assert find_models_directory(models_in(tmp_path / "option")) == tmp_path / "option"


def test_a_folder_named_without_models_is_not_passed_over(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="指定的模型目录"):
        find_models_directory(tmp_path)


def test_an_empty_setting_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RULES", "MODELS", "DATABASE"):
        monkeypatch.setenv(f"RISK_SCREEN_{name}", "")
    assert Settings() == Settings(rules=None, models=None, database="sqlite:///var/risk_screen.db")


def test_the_shipped_parts_make_a_screener_in_any_folder() -> None:
    screener = Screener.load()
    assert screener.screen(channel="marketing", text="投10万一年返13万，保本保息").reasons
    assert screener.screen("registration", name="淄博某某餐饮有限公司", business_scope="餐饮服务").level == "low"


def test_a_changed_model_is_refused(tmp_path: Path) -> None:
    models = models_in(tmp_path / "models")
    path = models / "marketing" / "scorer.npz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelError, match="SHA-256"):
        Screener.load(models=models)


def test_a_rulebook_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulebookError, match=r"rulebook\.yaml"):
        Screener.load(rules=tmp_path)


def test_the_database_is_that_of_the_call_else_of_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISK_SCREEN_DATABASE", "sqlite:///set.db")
    open_store("sqlite:///called.db")
    assert (Path("called.db").is_file(), Path("set.db").is_file()) == (True, False)
    open_store()
    assert Path("set.db").is_file()


def test_a_screener_that_is_let_go_leaves_no_cycle_behind() -> None:
    """The collector never looks at what a load made, so it must go without it."""
    screener = Screener.load()
    screener.screen("marketing", text="投10万一年返13万，保本保息，加薇xin13805331234，touzi")
    screener.screen("registration", name="淄博某某财富管理有限公司", business_scope="投资咨询")
    parts = [screener.book.segmenter, screener.book.evasions, screener.book.folding, *screener.book.channels.values()]
    parts += [screener, screener.book, *screener.classifiers.values()]
    left = [weakref.ref(part) for part in parts if hasattr(part, "__weakref__")]
    gc.disable()
    try:
        del screener, parts
        assert [ref() for ref in left if ref() is not None] == []
    finally:
        gc.enable()
    assert len(left) >= 3


def test_a_load_leaves_the_collector_of_the_host_program_as_it_was() -> None:
    before = gc.get_freeze_count(), gc.isenabled()
    Screener.load()
    assert (gc.get_freeze_count(), gc.isenabled()) == before
