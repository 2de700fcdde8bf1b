"""Many rows, one or several processes: in order, one result a row, and a bad row spoils nothing."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from builders import CannedScreener, flyer_assessment
from risk_screen.bulk import batch
from risk_screen.bulk.batch import CHUNK_ROWS, CHUNKS_AHEAD, WorkerLostError, screen_rows
from risk_screen.bulk.reading import Row
from risk_screen.bulk.results import Result


class MoodyScreener(CannedScreener):
    """Fails with one text, ends its process with another."""

    def assess(self, submission: Any) -> Any:
        text = submission.fields[0][1]
        if text == "故障":
            raise KeyError(text)
        if text == "杀死":
            os._exit(1)
        return super().assess(submission)


def make_screener() -> Any:
    return MoodyScreener(flyer_assessment())


def screened(rows: list[Row], workers: int = 1, make: Callable[[], Any] = make_screener) -> list[Result]:
    return [one for many in screen_rows(rows, channel="marketing", make_screener=make, workers=workers) for one in many]


def row(number: int, text: object = "保本") -> Row:
    return Row(str(number), {"text": text})


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("count", [0, 1, CHUNK_ROWS, 3 * CHUNK_ROWS + 7])
def test_every_row_has_its_result_in_its_place(workers: int, count: int) -> None:
    results = screened([row(n) for n in range(count)], workers)
    assert [result.id for result in results] == [str(n) for n in range(count)]
    assert all(result.level == "high" and not result.error for result in results)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_bad_row_has_an_error_and_the_others_go_on(workers: int) -> None:
    rows = [row(1), row(2, " "), row(3, 5), row(4, "长" * 100_001), Row("5", {}, "引号"), row(6, "故障"), row(7)]
    results = screened(rows, workers)
    codes = [result.error.partition("：")[0] for result in results]
    assert codes == ["", "text_blank", "wrong_field", "text_too_long", "row_malformed", "internal", ""]
    assert all((result.score is None) == bool(result.error) for result in results)
    assert "故障" not in results[5].error.partition("（")[2]


def test_a_worker_that_dies_is_told() -> None:
    with pytest.raises(WorkerLostError, match="--workers"):
        screened([row(1), row(2, "杀死"), row(3)], 2)


@pytest.mark.parametrize("workers", [1, 2])
def test_rows_are_read_only_a_little_ahead(workers: int) -> None:
    read = 0

    def endless() -> Iterator[Row]:
        nonlocal read
        while True:
            read += 1
            yield row(read)

    results = screen_rows(endless(), channel="marketing", make_screener=make_screener, workers=workers)
    first = next(results)
    results.close()  # type: ignore[attr-defined]
    assert len(first) == CHUNK_ROWS
    assert read <= CHUNK_ROWS * workers * CHUNKS_AHEAD


def test_rows_that_cannot_be_read_any_further_stop_the_run() -> None:
    def broken() -> Iterator[Row]:
        yield row(1)
        raise OSError("gone")

    for workers in (1, 2):
        with pytest.raises(OSError, match="gone"):
            list(screen_rows(broken(), channel="marketing", make_screener=make_screener, workers=workers))


def test_the_screener_is_made_once_in_a_process() -> None:
    made = 0

    def make() -> Any:
        nonlocal made
        made += 1
        return make_screener()

    screened([row(n) for n in range(2 * CHUNK_ROWS)], 1, make)
    assert made == 1
    assert batch._screener is None
