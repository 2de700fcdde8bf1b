"""Make a stored assessment again from the text it was made from, and see whether it comes out the same."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import orjson

from risk_screen.errors import RiskScreenError
from risk_screen.operations.screening import AssessmentNotFoundError
from risk_screen.operations.store import Store
from risk_screen.screening.screener import Screener
from risk_screen.screening.submission import Submission
from risk_screen.storage.assessments import stored_content, stored_fields

TITLES: Final[Mapping[str, str]] = {"rulebook": "规则库", "model": "模型", "policy": "政策", "program": "程序"}


class ReplayTextGoneError(RiskScreenError):
    """The text an assessment was made from was removed when its time was over."""

    code = "replay_text_gone"

    def __init__(self) -> None:
        super().__init__("来文已按保存期限清除，不能再重新评估：筛查结果本身仍在。")


class ReplayVersionsError(RiskScreenError):
    """The assessment was made with other versions than those loaded.

    Attributes
    ----------
    needed : mapping of str to str
        All versions the assessment was made with.
    """

    code = "replay_versions"

    def __init__(self, needed: Mapping[str, str], loaded: Mapping[str, str]) -> None:
        self.needed = needed
        different = [name for name in needed if needed[name] != loaded.get(name)]
        what = "；".join(f"{TITLES[name]}需要 {needed[name]}，现在是 {loaded.get(name)}" for name in different)
        super().__init__(f"版本不同，不能逐字节重现：{what}。请用 --rules、--models 指定那个版本，程序换成那个版本。")


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored assessment with what it was made from.

    Attributes
    ----------
    content : bytes
        Its canonical JSON.
    submission : Submission
    """

    content: bytes
    submission: Submission

    @property
    def plain(self) -> dict[str, Any]:
        """The assessment as plain values."""
        plain: dict[str, Any] = orjson.loads(self.content)
        return plain

    @property
    def versions(self) -> Mapping[str, str]:
        """What it was made with."""
        versions: dict[str, str] = self.plain["versions"]
        return versions


def stored_for_replay(store: Store, assessment_id: str) -> Stored:
    """Find an assessment and its text.

    Raises
    ------
    AssessmentNotFoundError, ReplayTextGoneError, StoreUnavailableError
    """
    with store.reading() as connection:
        content = stored_content(connection, assessment_id)
        fields = stored_fields(connection, assessment_id)
    if content is None:
        raise AssessmentNotFoundError
    if fields is None or not content:
        raise ReplayTextGoneError
    return Stored(content, Submission.of(orjson.loads(content)["channel"], orjson.loads(fields)))


def replay(stored: Stored, screener: Screener) -> tuple[str, ...]:
    """Evaluate again, and name the parts of the assessment that differ; none when it is the same, byte for byte.

    Raises
    ------
    ReplayVersionsError
        When the screener is of other versions; nothing is said of the outcome then.
    """
    again = screener.assess(stored.submission)
    loaded = asdict(again.versions)
    if loaded != stored.versions:
        raise ReplayVersionsError(stored.versions, loaded)
    plain = stored.plain
    content = again.stamped(assessment_id=plain["id"], created_at=plain["created_at"]).to_json()
    if content == stored.content:
        return ()
    now = orjson.loads(content)
    different = tuple(name for name in {**plain, **now} if plain.get(name) != now.get(name))
    return different or ("bytes",)
