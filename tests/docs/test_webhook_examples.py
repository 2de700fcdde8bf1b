"""The receivers of docs/examples verify what is really sent."""

import importlib.util
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest
from markdown_files import ROOT

from risk_screen.delivery.signing import Message, signed_headers, written_secret

EXAMPLES = ROOT / "docs" / "examples"
OLD, NEW, OTHER = b"o" * 32, b"n" * 32, b"x" * 32
MESSAGE = Message("evt_1207_5f0c2f7f0a3b9d11", '{"type":"consultation.answered","data":{"note":"会商"}}'.encode())


def headers(*secrets: bytes, age_seconds: float = 0.0) -> dict[str, str]:
    return signed_headers(MESSAGE, secrets, datetime.fromtimestamp(time.time() - age_seconds, UTC))


@pytest.fixture(scope="module")
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_webhook", EXAMPLES / "verify_webhook.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
    spec.loader.exec_module(module)
    sys.dont_write_bytecode = before
    return module


@pytest.mark.parametrize("how", ["verify", "verify_with_library"])
def test_the_python_example_takes_what_is_signed_and_nothing_else(example: ModuleType, how: str) -> None:
    verify = getattr(example, how)
    for secret in (OLD, NEW):
        assert verify(written_secret(secret), headers(OLD, NEW), MESSAGE.body)["type"] == "consultation.answered"
    for secret, sent, body in (
        (OTHER, headers(OLD, NEW), MESSAGE.body),
        (OLD, headers(OLD), MESSAGE.body + b" "),
        (OLD, headers(OLD, age_seconds=400), MESSAGE.body),
        (OLD, {**headers(OLD), "webhook-id": "evt_1"}, MESSAGE.body),
    ):
        with pytest.raises(Exception, match=r"old|signed|signature"):
            verify(written_secret(secret), sent, body)


@pytest.mark.skipif(shutil.which("java") is None, reason="NOT RUN: java example (needs a JDK)")
def test_the_java_example_takes_what_is_signed_and_nothing_else(tmp_path: Path) -> None:
    subprocess.run(["javac", "-d", str(tmp_path), str(EXAMPLES / "VerifyWebhook.java")], check=True)

    def verified(secret: bytes, sent: dict[str, str], body: bytes) -> str:
        given = [sent[f"webhook-{name}"] for name in ("id", "timestamp", "signature")]
        command = ["java", "-Xshare:auto", "-cp", str(tmp_path), "VerifyWebhook", written_secret(secret), *given]
        return subprocess.run(command, input=body, capture_output=True, check=True).stdout.decode().strip()

    assert verified(NEW, headers(OLD, NEW), MESSAGE.body) == "true"
    assert verified(OTHER, headers(OLD, NEW), MESSAGE.body) == "false"
    assert verified(OLD, headers(OLD), MESSAGE.body + b" ") == "false"
    assert verified(OLD, headers(OLD, age_seconds=400), MESSAGE.body) == "false"
