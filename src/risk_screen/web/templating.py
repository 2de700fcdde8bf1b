"""Templates and static files: escaped, compressed for slow networks, cached by their content."""

import gzip
import hashlib
import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response

from risk_screen.screening import wording
from risk_screen.web.audit_titles import action_title

HERE: Final = Path(__file__).parent
MEDIA_TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
STATIC: Final = {path.name: path.read_bytes() for path in sorted((HERE / "static").iterdir())}
STATIC_VERSION: Final = hashlib.sha256(b"".join(STATIC.values())).hexdigest()[:12]
BEIJING: Final = timezone(timedelta(hours=8))
FIELD_NAME: Final = re.compile(r"（[a-z_]+）")
CIRCLED: Final = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛㉜㉝㉞㉟㊱㊲㊳㊴㊵㊶㊷㊸㊹㊺㊻㊼㊽㊾㊿"


def circled(number: int) -> str:
    """① for 1; (51) where Unicode ends."""
    return CIRCLED[number - 1] if number <= len(CIRCLED) else f"({number})"


def signed(decibans: float) -> str:
    """Decibans with one decimal and a sign that is as wide as the plus."""
    return f"{decibans:+.1f}".replace("-", "−")


def beijing_time(instant: str) -> str:
    """An ISO 8601 instant on the wall clock of Asia/Shanghai (UTC+8, no summer time)."""
    at = datetime.fromisoformat(instant).astimezone(BEIJING)
    return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M:%S}"


def due_time(instant: str) -> str:
    """Until when something is to be done, to the minute."""
    return beijing_time(instant)[: -len(":00")]


def for_people(sentence: str) -> str:
    """A sentence of an error without the field names that stand there for programs: 理由（reasons）."""
    return FIELD_NAME.sub("", sentence)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "circled": circled,
        "signed": signed,
        "beijing_time": beijing_time,
        "due_time": due_time,
        "for_people": for_people,
        "action_title": action_title,
        "one_line": wording.one_line,
        "evasions": wording.evasions_phrase,
    }
    environment.globals |= {"wording": wording, "static_version": STATIC_VERSION}
    return environment


ENVIRONMENT: Final = _environment()


def render(template: str, context: Mapping[str, Any]) -> str:
    """Fill a template."""
    return ENVIRONMENT.get_template(template).render(context)


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
    """Answer with a page; ``visit`` of the template is who looks at it, None where that is not known."""
    shown = {"visit": getattr(request.state, "visit", None), "path": request.url.path, **context}
    return compressed(request, render(template, shown).encode(), "text/html", status=status)


def static_file(request: Request) -> Response:
    """Answer with a file of static/; its address changes with its content, so browsers may keep it."""
    name = request.path_params["name"]
    if name not in STATIC:
        return page(request, "not_found.html", status=404)
    response = compressed(request, STATIC[name], MEDIA_TYPES[Path(name).suffix])
    if request.query_params.get("v") == STATIC_VERSION:
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
    return response


def compressed(request: Request, content: bytes, media_type: str, *, status: int = 200) -> Response:
    """Answer with content, compressed where the browser takes it."""
    response = Response(content, status, {"vary": "accept-encoding"}, media_type)
    if "gzip" in request.headers.get("accept-encoding", ""):
        response.body = gzip.compress(content, compresslevel=5, mtime=0)
        response.headers["content-encoding"] = "gzip"
        response.headers["content-length"] = str(len(response.body))
    return response
