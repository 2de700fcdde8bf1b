"""People with accounts, and browsers they have signed in with."""

from dataclasses import replace

from fastapi import FastAPI
from starlette.testclient import TestClient

from risk_screen.access.actor import Actor
from risk_screen.access.caller import Caller
from risk_screen.access.passwords import HashCost
from risk_screen.access.roles import Role
from risk_screen.operations.accounts import Administration, Person, add_account
from risk_screen.operations.choosing_passwords import accept_invite

PASSWORD = "Qz7#kkTw!2bn"
QUICK = HashCost(memory_kib=8, passes=1, lanes=1)
HERE = Caller("127.0.0.1", is_direct=True)


def let_in_without_second_factor(app: FastAPI) -> None:
    """Passwords are hashed quickly, and nobody needs an authenticator."""
    app.state.gate.policy = replace(app.state.gate.policy, second_factor=False, cost=QUICK)


def give_account(app: FastAPI, name: str, role: Role, *, party: str = "", town: str = "") -> None:
    administration = Administration(app.state.store, Actor("system", "test"))
    invited = add_account(administration, name, Person(name, frozenset({role}), party, town))
    accept_invite(app.state.gate, HERE, invited.token, PASSWORD)
    app.state.gate.forget()


def browser(app: FastAPI) -> TestClient:
    """A browser without a session that says where its forms come from."""
    headers = {"accept": "text/html", "sec-fetch-site": "same-origin"}
    return TestClient(app, headers=headers, client=("127.0.0.1", 50000))


def signed_in(app: FastAPI, name: str) -> TestClient:
    client = browser(app)
    answer = client.post("/sign-in", data={"name": name, "password": PASSWORD, "next": "/me"})
    assert answer.url.path == "/me", answer.text
    return client
