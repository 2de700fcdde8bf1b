"""PostgreSQL goes away for a while: requests are refused with a problem, and the same service goes on afterwards."""

import time
from pathlib import Path

import httpx2
from running_service import new_setting, serving
from sqlalchemy import create_engine, make_url, text
from traffic import flowing
from whole_store import wrong_in

from databases import fresh_database

GONE_SECONDS = 2.0
WORKERS = 2


def test_a_database_that_goes_away_is_told_and_the_same_service_goes_on_when_it_is_back(tmp_path: Path) -> None:
    with fresh_database("postgresql", tmp_path) as database:
        setting = new_setting(database, tmp_path)
        with serving(setting, workers=WORKERS) as service:
            while len(service.processes) <= WORKERS:
                time.sleep(0.01)
            processes = service.processes
            with flowing(service.address, setting.headers, "before") as traffic:
                while not traffic.answered:
                    time.sleep(0.01)
                _refuse(database)
                time.sleep(GONE_SECONDS)
                while not traffic.refused:
                    time.sleep(0.01)
                assert httpx2.get(f"{service.address}/healthz", timeout=60).status_code == 200
                assert httpx2.get(f"{service.address}/readyz", timeout=60).status_code == 503
                _accept(database)
                answered = len(traffic.answered)
                while len(traffic.answered) < answered + 20:
                    time.sleep(0.01)
            assert httpx2.get(f"{service.address}/readyz", timeout=60).status_code == 200
            assert service.processes == processes
            assert set(traffic.refused) == {(503, "store_unavailable")}
            assert traffic.cut == []
            assert service.stop() == 0
        assert wrong_in(database, traffic.answered, tmp_path / "var" / "audit-anchors.jsonl") == []


def _refuse(database: str) -> None:
    """Take no new connections and cut those there are, as a server that stops does."""
    _administer(database, "ALTER DATABASE {} ALLOW_CONNECTIONS false")
    _administer(database, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'")


def _accept(database: str) -> None:
    _administer(database, "ALTER DATABASE {} ALLOW_CONNECTIONS true")


def _administer(database: str, statement: str) -> None:
    url = make_url(database)
    engine = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement.format(url.database)))
    engine.dispose()
