"""``risk-screen replay``: make a stored assessment again and compare."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from risk_screen.cli.options import DatabaseOption, ModelsOption, RulesOption

if TYPE_CHECKING:
    from risk_screen.operations.replaying import Stored
    from risk_screen.operations.store import Store

DIFFERENT: Final = 1


def replay(
    assessment_id: Annotated[str, typer.Argument(metavar="ID", help="筛查结果的编号")],
    *,
    database: DatabaseOption = None,
    rules: RulesOption = None,
    models: ModelsOption = None,
) -> None:
    """把存下的一条结果用同样的来文重新评估，逐字节比较。

    规则库、模型与当时不同时，用数据库里保存的那个版本。一致时退出码为 0，不一致为 1；版本配不齐为 2，并说明缺哪个版本。

    例：risk-screen replay 01931f00-0000-7000-8000-000000000000
    """
    from risk_screen.operations.replaying import ReplayVersionsError, stored_for_replay
    from risk_screen.operations.replaying import replay as evaluate
    from risk_screen.operations.store import Store
    from risk_screen.settings import Settings
    from risk_screen.storage.database import attach_database
    from risk_screen.wiring import Screener

    store = Store(attach_database(database or Settings().database))
    try:
        stored = stored_for_replay(store, assessment_id)
        try:
            different = evaluate(stored, Screener.load(rules, models))
        except ReplayVersionsError:
            found = _with_kept_versions(store, stored)
            if found is None:
                raise
            typer.echo("用数据库里保存的规则库和模型重新评估。")
            different = found
    finally:
        store.close()
    if different:
        typer.echo(f"不一致：{'、'.join(different)} 与存下的不同。")
        raise typer.Exit(DIFFERENT)
    typer.echo("一致：与存下的结果逐字节相同。")


def _with_kept_versions(store: "Store", stored: "Stored") -> tuple[str, ...] | None:
    """Replay with the versions kept in the database; None when they are not kept or the program is another."""
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from risk_screen.operations.releasing import MODEL, RULEBOOK, unpack_version
    from risk_screen.operations.replaying import ReplayVersionsError
    from risk_screen.operations.replaying import replay as evaluate
    from risk_screen.wiring import screener_of

    with TemporaryDirectory() as name:
        rules, model = Path(name) / RULEBOOK, Path(name) / MODEL
        wanted = (RULEBOOK, rules), (MODEL, model)
        if not all(unpack_version(store, kind, stored.versions[kind], folder) for kind, folder in wanted):
            return None
        try:
            return evaluate(stored, screener_of(rules, {stored.submission.channel: model}))
        except ReplayVersionsError:
            return None
