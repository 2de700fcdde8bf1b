"""Write dist/sbom.cdx.json: every package of requirements.lock, the rulebook and the models, as CycloneDX 1.6 JSON.

Run ``make sbom``, or ``python tools/build_sbom.py --output FILE``. Same lock, rulebook and models, same
bytes: the time is that of SOURCE_DATE_EPOCH or the day of the models, the serial number follows from the content.
"""

import argparse
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, requires
from os import environ
from pathlib import Path
from typing import Final
from uuid import NAMESPACE_URL, uuid5

import build_notices
from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from risk_screen.classifier.loading import read_card
from risk_screen.rules.loading import load_rulebook

ROOT: Final = Path(__file__).parents[1]
LOCKED: Final = re.compile(
    r"^(?P<name>[\w.-]+)==(?P<version>\S+)(?: ; (?P<marker>[^\\\n]+?))?(?P<hashes>(?: \\\n +--hash=sha256:\w+)+)$", re.M
)
HASH: Final = re.compile(r"sha256:([0-9a-f]{64})")
SYSTEMS: Final = (
    {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
)


@dataclass(frozen=True, slots=True)
class Locked:
    """One package of a lock file, with the SHA-256 of each of its files that may be installed."""

    name: str
    version: str
    marker: str | None
    hashes: tuple[str, ...]


def read_lock(text: str) -> tuple[Locked, ...]:
    """Read the packages of a requirements lock."""
    return tuple(
        Locked(m["name"], m["version"], m["marker"], tuple(HASH.findall(m["hashes"]))) for m in LOCKED.finditer(text)
    )


def make_bom() -> Bom:
    """Put the bill together from requirements.lock, the installed packages' licences, rules/ and models/."""
    locked = read_lock((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    direct = build_notices.direct_dependencies()["runtime"]
    needed = needed_by(direct, {package.name for package in locked})
    packages: dict[str, list[Component]] = {}
    for package in locked:
        packages.setdefault(package.name, []).append(_package(package, package.name in needed))
    program = _program()
    own = [_rulebook(), *(_model(card.parent) for card in _cards())]
    libraries = [component for versions in packages.values() for component in versions]
    bom = Bom(components=[*libraries, *own], metadata=BomMetaData(component=program, timestamp=_made_at()))
    bom.register_dependency(program, [*own, *(c for r in direct for c in packages[canonicalize_name(r.name)])])
    for name in needed:
        wanted = [component for of in _requirements(name) for component in packages.get(of, ())]
        for component in packages[name]:
            bom.register_dependency(component, wanted)
    bom.serial_number = uuid5(
        NAMESPACE_URL, repr([(c.bom_ref.value, sorted(map(str, c.hashes))) for c in bom.components])
    )
    return bom


def needed_by(direct: Iterable[Requirement], locked: set[str]) -> set[str]:
    """Names of the locked packages that the program needs when it runs, on Linux or on Windows."""
    needed: set[str] = set()
    waiting = [(canonicalize_name(r.name), frozenset(r.extras)) for r in direct]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        name, extras = waiting.pop()
        if name in locked and (name, extras) not in seen:
            seen.add((name, extras))
            needed.add(name)
            waiting += _requirements(name, extras).items()
    return needed


def _requirements(name: str, extras: frozenset[str] = frozenset()) -> dict[str, frozenset[str]]:
    """What an installed package asks for, on Linux or on Windows: names with their extras."""
    try:
        lines = [Requirement(line) for line in requires(name) or []]
    except PackageNotFoundError:
        return {}
    return {canonicalize_name(r.name): frozenset(r.extras) for r in lines if _holds(r, extras)}


def _holds(requirement: Requirement, extras: frozenset[str]) -> bool:
    if requirement.marker is None:
        return True
    environments = ({**system, "extra": extra} for system in SYSTEMS for extra in ("", *extras))
    return any(requirement.marker.evaluate(environment) for environment in environments)


def _package(package: Locked, is_needed: bool) -> Component:
    installed = build_notices.notice_of(package.name)
    url = PackageURL("pypi", None, package.name, package.version)
    licences, properties = [], []
    if package.marker:
        properties.append(Property(name="risk-screen:only", value=package.marker))
    if installed is None:
        properties.append(Property(name="risk-screen:licence", value="not read: not installed where this was written"))
    elif installed.licence != build_notices.NOT_STATED:
        licences.append(LicenseFactory().make_from_string(installed.licence))
    return Component(
        name=package.name,
        version=package.version,
        type=ComponentType.LIBRARY,
        scope=ComponentScope.REQUIRED if is_needed else ComponentScope.EXCLUDED,
        purl=url,
        bom_ref=url.to_string(),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=content) for content in package.hashes],
        licenses=licences,
        properties=properties,
    )


def _program() -> Component:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    url = PackageURL("pypi", None, project["name"], project["version"])
    return Component(
        name=project["name"],
        version=project["version"],
        type=ComponentType.APPLICATION,
        description=project["description"],
        purl=url,
        bom_ref=url.to_string(),
        licenses=[LicenseFactory().make_from_string(project["license"])],
    )


def _rulebook() -> Component:
    book = load_rulebook(ROOT / "rules")
    return Component(
        name="risk-screen rulebook",
        version=book.label,
        type=ComponentType.DATA,
        bom_ref=f"rulebook@{book.label}",
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=book.sha256)],
        licenses=[LicenseFactory().make_from_string("MIT")],
    )


def _model(folder: Path) -> Component:
    card = read_card(folder)
    return Component(
        name=f"risk-screen model {card['channel']}",
        version=card["version"],
        type=ComponentType.MACHINE_LEARNING_MODEL,
        bom_ref=f"model-{card['channel']}@{card['version']}",
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=card["files"]["scorer.npz"])],
        licenses=[LicenseFactory().make_from_string("MIT")],
    )


def _made_at() -> datetime:
    if epoch := environ.get("SOURCE_DATE_EPOCH"):
        return datetime.fromtimestamp(int(epoch), UTC)
    trained_on = max(str(read_card(card.parent)["trained_on"]) for card in _cards())
    return datetime.fromisoformat(trained_on).replace(tzinfo=UTC)


def _cards() -> list[Path]:
    return sorted((ROOT / "models").glob("*/card.yaml"))


def main() -> None:
    """Write the bill to a file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=ROOT / "dist" / "sbom.cdx.json")
    output: Path = parser.parse_args().output
    output.parent.mkdir(parents=True, exist_ok=True)
    written = make_outputter(make_bom(), OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=1)
    output.write_text(written + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
