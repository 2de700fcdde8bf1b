"""The wheel carries rulebook and models, and works alone in an empty folder."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from risk_screen.screening.submission import CHANNELS

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and unpack it."""
    place = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr.decode()
    (wheel,) = place.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place / "site")
    return place / "site"


def run(site: Path, folder: Path, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    """Run the unpacked program in a folder; -P keeps the folder out of the path."""
    outside = {k: v for k, v in os.environ.items() if not k.startswith(("RISK_SCREEN_", "PYTHON"))}
    return subprocess.run(
        [sys.executable, "-P", "-m", "risk_screen", *arguments],
        cwd=folder,
        env=outside | {"PYTHONPATH": str(site), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        check=False,
    )


@pytest.mark.slow
def test_the_wheel_carries_what_the_program_needs_and_not_the_corpus(unpacked: Path) -> None:
    shipped = unpacked / "risk_screen" / "_shipped"
    for file in (ROOT / "rules").rglob("*.yaml"):
        if "local" not in file.relative_to(ROOT / "rules").parts:
            assert (shipped / "rules" / file.relative_to(ROOT / "rules")).is_file(), file.name
    assert list((shipped / "rules" / "folding").glob("*.tsv"))
    for channel in CHANNELS:
        assert {"card.yaml", "scorer.npz"} == {path.name for path in (shipped / "models" / channel).iterdir()}
    for needed in ("storage/migrations/versions", "web/templates", "web/static"):
        assert list((unpacked / "risk_screen" / needed).iterdir()), needed
    assert not (shipped / "models" / "corpus").exists()
    assert not (shipped / "rules" / "local").exists()


@pytest.mark.slow
def test_the_wheel_carries_its_licences_and_says_that_it_is_typed(unpacked: Path) -> None:
    (about,) = unpacked.glob("risk_screen-*.dist-info")
    named = {path.name for path in (about / "licenses").iterdir()}
    assert named == {"LICENSE", "THIRD_PARTY_NOTICES.md"}
    stated = (about / "METADATA").read_text(encoding="utf-8")
    assert [name for name in named if f"License-File: {name}" not in stated] == []
    assert (unpacked / "risk_screen" / "py.typed").is_file()


@pytest.mark.slow
def test_the_wheel_screens_in_an_empty_folder(unpacked: Path, tmp_path: Path) -> None:
    where = run(unpacked, tmp_path, "--version")
    assert (where.returncode, where.stderr) == (0, b"")
    flyer = run(unpacked, tmp_path, "screen", "投10万一年返13万，保本保息", "--json")
    assert (flyer.returncode, flyer.stderr) == (0, b"")
    assert json.loads(flyer.stdout)["reasons"]
    company = run(
        unpacked, tmp_path, "screen", "--channel", "registration", "--name", "淄博某某面馆", "--scope", "餐饮服务"
    )
    assert (company.returncode, company.stderr) == (0, b"")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_program_of_the_wheel_is_the_one_that_runs(unpacked: Path, tmp_path: Path) -> None:
    code = "import risk_screen, sys; print(risk_screen.__file__)"
    found = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(unpacked)},
        capture_output=True,
        check=True,
        text=True,
    )
    assert Path(found.stdout.strip()).is_relative_to(unpacked)
