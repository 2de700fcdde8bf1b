"""``risk-screen serve`` and ``risk-screen reload``: the page and the API on this machine."""

import gc
import os
import signal
import tempfile
from contextlib import nullcontext
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from risk_screen.cli.admission import admit, check_address
from risk_screen.cli.listening import ServeError, address_of, listen
from risk_screen.cli.options import DatabaseOption, HostOption, ModelsOption, PortOption, RulesOption, WorkersOption

if TYPE_CHECKING:
    from risk_screen.cli.following import Released
    from risk_screen.cli.reloading import Releases
    from risk_screen.cli.working import Work
    from risk_screen.operations.store import Store
    from risk_screen.settings import Settings
    from risk_screen.wiring import Screener

NOT_STOPPED_IN_TIME: Final = 1
# A request makes thousands of objects and hardly a cycle: the search for cycles took a twelfth of the time.
COLLECTED_AFTER: Final = (50_000, 20, 100)


def serve(  # noqa: PLR0913 - the options of the command
    *,
    host: HostOption = None,
    port: PortOption = None,
    workers: WorkersOption = None,
    demo: Annotated[bool, typer.Option("--demo", help="启动前先在终端演示一条登记和一张传单")] = False,
    database: DatabaseOption = None,
    rules: RulesOption = None,
    models: ModelsOption = None,
) -> None:
    """在本机启动网页和接口，按 Ctrl+C 停止。

    停止时不再受理新请求，已受理的办完再退出。规则或模型改过以后，用 risk-screen reload 换上，不必重启。

    例：risk-screen serve --port 8000 --workers 2
    """
    from risk_screen.settings import Settings

    options = {"host": host, "port": port, "workers": workers, "database": database, "rules": rules, "models": models}
    settings = Settings(**{name: value for name, value in options.items() if value is not None})
    check_address(settings)
    from risk_screen.cli.counting_room import counting_room

    with counting_room() if settings.workers > 1 else nullcontext() as room:
        is_clean = _prepare_and_run(settings, room, demo=demo)
    typer.echo("已停止。")
    if not is_clean:
        raise typer.Exit(NOT_STOPPED_IN_TIME)


def reload() -> None:
    """让正在运行的服务换上改过的规则、政策和模型，不停机、不断开请求。

    先检查，有错误就继续用原来的；结果（换用了哪个版本，或为什么没有换）写在服务的日志里。

    例：risk-screen reload
    """
    from risk_screen.cli.pid_file import tell
    from risk_screen.settings import Settings

    tell(Settings().pid_file, signal.SIGHUP)
    typer.echo("已通知服务重新载入；结果见服务的日志。")


def _prepare_and_run(settings: "Settings", counting_room: Path | None, *, demo: bool) -> bool:
    """Load and check everything once, before the first process begins."""
    from risk_screen.api.logs import log_to_stderr
    from risk_screen.cli.following import load_released
    from risk_screen.cli.reloading import Releases
    from risk_screen.cli.working import Work
    from risk_screen.wiring import Screener, keep_versions_in_service, open_store

    if settings.telemetry_endpoint and find_spec("opentelemetry.sdk") is None:
        raise ServeError(
            "没有安装 OpenTelemetry：请安装 risk-screen[telemetry]，或去掉 RISK_SCREEN_TELEMETRY_ENDPOINT。"
        )
    log_to_stderr(settings.log_level, settings.log_format)
    store = open_store(settings.database)
    _seal_secrets(store)
    released = load_released(store)
    screener = released.screener if released else Screener.load(settings.rules, settings.models)
    if released is None:
        keep_versions_in_service(store, screener, settings.rules, settings.models)
    else:
        _tell_of(released, settings)
    _screen_examples(screener, is_shown=demo)
    listener = listen(settings.host, settings.port)
    site = admit(store, settings, address_of(listener), demo=demo)
    store.close()  # every process opens its own, after the fork
    with tempfile.TemporaryDirectory(prefix="risk-screen-") as room:
        releases = Releases(Path(room), settings.rules, settings.models)
        place = released.place if released else 0
        return _run(Work(settings, listener, screener, releases.prepare, site, counting_room, place), releases)


def _tell_of(released: "Released", settings: "Settings") -> None:
    """Say what runs; that folders which were named are not what runs is said too."""
    released.forget_files()
    typer.echo(f"使用已发布的规则 {released.screener.book.version}（发布编号 {released.id}）。")
    if settings.rules or settings.models:
        typer.echo(
            "指定的规则或模型目录不起作用：已有经两人发布的版本，要换请在网页“发布”里提出，由另一人发布。", err=True
        )


def _run(work: "Work", releases: "Releases") -> bool:
    """Serve in this process, or in several that this one watches; False when some could not be stopped in time."""
    from risk_screen.cli.pid_file import noted_in
    from risk_screen.cli.working import work_until_told

    address = address_of(work.listener)
    with noted_in(work.settings.pid_file, address) as descriptor:
        typer.echo(f"\n网页：{address}/   接口说明：{address}/docs   按 Ctrl+C 停止")
        typer.echo("规则或模型改过以后，运行 risk-screen reload（或向本进程发 SIGHUP）换上。")
        gc.collect()
        gc.freeze()  # what is loaded stays, and stays shared: the collector touches none of it
        gc.set_threshold(*COLLECTED_AFTER)
        if work.settings.workers > 1:
            return _supervise(work, releases, descriptor)
        work_until_told(work)
        return True


def _supervise(work: "Work", releases: "Releases", descriptor: int | None) -> bool:
    from risk_screen.cli.counting_room import forget_worker
    from risk_screen.cli.supervising import LAST_SECONDS, Supervisor
    from risk_screen.cli.working import work_until_told

    settings = work.settings
    current = replace(work, release=releases.current, ignores_interrupt=True)

    def one_worker() -> None:
        if descriptor is not None:
            os.close(descriptor)
        work_until_told(current)

    def reload_all() -> bool:
        nonlocal current
        found = releases.prepare()
        if found is not None and found[1] is not None:
            current = replace(current, screener=found[1], place=0)  # of folders: a release, if any, is loaded again
        return found is not None

    return Supervisor(
        work=one_worker,
        count=settings.workers,
        before_stopping=work.listener.close,
        reload=reload_all,
        most_seconds=settings.drain_seconds + settings.grace_seconds * 2 + LAST_SECONDS,
        gone=forget_worker,
    ).run()


def _seal_secrets(store: "Store") -> None:
    """Seal what lies open or under an older key; what cannot be opened keeps nobody from starting."""
    from risk_screen.operations.sealing_secrets import reseal_secrets
    from risk_screen.storage.sealing import UnsealableError

    ring = store.ring()
    try:
        if ring is not None:
            reseal_secrets(store, ring)
    except UnsealableError as error:
        typer.echo(f"注意：{error.detail}", err=True)


def _screen_examples(screener: "Screener", *, is_shown: bool) -> None:
    """Screen the examples, so that what is made on first use is made before the first request, and once for all."""
    from risk_screen.api.schemas import EXAMPLES
    from risk_screen.cli.rendering import show
    from risk_screen.screening.submission import Submission

    for example in EXAMPLES.values():
        fields = {k: v for k, v in example["value"].items() if k not in ("channel", "external_id")}
        submission = Submission.of(example["value"]["channel"], fields)
        assessment = screener.assess(submission)
        if is_shown:
            typer.echo(f"\n—— 示例：{example['summary']} ——")
            show(assessment, fields)
