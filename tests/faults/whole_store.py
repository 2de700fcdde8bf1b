"""What must hold of a database whatever happened to the service: nothing half done, nothing lost, nothing untold."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import orjson
from sqlalchemy import Connection, Engine, create_engine, text

from receivers import HOST, local_sender, receiving
from risk_screen.access.actor import Actor
from risk_screen.delivery.destinations import Destination
from risk_screen.operations.anchoring import read_anchors
from risk_screen.operations.auditing import verify
from risk_screen.operations.delivering import Deliverer
from risk_screen.operations.store import Store
from risk_screen.operations.webhook_destinations import allow
from risk_screen.operations.webhooks import Subscription, add_endpoint
from risk_screen.storage.database import open_database
from risk_screen.storage.webhook_attempts import webhook_backlog

HALF_DONE = {
    "an assessment without its text": "SELECT id FROM assessments"
    " WHERE id NOT IN (SELECT assessment_id FROM submitted_texts)",
    "a text without its assessment": "SELECT assessment_id FROM submitted_texts"
    " WHERE assessment_id NOT IN (SELECT id FROM assessments)",
    "an assessment without its event": "SELECT id FROM assessments"
    " WHERE id NOT IN (SELECT subject_id FROM events WHERE kind = 'screening.stored')",
    "an event without its assessment": "SELECT subject_id FROM events"
    " WHERE kind = 'screening.stored' AND subject_id NOT IN (SELECT id FROM assessments)",
    "an assessment without its audit entry": "SELECT id FROM assessments"
    " WHERE id NOT IN (SELECT subject_id FROM audit_trail WHERE action = 'screening.store')",
    "a consultation that was due and not opened": "SELECT id FROM assessments"
    " WHERE route = 'consult' AND id NOT IN (SELECT assessment_id FROM consultation_assessments)",
    "a consultation without its assessment": "SELECT id FROM consultations"
    " WHERE assessment_id NOT IN (SELECT id FROM assessments)",
    "a consultation without its event": "SELECT id FROM consultations"
    " WHERE id NOT IN (SELECT subject_id FROM events WHERE kind = 'consultation.opened')",
    "a consultation without its audit entry": "SELECT id FROM consultations"
    " WHERE id NOT IN (SELECT subject_id FROM audit_trail WHERE action = 'consultation.opened')",
    "a number that was stored twice": "SELECT external_id FROM assessments GROUP BY external_id HAVING count(*) > 1",
    "a gap in the events": "SELECT cursor FROM events"
    " WHERE cursor > 1 AND cursor - 1 NOT IN (SELECT cursor FROM events)",
}


def wrong_in(database: str, answered: Mapping[str, bytes], anchors: Path) -> list[str]:
    """Name everything that does not hold."""
    engine = create_engine(database)
    with engine.connect() as connection:
        found = [*_half_done(connection), *_not_as_answered(connection, answered)]
    found += [f"audit trail: {finding}" for finding in verify(engine, read_anchors(anchors)).findings]
    engine.dispose()
    return found


def _half_done(connection: Connection) -> Iterator[str]:
    for what, query in HALF_DONE.items():
        for one in connection.execute(text(query)).scalars():
            yield f"{what}: {one}"
    entries = connection.execute(
        text("SELECT subject_id, after_hash FROM audit_trail WHERE action = 'screening.store'")
    )
    hashes = {row[0]: row[1] for row in entries}
    for number, content in connection.execute(text("SELECT id, content FROM assessments")):
        if hashlib.sha256(bytes(content)).hexdigest() != hashes.get(number):
            yield f"an assessment with another hash than in the audit trail: {number}"


def _not_as_answered(connection: Connection, answered: Mapping[str, bytes]) -> Iterator[str]:
    stored = {row[0]: bytes(row[1]) for row in connection.execute(text("SELECT id, content FROM assessments"))}
    for number, content in answered.items():
        if stored.get(number) != content:
            yield f"answered and not stored as answered: {number}"


def undelivered(database: str) -> list[str]:
    """Push every event to a receiver that is set up now; return those that never came."""
    store = Store(open_database(database))
    office = Actor("system", "command-line")
    with receiving() as receiver:
        allow(store, office, Destination("http", HOST, receiver.port))
        endpoint, _ = add_endpoint(store, office, Subscription(receiver.url(), "*", ("*",)))
        _from_the_beginning(store.engine, endpoint.id)
        deliverer = Deliverer(local_sender(), chance=lambda: 0.0)
        while _backlog(store):
            deliverer.deliver_due(store)
        deliverer.close()
        came = {orjson.loads(one.body)["data"]["subject_id"] for one in receiver.received}
    with store.reading() as connection:
        events = connection.execute(text("SELECT subject_id FROM events WHERE kind = 'screening.stored'")).scalars()
        missing = [one for one in events if one not in came]
    store.close()
    return missing


def _from_the_beginning(engine: Engine, endpoint_id: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE webhook_progress SET cursor = 0 WHERE endpoint_id = :id"), {"id": endpoint_id})


def _backlog(store: Store) -> int:
    with store.reading() as connection:
        return webhook_backlog(connection).waiting
