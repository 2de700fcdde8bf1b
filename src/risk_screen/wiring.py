"""The one place where the parts are put together: rulebook, policy and classifiers become a Screener."""

import gc
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Self

import risk_screen
from risk_screen.classifier.loading import ModelError, load_classifier
from risk_screen.rules.compiled_rulebook import CompiledRulebook
from risk_screen.rules.finding import ENVIRONMENT as RULES_ENVIRONMENT
from risk_screen.rules.finding import find_rules_directory
from risk_screen.rules.keeping import fingerprint_of, keep, kept
from risk_screen.rules.snapshot import SnapshotError, packed, unpacked
from risk_screen.screening import screener
from risk_screen.screening.policy import Policy
from risk_screen.screening.submission import CHANNELS
from risk_screen.settings.file import SettingsError, settings_file

if TYPE_CHECKING:
    from risk_screen.delivery.sending import Sender
    from risk_screen.operations.background import Background
    from risk_screen.operations.store import Store
    from risk_screen.settings import Settings
    from risk_screen.storage.sealing import KeyRing

SHIPPED_MODELS = Path(str(files(risk_screen))) / "_shipped" / "models"
MODELS_ENVIRONMENT = "RISK_SCREEN_MODELS"
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
        with _collector_at_rest():
            book, policy = _book_and_policy(rules)
            directory = find_models_directory(models)
            classifiers = {channel: load_classifier(directory / channel, channel) for channel in CHANNELS}
            return cls(book, policy, classifiers, program=risk_screen.__version__)


def open_store(database: str | None = None) -> "Store":
    """Open and migrate the database named here, else by RISK_SCREEN_DATABASE.

    Raises
    ------
    DatabaseError
    """
    from risk_screen.operations.anchoring import AnchorFile, usual_anchor_file
    from risk_screen.operations.store import Store
    from risk_screen.settings import Settings
    from risk_screen.storage.database import open_database

    settings = Settings()
    engine = open_database(database or settings.database)
    return Store(engine, anchors=AnchorFile(settings.audit_anchors or usual_anchor_file(engine.url)), ring=sealing_keys)


def reporter_keys() -> "KeyRing":
    """Read the keys that identities of reporters are sealed with.

    Raises
    ------
    KeyFileError
        Also when no file is set.
    """
    from risk_screen.storage.sealing import KeyFileError

    ring = sealing_keys()
    if ring is None:
        raise KeyFileError("没有设置，请先用 risk-screen reporters new-key 生成")
    return ring


def sealing_keys() -> "KeyRing | None":
    """Read the file of keys that is set; None when none is.

    Raises
    ------
    KeyFileError
    """
    from risk_screen.settings import Settings
    from risk_screen.storage.sealing import KeyRing

    path = Settings().reporter_keys
    return None if path is None else KeyRing.from_file(path)


def keep_versions_in_service(
    store: "Store", screener: screener.Screener, rules: Path | None = None, models: Path | None = None
) -> None:
    """Keep in the store the files that a screener loaded from these folders was made of, once for each version.

    Raises
    ------
    StoreUnavailableError
    """
    from risk_screen.operations.releasing import MODEL, RULEBOOK, keep_versions

    directory = find_models_directory(models)
    kept_models = {(MODEL, one.version): directory / channel for channel, one in screener.classifiers.items()}
    keep_versions(
        store,
        {(RULEBOOK, screener.book.version): find_rules(rules), **kept_models},
    )


def background_tasks(store: "Store", settings: "Settings") -> "list[Background]":
    """List what the service does by itself: each in one process of the installation only, one entry each."""
    from risk_screen.operations.background import Background
    from risk_screen.operations.delivering import Deliverer
    from risk_screen.operations.escalating import escalate_overdue
    from risk_screen.storage.attempts import sweep_access
    from risk_screen.storage.idempotency import forget_old_answers
    from risk_screen.storage.webhook_attempts import forget_old_attempts

    deliverer = Deliverer(webhook_sender(settings))
    return [
        Background("webhooks.deliver", every_seconds=1, run=deliverer.deliver_due),
        Background("webhooks.forget", every_seconds=3600, run=lambda store: store.write(forget_old_attempts)),
        Background("consultations.escalate", every_seconds=60, run=escalate_overdue),
        Background("access.forget", every_seconds=3600, run=lambda store: store.write(sweep_access)),
        Background("idempotency.forget", every_seconds=3600, run=lambda store: store.write(forget_old_answers)),
    ]


def webhook_sender(settings: "Settings") -> "Sender":
    """Make what pushes are sent with.

    Raises
    ------
    SettingsError
        When the certificates that are to be trusted besides cannot be read.
    """
    from risk_screen.delivery.sending import Sender

    try:
        return Sender(trusted=settings.webhook_authorities)
    except OSError as error:
        raise SettingsError(
            "设置有误：webhook_authorities 所指的文件读不了，或里面没有 PEM 证书。请改正后重试。"
        ) from error


def screener_of(rules: Path, models: Mapping[str, Path]) -> screener.Screener:
    """Make a screener of a rulebook and of the models of some channels, each in a folder of its own.

    Raises
    ------
    RulebookError, ModelError
    """
    book, policy = _book_and_policy(rules)
    classifiers = {channel: load_classifier(folder, channel) for channel, folder in models.items()}
    return screener.Screener(book, policy, classifiers, program=risk_screen.__version__)


def load_book(rules: Path | None = None) -> CompiledRulebook:
    """Find the rulebook and take it as it was kept, else read, check and compile it."""
    return _book_and_policy(rules)[0]


def find_rules(explicit: Path | None = None) -> Path:
    """Find the rulebook: the folder given, else RISK_SCREEN_RULES, the file of settings, ./rules, the packaged copy.

    Raises
    ------
    RulebookNotFoundError
    """
    in_file = None if os.environ.get(RULES_ENVIRONMENT) else folder_in_settings("rules")
    return find_rules_directory(explicit or in_file)


def folder_in_settings(name: str) -> Path | None:
    """Return what the file of settings says of ``rules`` or ``models``; None without a file."""
    if settings_file() is None:
        return None
    from risk_screen.settings import Settings

    folder: Path | None = getattr(Settings(), name)
    return folder


def _book_and_policy(rules: Path | None) -> tuple[CompiledRulebook, Policy]:
    directory = find_rules(rules)
    fingerprint = fingerprint_of(directory)
    content = kept(fingerprint)
    if content is not None:
        try:
            book, policy = unpacked(content)
        except SnapshotError:
            pass
        else:
            if isinstance(policy, Policy):
                return book, policy
    from risk_screen.rules.compiling import compile_rulebook
    from risk_screen.rules.loading import load_rulebook

    book = compile_rulebook(load_rulebook(directory))
    policy = Policy.from_file(book.rulebook.policy)
    if fingerprint_of(directory) == fingerprint:
        keep(fingerprint, packed(book, policy))
    return book, policy


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Make many objects that all stay: meanwhile the collector looks for no garbage among them."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def find_models_directory(explicit: Path | None = None) -> Path:
    """Find the folder that holds one folder per channel.

    Raises
    ------
    ModelError
        When the folder named does not hold models.
    """
    set_outside = os.environ.get(MODELS_ENVIRONMENT)
    named = explicit or (Path(set_outside) if set_outside else folder_in_settings("models"))
    candidates = [named] if named else [Path("models"), SHIPPED_MODELS, REPOSITORY_MODELS]
    for candidate in candidates:
        if all((candidate / channel / "card.yaml").is_file() for channel in CHANNELS):
            return candidate
    where = f"指定的模型目录 {named}" if named else "当前目录的 models/ 和程序自带的模型"
    raise ModelError(
        f"{where} 中没有可用的模型（需要 registration/ 和 marketing/）：请检查路径，或先运行 risk-screen train。"
    )
