"""Screen the rows of a table in several processes and hand the results back in order."""

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, Final

from risk_screen.bulk.reading import Row
from risk_screen.screening.assessment import Assessment
from risk_screen.screening.screener import Screener
from risk_screen.screening.submission import Submission, SubmissionError
from risk_screen.screening.wording import sentence_of

CHUNK_ROWS: Final = 400
CHUNKS_AHEAD: Final = 3
Result = dict[str, Any]
_screener: Screener | None = None


def screen_rows(
    rows: Iterable[Row], *, channel: str, make_screener: Callable[[], Screener], workers: int
) -> Iterator[list[Result]]:
    """Yield lists of results, in the order of the rows; memory stays constant.

    Parameters
    ----------
    rows : iterable of Row
    channel : str
    make_screener : callable
        Called once in every process (must be picklable when ``workers`` > 1).
    workers : int
        Number of processes; with 1 everything runs in this one.
    """
    chunks = _chunks(rows)
    if workers == 1:
        screener = make_screener()
        for chunk in chunks:
            yield screen_chunk(screener, chunk, channel)
        return
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_start, initargs=(make_screener,)) as pool:
        waiting: deque[Future[list[Result]]] = deque()
        for chunk in chunks:
            waiting.append(pool.submit(_work, chunk, channel))
            if len(waiting) >= workers * CHUNKS_AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def screen_chunk(screener: Screener, rows: Iterable[Row], channel: str) -> list[Result]:
    """Screen some rows; a bad row gets an ``error`` and the others go on."""
    return [_screen_row(screener, row, channel) for row in rows]


def result_of(row_id: str, assessment: Assessment) -> Result:
    """One output row of an assessment (columns of DESIGN §7)."""
    versions = assessment.versions
    return {
        "id": row_id,
        "score": assessment.score,
        "level": assessment.level,
        "route": assessment.route,
        "annual_rate": assessment.annual_rate,
        "reasons": sentence_of(assessment),
        "findings": assessment.to_dict()["reasons"] if assessment.reasons else [],
        "error": "",
        "rulebook_version": versions.rulebook,
        "model_version": versions.model,
        "policy_version": versions.policy,
        "program_version": versions.program,
    }


def _screen_row(screener: Screener, row: Row, channel: str) -> Result:
    if row.error:
        return _failed(row.row_id, "row_malformed", row.error)
    try:
        return result_of(row.row_id, screener.assess(Submission.of(channel, row.fields)))
    except SubmissionError as error:
        return _failed(row.row_id, error.code, error.detail)


def _failed(row_id: str, code: str, detail: str) -> Result:
    empty = dict.fromkeys(
        (
            "score",
            "level",
            "route",
            "annual_rate",
            "rulebook_version",
            "model_version",
            "policy_version",
            "program_version",
        )
    )
    return {"id": row_id, **empty, "reasons": "", "findings": [], "error": f"{code}：{detail}"}


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rows = iter(rows)
    while chunk := list(itertools.islice(rows, CHUNK_ROWS)):
        yield chunk


def _start(make_screener: Callable[[], Screener]) -> None:
    global _screener  # noqa: PLW0603 - one screener a process
    _screener = make_screener()


def _work(rows: list[Row], channel: str) -> list[Result]:
    assert _screener is not None
    return screen_chunk(_screener, rows, channel)
