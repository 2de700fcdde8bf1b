"""docs/pages.md names every page a browser can open, and no other."""

import re

from fastapi import FastAPI
from markdown_files import page
from starlette.routing import Route

from risk_screen.web.pages import add_pages

OF_THE_PAGES = {"/static/{name}"}  # style and script


def test_every_page_is_documented_and_no_other() -> None:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    add_pages(app)
    opened = {one.path for one in app.routes if isinstance(one, Route) and one.methods and "GET" in one.methods}
    assert set(re.findall(r"^\| `([^`]+)` \|", page("docs/pages.md").text, re.MULTILINE)) == opened - OF_THE_PAGES
