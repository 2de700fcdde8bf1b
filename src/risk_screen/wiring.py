"""The one place where the parts are put together: rulebook, policy and classifiers become a Screener."""

from importlib.resources import files
from pathlib import Path
from typing import Self

import risk_screen
from risk_screen.classifier.loading import ModelError, load_classifier
from risk_screen.operations.screening import Store
from risk_screen.rules.compiling import CompiledRulebook, compile_rulebook
from risk_screen.rules.loading import find_rules_directory, load_rulebook
from risk_screen.screening import screener
from risk_screen.screening.policy import Policy
from risk_screen.screening.submission import CHANNELS
from risk_screen.settings import Settings
from risk_screen.storage.database import open_database

SHIPPED_MODELS = Path(str(files(risk_screen))) / "_shipped" / "models"
REPOSITORY_MODELS = Path(__file__).parents[2] / "models"


class Screener(screener.Screener):
    """Screens texts; see :class:`risk_screen.screening.screener.Screener` for ``screen`` and ``screen_many``."""

    @classmethod
    def load(cls, rules: Path | None = None, models: Path | None = None) -> Self:
        """Load rulebook, policy and classifiers and check them.

        Parameters
        ----------
        rules, models : Path, optional
            Folders; otherwise RISK_SCREEN_RULES / RISK_SCREEN_MODELS, ./rules / ./models, the packaged copies.

        Raises
        ------
        RulebookError
            With every error of the rulebook at file, line and column.
        ModelError
            When a model is missing or is not the one its card names.
        """
        book = load_book(rules)
        directory = find_models_directory(models)
        classifiers = {channel: load_classifier(directory / channel) for channel in CHANNELS}
        return cls(book, Policy.from_file(book.rulebook.policy), classifiers, program=risk_screen.__version__)


def open_store(database: str | None = None) -> Store:
    """Open and migrate the database named here, else by RISK_SCREEN_DATABASE.

    Raises
    ------
    DatabaseError
    """
    return Store(open_database(database or Settings().database))


def load_book(rules: Path | None = None) -> CompiledRulebook:
    """Find, read, check and compile the rulebook."""
    return compile_rulebook(load_rulebook(find_rules_directory(rules or Settings().rules)))


def find_models_directory(explicit: Path | None = None) -> Path:
    """Find the folder that holds one folder per channel.

    Raises
    ------
    ModelError
        When the folder named does not hold models.
    """
    named = explicit or Settings().models
    candidates = [named] if named else [Path("models"), SHIPPED_MODELS, REPOSITORY_MODELS]
    for candidate in candidates:
        if all((candidate / channel / "card.yaml").is_file() for channel in CHANNELS):
            return candidate
    where = f"指定的模型目录 {named}" if named else "当前目录的 models/ 和程序自带的模型"
    raise ModelError(
        f"{where} 中没有可用的模型（需要 registration/ 和 marketing/）：请检查路径，或先运行 risk-screen train。"
    )
