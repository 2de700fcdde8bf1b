"""A district at work: one account for each role, the bureau's key, and what has happened so far."""

from dataclasses import dataclass

from fastapi import FastAPI
from playwright.sync_api import Cookie
from starlette.testclient import TestClient

from people import account_with, key_with, session_of, with_key
from risk_screen.access.roles import Permission, Role
from risk_screen.api.identity import COOKIE
from risk_screen.storage.accounts import Account

COMPANY = {"channel": "registration", "name": "张店财富投资有限公司", "business_scope": "投资管理；家具销售"}
FLYER = {"channel": "marketing", "text": "投10万一年返13万，保本保息，月息2分，介绍亲友有奖"}
CREDIT_CODE = "91350100M000100Y43"
OTHER_CODE = "91370303MA3C0F2B4K"
BUREAU = "bureau"
PROGRAM = (
    Permission.SCREEN_REGISTRATION,
    Permission.SCREEN_MARKETING,
    Permission.READ_ASSESSMENT,
    Permission.READ_CONSULTATION,
    Permission.REPORT_OUTCOME,
)


@dataclass(frozen=True, slots=True)
class Office:
    """The service, and who works with it."""

    address: str
    app: FastAPI
    accounts: dict[Role, Account]

    @classmethod
    def open(cls, app: FastAPI, address: str) -> "Office":
        gate = app.state.gate
        return cls(address, app, {role: account_with(gate, role, name=role.value) for role in Role})

    def cookie_of(self, role: Role) -> Cookie:
        """Of a session just opened, with nothing left to ask for."""
        opened = session_of(self.app.state.gate, self.accounts[role])
        return {"name": COOKIE, "value": opened.token, "url": self.address}  # type: ignore[typeddict-item]

    def program(self) -> TestClient:
        """The bureau's system, with a key."""
        key = key_with(self.app.state.store, *PROGRAM, party=BUREAU)
        return TestClient(self.app, base_url=self.address, headers=with_key(key), client=("127.0.0.1", 50000))

    def screened(self, **fields: str) -> str:
        """What the bureau's system has sent, and the id of the answer."""
        answer = self.program().post("/v1/screenings", json=fields)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])
