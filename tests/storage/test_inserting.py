"""Rows come into their table whole and in their order, however many there are at once."""

import pytest
from sqlalchemy import Engine, select

from risk_screen.storage.database import reading, writing
from risk_screen.storage.inserting import MOST_ROWS, insert_rows
from risk_screen.storage.tables import events, released_versions


@pytest.mark.parametrize("number", [1, 2, MOST_ROWS, MOST_ROWS + 1, 3 * MOST_ROWS])
def test_every_row_arrives(engine: Engine, number: int) -> None:
    rows = [
        {
            "payload": '{"说明": "100%s ? :x"}',
            "cursor": 2**40 * (cursor % 2) + cursor,  # small and large numbers side by side
            "kind": "screening.stored",
            "subject_type": "assessment",
            "subject_id": f"{cursor}",
            "party": "",
            "created_at": "2026-11-23T08:00:00.000+00:00",
        }
        for cursor in range(number)
    ]
    with writing(engine) as connection:
        insert_rows(connection, events, rows)
    with reading(engine) as connection:
        found = [dict(row) for row in connection.execute(select(events)).mappings()]
    assert sorted(found, key=lambda row: int(row["subject_id"])) == rows


def test_bytes_stay_bytes(engine: Engine) -> None:
    row = {"kind": "model", "version": "1", "content": bytes(range(256)), "created_at": "2026-11-23"}
    with writing(engine) as connection:
        insert_rows(connection, released_versions, [row])
    with reading(engine) as connection:
        assert connection.execute(select(released_versions.c.content)).scalar_one() == row["content"]


def test_a_row_without_a_column_is_a_mistake(engine: Engine) -> None:
    with pytest.raises(KeyError, match="content"), writing(engine) as connection:
        insert_rows(connection, released_versions, [{"kind": "model", "version": "1", "created_at": ""}])
