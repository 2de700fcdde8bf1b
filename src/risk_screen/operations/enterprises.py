"""An enterprise and all that was screened, answered and registered of it, under whatever name."""

from dataclasses import replace

import orjson
from sqlalchemy import Connection

from risk_screen.access.actor import Actor
from risk_screen.access.identity import Identity, Origin
from risk_screen.access.roles import Permission
from risk_screen.errors import RiskScreenError
from risk_screen.operations.consultation_opening import Registration
from risk_screen.operations.fingerprints import fingerprint_of
from risk_screen.operations.numbering import new_id
from risk_screen.operations.store import Store
from risk_screen.storage.audit_trail import AuditEntry
from risk_screen.storage.changes import Change
from risk_screen.storage.consultations import consultation_with_id
from risk_screen.storage.enterprises import (
    Enterprise,
    ScreenedRegistration,
    add_enterprise,
    enterprise_of,
    enterprise_with_code,
    enterprise_with_id,
    link_enterprise,
    names_of,
    outcomes_of,
    save_enterprise,
    screenings_of,
)
from risk_screen.storage.event_kinds import EventKind
from risk_screen.storage.events import Event
from risk_screen.storage.holds import holds_about

SUBJECT = "enterprise"


class EnterpriseNotFoundError(RiskScreenError):
    """No such enterprise within reach."""

    code = "enterprise_not_found"

    def __init__(self) -> None:
        super().__init__("没有这个企业，或不在您的查看范围内：请检查编号或统一社会信用代码。")


def follow_enterprise(change: Change, registration: Registration, credit_code: str | None, actor: Actor) -> None:
    """Link a registration that is being stored to its enterprise: by its credit code, else by the one before it."""
    if credit_code is not None:
        enterprise_id = known_enterprise(change, credit_code, registration.origin, actor).id
    else:
        before = registration.previous_id
        found = enterprise_of(change.connection, before) if before is not None else None
        if found is None:
            return
        enterprise_id = found
    link_enterprise(change, enterprise_id, registration.assessment_id)


def known_enterprise(change: Change, credit_code: str, origin: Origin, actor: Actor) -> Enterprise:
    """Return the enterprise with a credit code; it is added when it was not known."""
    change.take_turn()
    found = enterprise_with_code(change.connection, credit_code)
    if found is not None:
        return found
    added = Enterprise(
        id=new_id(change.at),
        credit_code=credit_code,
        name=None,
        version=1,
        made_by=origin.actor_id,
        party=origin.party,
        town=origin.town,
        created_at=change.at_text,
        changed_at=change.at_text,
    )
    add_enterprise(change, added)
    change.publish(Event(EventKind.ENTERPRISE_ADDED, SUBJECT, added.id, added.party))
    _note(change, actor, "enterprise.added", None, added)
    return added


def refresh_name(change: Change, actor: Actor, enterprise_id: str) -> None:
    """Let an enterprise have the name that the last report in force says; its first name is no renaming."""
    before = enterprise_with_id(change.connection, enterprise_id)
    names = [one.registered_name for one in names_of(change.connection, enterprise_id)]
    name = names[-1] if names else None
    if before is None or name == before.name:
        return
    after = replace(before, name=name, version=before.version + 1, changed_at=change.at_text)
    save_enterprise(change, after)
    if before.name is not None:
        change.publish(Event(EventKind.ENTERPRISE_RENAMED, SUBJECT, after.id, after.party))
    _note(change, actor, "enterprise.named" if before.name is None else "enterprise.renamed", before, after)


def enterprise_history(store: Store, identity: Identity, enterprise_id: str) -> bytes:
    """Return as JSON what is known of an enterprise, as far as it is within reach.

    Raises
    ------
    EnterpriseNotFoundError
        Also when nothing of it is within reach.
    StoreUnavailableError
    """
    with store.reading() as connection:
        return _history(connection, identity, enterprise_with_id(connection, enterprise_id))


def enterprise_by_code(store: Store, identity: Identity, credit_code: str) -> bytes:
    """Do the same by credit code.

    Raises
    ------
    EnterpriseNotFoundError, StoreUnavailableError
    """
    with store.reading() as connection:
        return _history(connection, identity, enterprise_with_code(connection, credit_code))


def name_in(fields: str | None) -> str | None:
    """Return the name a registration was sent with; None when the text is gone or had none."""
    name: str | None = None if fields is None else orjson.loads(fields).get("name")
    return name


def _history(connection: Connection, identity: Identity, enterprise: Enterprise | None) -> bytes:
    reach = identity.reach(Permission.READ_ASSESSMENT)
    screenings = screenings_of(connection, enterprise.id, reach) if enterprise is not None else []
    if enterprise is None or not (screenings or reach.everything):
        raise EnterpriseNotFoundError
    seen = {one.assessment_id for one in screenings}
    names = [one for one in names_of(connection, enterprise.id) if one.assessment_id in seen]
    holds = holds_about(connection, enterprise.credit_code, identity.reach(Permission.READ_CONSULTATION))
    return orjson.dumps(
        {
            "id": enterprise.id,
            "credit_code": enterprise.credit_code,
            "name": enterprise.name,
            "names": [
                {"name": one.registered_name, "registered_at": one.created_at, "assessment_id": one.assessment_id}
                for one in names
            ],
            "screenings": [_screening(connection, one) for one in screenings],
            "holds": [{"id": one.id, "number": one.number, "state": one.state} for one in holds],
        }
    )


def _screening(connection: Connection, one: ScreenedRegistration) -> dict[str, object]:
    consultation = consultation_with_id(connection, one.consultation_id) if one.consultation_id else None
    outcomes = outcomes_of(connection, one.assessment_id)
    return {
        "assessment_id": one.assessment_id,
        "screened_at": one.created_at,
        "name": name_in(one.fields),
        "route": one.route,
        "level": one.level,
        "consultation_id": one.consultation_id,
        "consultation_state": consultation.state if consultation else None,
        "answer": consultation.answer if consultation else None,
        "outcome": outcomes[-1].outcome if outcomes else None,
    }


def _note(change: Change, actor: Actor, action: str, before: Enterprise | None, after: Enterprise) -> None:
    before_hash = fingerprint_of(before) if before else None
    change.record(AuditEntry(actor, action, SUBJECT, after.id, "", before_hash, fingerprint_of(after)))
