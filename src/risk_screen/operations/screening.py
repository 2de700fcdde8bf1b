"""Screen a submission and store the assessment with the text it was made from."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import orjson
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from risk_screen.errors import RiskScreenError
from risk_screen.operations.numbering import new_id
from risk_screen.screening.assessment import Assessment
from risk_screen.screening.screener import Screener
from risk_screen.screening.submission import Submission
from risk_screen.storage.assessments import (
    Earlier,
    SubmittedText,
    latest_with_external_id,
    store_assessment,
    stored_content,
)
from risk_screen.storage.database import reading, writing


class StoreUnavailableError(RiskScreenError):
    """The assessment was made, but could not be stored; nothing was written."""

    code = "store_unavailable"

    def __init__(self) -> None:
        super().__init__(
            "筛查结果暂时无法保存，本次未写入任何内容：请稍后用同样的内容重试；若持续出现，请检查磁盘空间与数据库。"
        )


class AssessmentNotFoundError(RiskScreenError):
    """No assessment with this id."""

    code = "assessment_not_found"

    def __init__(self) -> None:
        super().__init__("没有这个编号的筛查结果：请检查编号，或按原文重新筛查。")


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Store:
    """Where assessments are kept, and what gives the time (injected, so that tests can set it)."""

    engine: Engine
    now: Callable[[], datetime] = _utc_now


@dataclass(frozen=True, slots=True)
class Screened:
    """An assessment with what it was made from, ready to be stored."""

    submission: Submission
    assessment: Assessment
    external_id: str | None = None


def screen_and_store(
    screener: Screener, store: Store, submission: Submission, *, external_id: str | None = None
) -> bytes:
    """Screen, store, and return the canonical JSON of the assessment.

    The same external id with the same text and the same versions gives the stored answer again; with another text it is
    a new assessment, linked to the old one.

    Raises
    ------
    StoreUnavailableError
        When the database refuses; nothing is written then.
    """
    return store_screened(store, submission, screener.assess(submission), external_id=external_id)


def store_screened(
    store: Store, submission: Submission, assessment: Assessment, *, external_id: str | None = None
) -> bytes:
    """Store one assessment; see :func:`screen_and_store`."""
    return store_all(store, [Screened(submission, assessment, external_id)])[0]


def store_all(store: Store, screened: Sequence[Screened]) -> list[bytes]:
    """Store assessments in one transaction, all or none, and return the canonical JSON of each.

    Raises
    ------
    StoreUnavailableError
    """
    with _available(), writing(store.engine) as connection:
        return [_store(connection, store.now(), one) for one in screened]


def stored_assessment(store: Store, assessment_id: str) -> bytes:
    """Return a stored assessment byte for byte.

    Raises
    ------
    AssessmentNotFoundError, StoreUnavailableError
    """
    with _available(), reading(store.engine) as connection:
        content = stored_content(connection, assessment_id)
    if content is None:
        raise AssessmentNotFoundError
    return content


def submitted_text(submission: Submission) -> SubmittedText:
    """Return the fields as JSON, and the hash by which the same text is known again."""
    fields = json.dumps(dict(submission.fields), ensure_ascii=False, sort_keys=True)
    return SubmittedText(fields, hashlib.sha256(fields.encode()).hexdigest())


def _store(connection: Connection, at: datetime, screened: Screened) -> bytes:
    text, external_id = submitted_text(screened.submission), screened.external_id
    earlier = latest_with_external_id(connection, screened.submission.channel, external_id) if external_id else None
    if earlier is not None and _is_same(earlier, text, screened.assessment):
        return earlier.content
    previous_id = earlier.assessment_id if earlier else None
    stamped = screened.assessment.stamped(
        assessment_id=new_id(at, after=previous_id), created_at=at.isoformat(timespec="milliseconds")
    )
    return store_assessment(connection, stamped, text, external_id=external_id, previous_id=previous_id)


def _is_same(earlier: Earlier, text: SubmittedText, assessment: Assessment) -> bool:
    versions: object = orjson.loads(earlier.content)["versions"]
    return earlier.sha256 == text.sha256 and versions == asdict(assessment.versions)


@contextmanager
def _available() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        raise StoreUnavailableError from error
