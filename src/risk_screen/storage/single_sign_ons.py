"""Single sign-ons that have begun: what the answer of the provider is held against, once."""

from dataclasses import asdict, dataclass, field

from sqlalchemy import delete, insert, select

from risk_screen.storage.access_tables import single_sign_ons
from risk_screen.storage.changes import Change


@dataclass(frozen=True, slots=True)
class BegunSignOn:
    """What was sent to the provider, by the hash of its ``state``."""

    state_sha256: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    expires_at: str = ""


def keep_sign_on(change: Change, begun: BegunSignOn) -> None:
    """Keep it until the browser comes back."""
    change.connection.execute(insert(single_sign_ons), asdict(begun))


def take_sign_on(change: Change, state_sha256: str) -> BegunSignOn | None:
    """Take it out, so that an answer counts once; None when there is none, or its time is over."""
    mine = single_sign_ons.c.state_sha256 == state_sha256
    row = change.connection.execute(select(single_sign_ons).where(mine)).mappings().first()
    change.connection.execute(delete(single_sign_ons).where(mine))
    return None if row is None or row["expires_at"] <= change.at_text else BegunSignOn(**row)


def forget_single_sign_ons(change: Change) -> None:
    """Remove those nobody came back from."""
    change.connection.execute(delete(single_sign_ons).where(single_sign_ons.c.expires_at < change.at_text))
