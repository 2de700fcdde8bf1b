"""Logs as lines of JSON on stderr: structured, without the words of errors, which may hold a citizen's text."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Final

import orjson
import structlog

OURS: Final = "risk_screen"
PREPARED: Final = (
    structlog.stdlib.add_log_level,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
)


def log_to_stderr(level: str, style: str) -> None:
    """Send every log line to stderr; those of libraries from warnings on.

    Parameters
    ----------
    level : str
        ``debug``, ``info``, ``warning`` or ``error``: of this program's own lines.
    style : str
        ``json`` or ``console``.
    """
    renderer: Any = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    if style == "json":
        renderer = structlog.processors.JSONRenderer(serializer=_as_json)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=PREPARED,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _without_words, renderer],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger(OURS).setLevel(level.upper())


def _without_words(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep of an exception what kind it is: its message and its frames may hold what was sent."""
    told = line.pop("exc_info", None)
    line.pop("exception", None)
    line.pop("stack_info", None)
    error = told[1] if isinstance(told, tuple) else told if isinstance(told, BaseException) else None
    if error is not None:
        line["fault"] = type(error).__name__
    return line


def _as_json(line: Any, **_: Any) -> str:
    return orjson.dumps(line, default=str).decode()
