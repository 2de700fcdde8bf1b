"""Certificates that are trusted besides those of the system are read at the start, not when something is sent."""

from pathlib import Path

import pytest

from risk_screen.settings import Settings
from risk_screen.settings.file import SettingsError
from risk_screen.wiring import webhook_sender


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_a_file_without_certificates_stops_the_start(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(SettingsError, match="webhook_authorities"):
        webhook_sender(Settings(webhook_authorities=file))


def test_without_such_a_file_the_system_is_trusted() -> None:
    assert webhook_sender(Settings()).trusted is None
