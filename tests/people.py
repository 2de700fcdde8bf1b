"""People and programs for tests: accounts with passwords that are cheap to check, and their sessions and keys."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

from starlette.testclient import TestClient

from risk_screen.access.actor import Actor
from risk_screen.access.caller import Caller, Site
from risk_screen.access.keys import KeyTerms
from risk_screen.access.passwords import HashCost
from risk_screen.access.policy import AccessPolicy
from risk_screen.access.roles import Permission, Role
from risk_screen.access.stages import Stage
from risk_screen.operations.accounts import Administration, Person, add_account
from risk_screen.operations.api_keys import GivenKey, KeyHolder, give_key
from risk_screen.operations.choosing_passwords import accept_invite
from risk_screen.operations.gate import Gate
from risk_screen.operations.sessions import Opened, open_for
from risk_screen.operations.store import Store
from risk_screen.storage.accounts import Account

CHEAP = HashCost(memory_kib=8, passes=1, lanes=1)
POLICY = AccessPolicy(cost=CHEAP)
HERE = Caller("127.0.0.1")
ELSEWHERE = Caller("10.1.2.3")
OFFICE = Actor("person", "office")
CLIENT_HOST = "testserver"
PASSWORD = "Tai-Shan-1545m"
EVERYWHERE = (ip_network("0.0.0.0/0"), ip_network("::/0"))
PARTY = {Role.APPROVAL_BUREAU: "bureau"}
TOWN = {Role.TOWN_OFFICE: "north", Role.GRID_WORKER: "north"}


def gate_for(store: Store, site: Site | None = None, **policy: object) -> Gate:
    """A gate of a site that answers to the name of starlette's client too."""
    named = replace(site or Site(), hosts=frozenset({"localhost", CLIENT_HOST}))
    return Gate(store, replace(POLICY, **policy), named)  # type: ignore[arg-type]


def account_with(gate: Gate, *roles: Role, name: str = "zhang.san", password: str = PASSWORD) -> Account:
    """Somebody who has chosen a password."""
    party, town = PARTY.get(roles[0], ""), TOWN.get(roles[0], "")
    made = add_account(Administration(gate.store, OFFICE), name, Person("张三", frozenset(roles), party, town))
    return accept_invite(gate, ELSEWHERE, made.token, password).signed_in.account


def session_of(gate: Gate, account: Account, caller: Caller = HERE) -> Opened:
    """A session with nothing left to ask for."""
    return gate.store.write(lambda change: open_for(change, account, caller, Stage.FULL, gate.policy))


def key_with(store: Store, *permissions: Permission, **changes: object) -> GivenKey:
    """A key that works everywhere for a year."""
    terms = KeyTerms(frozenset(permissions), EVERYWHERE, 600, store.now() + timedelta(days=365))
    holder = KeyHolder("登记系统", str(changes.pop("party", "")), str(changes.pop("town", "")))
    return give_key(store, OFFICE, holder, replace(terms, **changes))  # type: ignore[arg-type]


def with_key(key: GivenKey) -> Mapping[str, str]:
    return {"authorization": f"Bearer {key.text}"}


def cookies(client: TestClient) -> Collection[str]:
    return set(client.cookies)
