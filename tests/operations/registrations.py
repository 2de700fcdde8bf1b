"""People, programs and registrations for the tests of consultations, outcomes and holds."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import orjson

from builders import company_assessment
from risk_screen.access.actor import Actor
from risk_screen.access.identity import Identity
from risk_screen.access.roles import Permission, Role
from risk_screen.casework.deadlines import CHINA
from risk_screen.casework.terms import ConsultationTerms
from risk_screen.operations.asking import Asking
from risk_screen.operations.consultation_view import consultation_list_about
from risk_screen.operations.feed import events_after
from risk_screen.operations.screening import Screened, store_screened
from risk_screen.operations.store import Store
from risk_screen.rules.finding import find_rules_directory
from risk_screen.rules.loading import load_rulebook
from risk_screen.screening.submission import Submission
from risk_screen.storage.audit_trail import audit_rows

BUREAU_MAY = frozenset(
    {
        Permission.SCREEN_REGISTRATION,
        Permission.READ_ASSESSMENT,
        Permission.READ_CONSULTATION,
        Permission.REPORT_OUTCOME,
        Permission.READ_EVENTS,
    }
)
BUREAU = Identity(Actor("key", "k-1", "approval_bureau"), granted=BUREAU_MAY)
OTHER_BUREAU = Identity(Actor("key", "k-2", "other_bureau"), granted=BUREAU_MAY)
MEMBER = Identity(Actor("person", "p-1", "task_force"), frozenset({Role.TASK_FORCE}))
COLLEAGUE = Identity(Actor("person", "p-2", "task_force"), frozenset({Role.TASK_FORCE}))
LEAD = Identity(Actor("person", "p-3", "task_force"), frozenset({Role.TASK_FORCE_LEAD}))
OTHER_LEAD = Identity(Actor("person", "p-4", "task_force"), frozenset({Role.TASK_FORCE_LEAD}))
CODE = "91350100M000100Y43"
OTHER_CODE = "91370303MA3C000004"
MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=CHINA)


@cache
def shipped_terms() -> ConsultationTerms:
    """The terms as shipped."""
    terms = ConsultationTerms.from_rulebook(load_rulebook(find_rules_directory()))
    assert terms is not None
    return terms


def at(store: Store, instant: datetime) -> None:
    """Set the clock of a store."""
    instant = instant.astimezone(UTC)
    store.now = lambda: instant


def later(store: Store, **by: float) -> None:
    """Let time go by."""
    at(store, store.now() + timedelta(**by))


def register(
    store: Store,
    name: str = "淄博示例投资有限公司",
    external_id: str | None = None,
    identity: Identity = BUREAU,
    **changes: Any,
) -> str:
    """Screen a registration and return the id of its assessment; the route is ``consult`` unless said otherwise."""
    code = changes.pop("credit_code", None)
    made = replace(company_assessment(), **{"route": "consult", **changes})
    submission = Submission.of(made.channel, {"name" if made.channel == "registration" else "text": name})
    content = store_screened(store, Screened(submission, made, external_id, identity.town, code), actor=identity.actor)
    assessment_id: str = orjson.loads(content)["id"]
    return assessment_id


def asking(identity: Identity, **more: Any) -> Asking:
    return Asking(identity, **more)


def listed_about(store: Store, assessment_id: str, identity: Identity = MEMBER) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = orjson.loads(consultation_list_about(store, identity, assessment_id))["items"]
    return items


def opened(store: Store, **more: Any) -> str:
    """Open a consultation and return its id."""
    consultation_id: str = listed_about(store, register(store, **more))[0]["id"]
    return consultation_id


def told(store: Store, kind: str, party: str | None = None) -> list[dict[str, Any]]:
    """What the feed says of a kind."""
    found = events_after(store, 0, party=party, limit=1_000).events
    return [{"subject": one.event.subject_id, **one.event.payload} for one in found if one.event.kind == kind]


def written_down(store: Store) -> Iterator[tuple[str, str, str]]:
    """Action, actor and subject of the audit trail."""
    with store.reading() as connection:
        rows = list(audit_rows(connection))
    return ((row["action"], row["actor_id"], row["subject_id"]) for row in rows)
