"""Who a key or a session stands for. Asked at every request, so what the database says is remembered for two seconds.

Revoking a key, closing a session or disabling an account works within that time in every process.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from risk_screen.access.actor import Actor
from risk_screen.access.caller import AccessMode, Caller, Site
from risk_screen.access.identity import VISITOR, Identity
from risk_screen.access.keys import KEY_UNKNOWN, Call, PresentedKey, why_not_key
from risk_screen.access.policy import AccessPolicy
from risk_screen.operations.call_limits import CallLimits
from risk_screen.operations.noted_reads import NotedReads
from risk_screen.operations.refusing import NotSignedInError, key_error
from risk_screen.operations.sessions import SignedIn, signed_in
from risk_screen.operations.slow_lane import SlowLane
from risk_screen.operations.store import Store
from risk_screen.storage.accounts import is_set_up
from risk_screen.storage.changes import Change
from risk_screen.storage.keys import ApiKey, key_with_id, note_use_of_key
from risk_screen.storage.sessions import touch_session

T = TypeVar("T")
REMEMBERED_SECONDS: Final = 2.0
MOST_REMEMBERED: Final = 10_000
USE_NOTED_EVERY: Final = timedelta(minutes=5)
SESSION_NOTED_EVERY: Final = timedelta(minutes=1)


class Remembered(Generic[T]):
    """Answers of the database, each for two seconds; that there is none is an answer, too."""

    def __init__(self, look_up: Callable[[str], T], seconds: float = REMEMBERED_SECONDS) -> None:
        self._look_up = look_up
        self._seconds = seconds
        self._known: dict[str, tuple[T, float]] = {}

    def recall(self, name: str) -> tuple[T] | None:
        """Return the answer in a tuple while it is fresh, else None."""
        found = self._known.get(name)
        return None if found is None or time.monotonic() > found[1] else (found[0],)

    def look_up(self, name: str) -> T:
        """Ask the database, and remember."""
        asked_at = time.monotonic()
        answer = self._look_up(name)
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[name] = answer, asked_at + self._seconds
        return answer

    def forget(self) -> None:
        """Forget everything."""
        self._known.clear()


class Gate:
    """Tells who asks.

    Parameters
    ----------
    store : Store
    policy : AccessPolicy
    site : Site
    call_limits : CallLimits, optional
        One that counts together with other processes; otherwise the calls of keys are counted in this one.
    """

    def __init__(self, store: Store, policy: AccessPolicy, site: Site, call_limits: CallLimits | None = None) -> None:
        self.store = store
        self.policy = policy
        self.site = site
        self.keys = Remembered(self._key)
        self.sessions = Remembered(self._session)
        self.set_up = Remembered(self._is_set_up)
        self.slow_lane = SlowLane()
        self.reads = NotedReads(store)
        self._limits = call_limits or CallLimits()
        self._noted: dict[str, datetime] = {}

    def program(self, presented: PresentedKey | None, key: ApiKey | None, caller: Caller) -> Identity:
        """Tell which program has sent a key.

        Parameters
        ----------
        presented : PresentedKey or None
            None when what was sent has not the form of a key.
        key : ApiKey or None
            What is kept under its id.
        caller : Caller

        Raises
        ------
        KeyRefusedError
            Of the kind that says why.
        """
        stored = key.stored if key else None
        call = Call(caller.address, self.store.now(), calls_in_last_minute=0)
        refusal = why_not_key(presented, stored, call)
        if refusal is not None or key is None or stored is None:
            raise key_error(refusal or KEY_UNKNOWN)
        if not self._limits.allows(stored.id, stored.terms.requests_per_minute, time.monotonic()):
            over = replace(call, calls_in_last_minute=stored.terms.requests_per_minute)
            raise key_error(why_not_key(presented, stored, over) or KEY_UNKNOWN, self.quota(key)[2])
        self._note_use(note_use_of_key, stored.id, USE_NOTED_EVERY, key.used_at)
        return Identity(Actor("key", key.stored.id, key.party), granted=key.stored.terms.permissions, town=key.town)

    def quota(self, key: ApiKey) -> tuple[int, int, int]:
        """Tell the limit of a key per minute, what is left of it, and in how many seconds it begins anew."""
        most = key.stored.terms.requests_per_minute
        return most, *self._limits.left(key.stored.id, most, time.monotonic())

    def person(self, session: SignedIn | None, caller: Caller) -> SignedIn:
        """Tell whose session it is; it may be one that still asks for something (``session.is_full``).

        Raises
        ------
        NotSignedInError
            When there is none, its time is over, or the account may not be used (here).
        """
        if session is None or session.why_over(self.policy, self.store.now()) is not None:
            raise NotSignedInError
        if session.account.is_demo and not self.lets_in_demo(caller):
            raise NotSignedInError
        self._note_use(touch_session, session.session.id, SESSION_NOTED_EVERY, session.session.seen_at)
        return session

    def lets_in_demo(self, caller: Caller) -> bool:
        """Tell whether accounts of the demonstration work for this caller."""
        return self.site.is_demo and caller.is_local

    def may_be_open(self, caller: Caller) -> bool:
        """Tell whether this caller needs no credentials as long as nobody has an account."""
        return self.site.mode == AccessMode.OPEN_UNTIL_SET_UP and caller.is_local

    def visitor(self, *, is_set_up: bool, caller: Caller) -> Identity:
        """Tell who somebody without credentials is.

        Raises
        ------
        NotSignedInError
        """
        if is_set_up or not self.may_be_open(caller):
            raise NotSignedInError
        return VISITOR

    def forget(self) -> None:
        """Ask the database anew, at once."""
        for one in (self.keys, self.sessions, self.set_up):
            one.forget()

    def _note_use(
        self, note: Callable[[Change, str], None], used_id: str, every: timedelta, noted_at: str | None
    ) -> None:
        """Write down that it is in use, once in a while, and do not wait for it."""
        now = self.store.now()
        last = self._noted.get(used_id) or (datetime.fromisoformat(noted_at) if noted_at else None)
        if last is not None and now - last < every:
            return
        if len(self._noted) >= MOST_REMEMBERED:
            self._noted.clear()
        self._noted[used_id] = now
        self.store.submit(lambda change: note(change, used_id))

    def _key(self, key_id: str) -> ApiKey | None:
        with self.store.reading() as connection:
            return key_with_id(connection, key_id)

    def _session(self, token_sha256: str) -> SignedIn | None:
        with self.store.reading() as connection:
            return signed_in(connection, token_sha256)

    def _is_set_up(self, _: str) -> bool:
        with self.store.reading() as connection:
            return is_set_up(connection)
