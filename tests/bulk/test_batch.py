"""Many records, one or several processes: in order, one result a row, and a bad row spoils nothing."""

import json
import os
from collections.abc import Generator, Iterator
from typing import Any

import pytest

from builders import CannedScreener, flyer_assessment
from risk_screen.bulk import batch
from risk_screen.bulk.batch import CHUNK_CHARACTERS, CHUNK_ROWS, CHUNKS_AHEAD, Task, WorkerLostError, screen_records
from risk_screen.bulk.formats import ResultFormat
from risk_screen.bulk.rows import CellLayout, Record

LAYOUT = CellLayout(("id", "text"), {0: "id", 1: "text"})
TASK = Task("marketing", LAYOUT, ResultFormat.of(".jsonl", LAYOUT))


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


def record(number: int | str, text: str = "保本", error: str = "") -> Record:
    return [str(number), text], error


def screened(records: list[Record], workers: int = 1, **options: Any) -> list[dict[str, Any]]:
    chunks = screen_records(records, TASK, make_screener=make_screener, workers=workers, **options)
    return [json.loads(line) for chunk in chunks for line in chunk.lines.splitlines()]


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("count", [0, 1, CHUNK_ROWS, 3 * CHUNK_ROWS + 7])
def test_every_row_has_its_result_in_its_place(
    monkeypatch: pytest.MonkeyPatch, count: int, workers: int, method: str
) -> None:
    monkeypatch.setattr(batch, "START_METHOD", method)
    results = screened([record(n) for n in range(count)], workers)
    assert [result["id"] for result in results] == [str(n) for n in range(count)]
    assert all(result["level"] == "high" and not result["error"] for result in results)


@pytest.mark.parametrize("workers", [1, 2])
def test_rows_without_an_id_are_numbered_from_where_the_run_goes_on(workers: int) -> None:
    results = screened([record("")] * (CHUNK_ROWS + 3), workers, first=11)
    assert [result["id"] for result in results] == [str(n) for n in range(11, CHUNK_ROWS + 14)]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_bad_row_has_an_error_and_the_others_go_on(workers: int) -> None:
    texts = ["保本", " ", "长" * 100_001, "", "故障", "保本"]
    results = screened([*(record(n, text) for n, text in enumerate(texts)), record(6, "甲", "引号")], workers)
    codes = [result["error"].partition("：")[0] for result in results]
    assert codes == ["", "text_blank", "text_too_long", "text_blank", "internal", "", "row_malformed"]
    assert all((result["score"] is None) == bool(result["error"]) for result in results)
    assert "故障" not in results[4]["error"].partition("（")[2]
    assert [result["text"] for result in results[:2]] == texts[:2]


def test_words_that_stood_in_an_earlier_row_are_read_once_and_answered_with_the_id_of_each() -> None:
    read: list[str] = []

    class Noting(CannedScreener):
        def assess(self, submission: Any) -> Any:
            read.append(submission.fields[0][1])
            return super().assess(submission)

    records = [record(n, text) for n, text in enumerate(["保本", "甲", "保本", "乙" * 2_001, "保本", "乙" * 2_001])]
    chunks = screen_records(records, TASK, make_screener=lambda: Noting(flyer_assessment()), workers=1)
    results = [json.loads(line) for chunk in chunks for line in chunk.lines.splitlines()]
    assert [text[0] for text in read] == ["保", "甲", "乙", "乙"]
    assert [(result["id"], result["text"][0]) for result in results] == [
        (str(n), r[0][1][0]) for n, r in enumerate(records)
    ]
    assert len({result["reasons"] for result in results}) == 1


@pytest.mark.parametrize("workers", [1, 2])
def test_rows_are_counted_by_route(workers: int) -> None:
    chunks = [
        *screen_records([record(1), record(2, ""), record(3)], TASK, make_screener=make_screener, workers=workers)
    ]
    assert [(chunk.rows, chunk.counts) for chunk in chunks] == [(3, {"site_check": 2, "failed": 1})]


def test_a_worker_that_dies_is_told() -> None:
    with pytest.raises(WorkerLostError, match="--workers"):
        screened([record(1), record(2, "杀死"), record(3)], 2)


@pytest.mark.parametrize("workers", [1, 2])
def test_rows_are_read_only_a_little_ahead(workers: int) -> None:
    read = 0

    def endless() -> Iterator[Record]:
        nonlocal read
        while True:
            read += 1
            yield record(read)

    results = screen_records(endless(), TASK, make_screener=make_screener, workers=workers)
    first = next(results)
    assert isinstance(results, Generator)
    results.close()
    assert first.rows == CHUNK_ROWS
    assert read <= CHUNK_ROWS * workers * CHUNKS_AHEAD


def test_long_texts_go_in_small_chunks() -> None:
    long = record("", "长" * (CHUNK_CHARACTERS // 4))
    chunks = [*screen_records([long] * 10, TASK, make_screener=make_screener, workers=1)]
    assert [chunk.rows for chunk in chunks] == [4, 4, 2]


def test_rows_that_cannot_be_read_any_further_stop_the_run() -> None:
    def broken() -> Iterator[Record]:
        yield record(1)
        raise OSError("gone")

    for workers in (1, 2):
        with pytest.raises(OSError, match="gone"):
            list(screen_records(broken(), TASK, make_screener=make_screener, workers=workers))


@pytest.mark.parametrize("workers", [1, 2])
def test_the_screener_is_made_once_in_this_process(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "START_METHOD", "fork")
    made = 0

    def make() -> Any:
        nonlocal made
        made += 1
        return make_screener()

    records = [record(n) for n in range(2 * CHUNK_ROWS)]
    assert sum(chunk.rows for chunk in screen_records(records, TASK, make_screener=make, workers=workers)) == len(
        records
    )
    assert made == 1
    assert batch._work is None
