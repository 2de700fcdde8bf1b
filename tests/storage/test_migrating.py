"""The schema: what the migrations build is what tables.py says, and a filled old database stays readable."""

from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, text

from risk_screen.storage.assessments import latest_with_external_id, stored_content
from risk_screen.storage.changes import changing
from risk_screen.storage.database import DatabaseError, open_database, reading, writing
from risk_screen.storage.event_kinds import EventKind
from risk_screen.storage.events import Event
from risk_screen.storage.migrating import MIGRATIONS, migrate
from risk_screen.storage.tables import metadata


def revisions() -> list[str]:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return [script.revision for script in reversed(list(ScriptDirectory.from_config(config).walk_revisions()))]


def test_migrations_build_the_tables_of_the_program(engine: Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


@pytest.mark.parametrize("revision", revisions())
def test_a_filled_database_of_any_revision_stays_readable(revision: str, address: str) -> None:
    old = create_engine(address)
    with old.begin() as connection:
        migrate(connection, revision)
        connection.execute(
            text(
                "INSERT INTO assessments (id, channel, external_id, score, level, route, content, created_at) VALUES"
                " ('a', 'marketing', 'X-1', 93.2, 'high', 'site_check', :content, '2026-01-01T00:00:00.000+00:00')"
            ),
            {"content": '{"id":"a","quote":"保本"}'.encode()},
        )
        connection.execute(
            text(
                "INSERT INTO submitted_texts (assessment_id, fields, sha256, created_at)"
                " VALUES ('a', '{}', 'abc', '2026-01-01T00:00:00.000+00:00')"
            )
        )
    old.dispose()
    with changing(open_database(address), datetime.now(UTC)) as change:
        assert stored_content(change.connection, "a") == '{"id":"a","quote":"保本"}'.encode()
        earlier = latest_with_external_id(change, "marketing", "X-1")
        change.publish(Event(EventKind.ENTERPRISE_ADDED, "test", "1"))
    assert earlier is not None
    assert earlier.sha256 == "abc"


def test_a_database_of_a_newer_program_is_refused_and_left_alone(engine: Engine, address: str) -> None:
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseError, match="更新版本的程序"):
        open_database(address)
    with reading(engine) as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"


def test_an_interrupted_migration_leaves_nothing(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class PowerCutError(Exception):
        pass

    def cut(connection: object) -> None:
        migrate(connection)  # type: ignore[arg-type]
        raise PowerCutError

    monkeypatch.setattr("risk_screen.storage.database.migrate", cut)
    with pytest.raises(PowerCutError):
        open_database(address)
    with create_engine(address).connect() as connection:
        assert inspect(connection).get_table_names() == []
    monkeypatch.undo()
    assert open_database(address)
