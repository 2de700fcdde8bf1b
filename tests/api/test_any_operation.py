"""Every operation of the OpenAPI document with generated requests, as every role: no 500, no undocumented status."""

import os
import re
from pathlib import Path

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance
from signed_in_as import SignedInAs, person

from builders import CannedScreener, flyer_assessment
from risk_screen.access.roles import Role
from risk_screen.api.app import create_app
from risk_screen.api.events import LONGEST_WAIT_SECONDS
from risk_screen.operations.store import Store
from risk_screen.storage.database import open_database
from risk_screen.storage.sealing import new_key_line

# A hundred and more for each operation and role take minutes: SCHEMA_EXAMPLES=100.
EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "2"))
# The same requests in each run, and a failing one is told as it is: shrinking asks it again for minutes.
REPEATABLE = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance)


@schemathesis.serializer("application/x-ndjson")
def lines(_: schemathesis.SerializationContext, value: object) -> bytes:
    return str(value).encode("utf-8", "surrogatepass")


def wait_less(case: schemathesis.Case) -> None:
    """Let a valid long poll end before the client gives up; tests/api/test_events.py waits as long as one may."""
    asked = str((case.query or {}).get("wait", ""))
    if re.fullmatch(r"\d+(\.0+)?", asked) and 1 < float(asked) <= LONGEST_WAIT_SECONDS:
        case.query["wait"] = 1


def application(folder: Path, role: Role | None) -> FastAPI:
    """One database for everything: records made by one request are there for the next."""
    store = Store(open_database(f"sqlite:///{folder / 'any.db'}"))
    app = create_app(CannedScreener(flyer_assessment()), store)  # type: ignore[arg-type]
    if role is not None:
        app.add_middleware(SignedInAs, identity=person(role, "party-1"))
    return app


@pytest.mark.parametrize("role", [None, *Role], ids=str)
def test_no_request_is_answered_with_what_is_not_documented(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: Role | None
) -> None:
    keys = tmp_path / "reporter.keys"
    keys.write_text(new_key_line("k1", "AES-256-GCM") + "\n", encoding="utf-8")
    keys.chmod(0o600)
    monkeypatch.setenv("RISK_SCREEN_REPORTER_KEYS", str(keys))
    schema = schemathesis.openapi.from_asgi("/openapi.json", application(tmp_path, role))
    faults: list[str] = []
    for found in schema.get_all_operations():
        operation = found.ok()
        requests = st.one_of(*(operation.as_strategy(mode) for mode in GenerationMode))

        @REPEATABLE
        @given(requests)
        def ask(case: schemathesis.Case) -> None:
            wait_less(case)
            answer = case.call()
            case.validate_response(answer, checks=CHECKS)

        try:
            ask()
        except Exception as fault:  # all operations are tried; what is wrong with each is told at the end
            faults.append(f"{operation.method} {operation.path}: {fault}")
    assert not faults, "\n\n".join(faults)
