"""One of everything the service keeps, made over HTTP by those whose work it is; the people's words hold ``SECRET``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import orjson
from fastapi import FastAPI
from signed_in_as import SignedInAs
from starlette.testclient import TestClient

from people import account_with, gate_for, session_of
from risk_screen.access.actor import Actor
from risk_screen.access.caller import AccessMode, Site
from risk_screen.access.identity import Identity
from risk_screen.access.keys import PEOPLE_ONLY
from risk_screen.access.roles import Permission, Role
from risk_screen.operations.release_archive import write_archive
from risk_screen.operations.sessions import identity_of
from risk_screen.operations.store import Store
from risk_screen.storage.proposed_releases import Release, ReleaseState, add_release

SECRET: Final = "绝密甲"
CODE: Final = "91350100M000100Y43"
REGISTRATION: Final = {
    "channel": "registration",
    "name": f"张店{SECRET}财富投资有限公司",
    "business_scope": "家具销售",
}
FLYER: Final = {"channel": "marketing", "text": f"投10万一年返13万，保本保息，月息2分，介绍亲友有奖，找{SECRET}"}
LABEL: Final = {"verdict": "false_alarm", "comment": f"{SECRET}是老字号"}
ANSWER: Final = {"answer": "objection", "reasons": f"{SECRET}在台账中"}
OUTCOME: Final = {"outcome": "registered", "credit_code": CODE, "registered_name": f"张店{SECRET}有限公司"}
HOLD: Final = {
    "party": "bureau",
    "addressee": "张店区行政审批服务局",
    "subject_name": f"张店{SECRET}有限公司",
    "procedures": ["change"],
    "case_reference": "张处非〔2026〕1号",
    "reasons": f"{SECRET}涉嫌非法集资",
    "credit_code": CODE,
}
ACCOUNT: Final = {"sign_in_name": "li.si", "display_name": SECRET, "roles": ["grid_worker"], "town": "north"}
KEY: Final = {
    "name": "登记系统",
    "permissions": ["event.read"],
    "networks": ["10.0.0.0/8"],
}
DESTINATION: Final = {"host": "hooks.example.cn", "port": 443}
WEBHOOK: Final = {"url": "https://hooks.example.cn/risk", "party": "bureau", "kinds": ["*"]}
REPORTER: Final = {"name": SECRET, "phone": "13911112222"}
EVERYTHING_A_KEY_MAY: Final = frozenset(set(Permission) - PEOPLE_ONLY)


def program(key_id: str, party: str = "", town: str = "") -> Identity:
    """A key with every permission a key can have."""
    return Identity(Actor("key", key_id, party), granted=EVERYTHING_A_KEY_MAY, town=town)


def person(role: Role, person_id: str, party: str = "", town: str = "") -> Identity:
    return Identity(Actor("person", person_id, party), frozenset({role}), town=town)


PEOPLE: Final = {
    "bureau": program("k-1", "bureau"),
    "worker": person(Role.GRID_WORKER, "w-1", town="north"),
    "member": person(Role.TASK_FORCE, "t-1"),
    "lead": person(Role.TASK_FORCE_LEAD, "t-2"),
    "analyst": person(Role.ANALYST, "n-1"),
    "auditor": person(Role.AUDITOR, "u-1"),
    "admin": person(Role.SYSTEM_ADMIN, "s-1"),
    "custodian": person(Role.REPORTER_CUSTODIAN, "c-1"),
}
STRANGERS: Final = {
    "another institution's key": program("k-2", "other"),
    "another town's key": program("k-3", town="south"),
    "somebody of another institution": person(Role.APPROVAL_BUREAU, "b-2", "other"),
    "another grid worker of the town": person(Role.GRID_WORKER, "w-2", town="north"),
    "another town's office": person(Role.TOWN_OFFICE, "o-2", town="south"),
}


@dataclass(frozen=True, slots=True)
class World:
    """The application and the ids of what it keeps.

    Attributes
    ----------
    app : FastAPI
    ids : mapping of str to str
        By the parameter of the address.
    special : mapping of str to mapping
        By a part of the address: where another record is meant, since it must be in another state.
    owner_of_session : Identity or None
    """

    app: FastAPI
    ids: Mapping[str, str]
    special: Mapping[str, Mapping[str, str]]
    owner_of_session: Identity | None = None

    def client(self, identity: Identity) -> TestClient:
        """Requests of somebody who has signed in."""
        app = SignedInAs(self.app, identity)
        return TestClient(app, raise_server_exceptions=False, client=("127.0.0.1", 50000), follow_redirects=False)

    def address(self, method: str, path: str) -> str:
        """The address of the record a route is asked for."""
        ids = self.ids_for(method, path)
        return re.sub(r"\{(\w+)\}", lambda found: ids[found[1]], path)

    def ids_for(self, method: str, path: str) -> Mapping[str, str]:
        """The records an address is asked with."""
        special = next((ids for part, ids in self.special.items() if f"{method} {path}".endswith(part)), {})
        return {**self.ids, **special}


def propose_nothing(store: Store) -> str:
    """A proposal whose files could not be run: loading a real one takes seconds."""
    text = dict.fromkeys(("id", "base", "content_sha256", "note", "made_by", "party", "town"), "")
    text |= {"versions": "{}", "changes": "{}", "reason": "补充规则", "id": "01931f00-0000-7000-8000-000000000009"}
    text |= dict.fromkeys(("created_at", "changed_at"), "2026-11-23T00:00:00.000+00:00")
    changes = {"policy": {"old": "1", "new": "2"}, "models": [], "rules": [], "files": []}
    text |= {"changes": orjson.dumps(changes).decode(), "versions": '{"rulebook": "2", "policy": "2", "models": {}}'}
    one = Release(state=ReleaseState.PROPOSED, place=None, decided_by=None, decided_at=None, version=1, **text)
    store.write(lambda change: add_release(change, one, write_archive({"rules/rulebook.yaml": b""})))
    return one.id


def world_of(app: FastAPI) -> World:
    """Make one of everything."""
    app.state.gate = gate_for(app.state.store, Site(AccessMode.REQUIRED))
    making = _Making(World(app, {}, {}))
    bureau, member = making.by("bureau"), making.by("member")
    registration = bureau("/v1/screenings", {**REGISTRATION, "external_id": "W-1"})
    registered = bureau("/v1/screenings", {**REGISTRATION, "external_id": "W-2"})["id"]
    consultation = making.consultation_of(registration["id"])
    member(f"/v1/consultations/{consultation}/answers", ANSWER)
    bureau(f"/v1/screenings/{registered}/outcome", OUTCOME)
    unanswered = making.consultation_of(bureau("/v1/screenings", {**REGISTRATION, "external_id": "W-3"})["id"])
    draft, signed = member("/v1/holds", HOLD)["id"], member("/v1/holds", HOLD)["id"]
    making.by("lead")(f"/v1/holds/{signed}/signature", None)
    flyer = making.by("worker")("/v1/screenings", FLYER)["id"]
    making.by("worker")(f"/v1/screenings/{flyer}/reporter", REPORTER)
    admin = making.by("admin")
    account = account_with(app.state.gate, Role.GRID_WORKER)
    destination, endpoint = admin("/v1/webhook-destinations", DESTINATION), admin("/v1/webhooks", WEBHOOK)
    in_a_year = (app.state.store.now() + timedelta(days=365)).isoformat()
    ids = {
        "assessment_id": registration["id"],
        "consultation_id": consultation,
        "number": "1",
        "label_id": bureau(f"/v1/screenings/{registration['id']}/labels", LABEL)["id"],
        "hold_id": signed,
        "enterprise_id": making.enterprise(),
        "account_id": admin("/v1/accounts", ACCOUNT)["account"]["id"],
        "key_id": admin("/v1/keys", {**KEY, "expires_at": in_a_year})["key"]["id"],
        "destination_id": destination["id"],
        "endpoint_id": endpoint["id"],
        "secret_id": admin(f"/v1/webhooks/{endpoint['id']}/secrets", None)["id"],
        "session_id": session_of(app.state.gate, account).signed_in.session.id,
        "name": "page.css",
        "release_id": propose_nothing(app.state.store),
    }
    special: dict[str, Mapping[str, str]] = {
        "/outcome": {"assessment_id": registered},
        "/answers": {"consultation_id": unanswered},
        "/answer": {"consultation_id": unanswered},
        "/signature": {"hold_id": draft},
        "/sign": {"hold_id": draft},
        "/discard": {"hold_id": draft},
        "DELETE /v1/holds/{hold_id}": {"hold_id": draft},
        "/reporter": {"assessment_id": flyer},
        "/reading": {"assessment_id": flyer},
    }
    return World(app, ids, special, identity_of(account))


@dataclass(frozen=True, slots=True)
class _Making:
    world: World

    def by(self, name: str) -> Any:
        client = self.world.client(PEOPLE[name])

        def post(path: str, body: object) -> Any:
            answer = client.post(path, json=body)
            assert answer.status_code < 300, (path, answer.text)
            return answer.json()

        return post

    def consultation_of(self, assessment_id: str) -> str:
        asked = {"assessment_id": assessment_id}
        found = self.world.client(PEOPLE["bureau"]).get("/v1/consultations", params=asked).json()
        return str(found["items"][0]["id"])

    def enterprise(self) -> str:
        found = self.world.client(PEOPLE["bureau"]).get("/v1/enterprises", params={"credit_code": CODE})
        return str(found.json()["id"])
