"""The bill of materials names everything that is locked, follows the schema, and tells nothing of the machine."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import build_sbom
import pytest
import yaml
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.utils import canonicalize_name

from risk_screen.rules.loading import load_rulebook

ROOT = Path(__file__).parents[2]
SCHEMA = JsonStrictValidator(SchemaVersion.V1_6)
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def written(where: Path) -> str:
    command = [sys.executable, str(ROOT / "tools" / "build_sbom.py"), "--output", str(where / "dist" / "sbom.cdx.json")]
    subprocess.run(command, check=True, cwd=where)
    return (where / "dist" / "sbom.cdx.json").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    return written(tmp_path_factory.mktemp("sbom"))


@pytest.fixture(scope="module")
def bill(text: str) -> dict[str, Any]:
    return json.loads(text)


def by_name(bill: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = (component for component in bill["components"] if component["name"] == name)
    return found


def test_the_bill_follows_the_official_schema_of_cyclonedx(text: str, bill: dict[str, Any]) -> None:
    assert bill["specVersion"] == "1.6"
    assert SCHEMA.validate_str(text) is None


@pytest.mark.parametrize("planted", [{"surprise": 1}, {"serialNumber": "7"}, {"components": [{"type": "library"}]}])
def test_the_schema_refuses_a_bill_with_a_fault(bill: dict[str, Any], planted: dict[str, Any]) -> None:
    assert SCHEMA.validate_str(json.dumps(bill | planted)) is not None


def test_every_locked_package_is_there_with_its_hashes_and_nothing_else(bill: dict[str, Any]) -> None:
    blocks = [block.split() for block in re.split(r"\n(?=\w)", LOCK)]
    locked = {
        tuple(words[0].split("==")): sorted(word[-64:] for word in words if word.startswith("--hash=sha256:"))
        for words in blocks
    }
    listed = {
        (component["name"], component["version"]): sorted(found["content"] for found in component["hashes"])
        for component in bill["components"]
        if component["type"] == "library"
    }
    assert len(listed) > 40
    assert listed == locked


def test_a_package_url_names_registry_name_and_version(bill: dict[str, Any]) -> None:
    assert by_name(bill, "python-multipart")["purl"].startswith("pkg:pypi/python-multipart@")


def test_the_licence_is_the_one_the_installed_package_states(bill: dict[str, Any]) -> None:
    assert by_name(bill, "alembic")["licenses"] == [{"license": {"id": "MIT"}}]
    missing = [c["name"] for c in bill["components"] if not c.get("licenses") and not c.get("properties")]
    assert missing == []


def test_what_only_builds_is_told_from_what_runs(bill: dict[str, Any]) -> None:
    scopes = {name: by_name(bill, name)["scope"] for name in ("hatchling", "fastapi", "websockets", "colorama")}
    assert scopes == {"hatchling": "excluded", "fastapi": "required", "websockets": "required", "colorama": "required"}


def test_rulebook_and_models_are_named_with_their_versions(bill: dict[str, Any]) -> None:
    assert by_name(bill, "risk-screen rulebook")["version"] == load_rulebook(ROOT / "rules").label
    for channel in ("marketing", "registration"):
        card = yaml.safe_load((ROOT / "models" / channel / "card.yaml").read_text(encoding="utf-8"))
        component = by_name(bill, f"risk-screen model {channel}")
        assert (component["version"], component["type"]) == (card["version"], "machine-learning-model")
        assert component["hashes"] == [{"alg": "SHA-256", "content": card["files"]["scorer.npz"]}]


def test_the_program_depends_on_what_pyproject_names(bill: dict[str, Any]) -> None:
    program = bill["metadata"]["component"]["bom-ref"]
    (edges,) = (edge["dependsOn"] for edge in bill["dependencies"] if edge["ref"] == program)
    direct = {canonicalize_name(r.name) for r in build_sbom.build_notices.direct_dependencies()["runtime"]}
    assert direct <= {re.sub(r"^pkg:pypi/|@.*$", "", edge) for edge in edges}


def test_the_bill_names_no_machine_no_index_and_no_hour(text: str) -> None:
    assert str(ROOT) not in text
    assert str(Path.home()) not in text
    assert re.findall(r"https?://[^\"]+", text) == ["http://cyclonedx.org/schema/bom-1.6.schema.json"]
    assert re.findall(r"T(\d\d:\d\d:\d\d)", text) == ["00:00:00"]


def test_the_same_lock_gives_the_same_bytes(text: str, tmp_path: Path) -> None:
    assert written(tmp_path) == text


@pytest.mark.parametrize(
    ("lines", "read"),
    [
        ("a-b==1.0 \\\n    --hash=sha256:{0}\n", ("a-b", "1.0", None, 1)),
        (
            "a==2 ; os_name == 'nt' \\\n    --hash=sha256:{0} \\\n    --hash=sha256:{1}\n",
            ("a", "2", "os_name == 'nt'", 2),
        ),
    ],
)
def test_a_lock_line_is_read_with_marker_and_hashes(lines: str, read: tuple[str, str, str | None, int]) -> None:
    (found,) = build_sbom.read_lock(lines.format("0" * 64, "f" * 64))
    assert (found.name, found.version, found.marker, len(found.hashes)) == read
