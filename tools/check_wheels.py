"""Ask for which platforms each locked package has a ready-made wheel, and write the answer into docs/platforms.md.

Run ``python tools/check_wheels.py`` after requirements.lock was renewed; a test fails when the page lags behind it.
Nothing is downloaded or installed: uv resolves each package alone, by name, with wheels only, for the platform named.
"""

import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import build_sbom
from packaging.markers import Marker

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "platforms.md"
MARKED: Final = re.compile(r"(<!-- wheels -->\n).*?(<!-- end -->)", re.DOTALL)
NO_WHEEL: Final = re.compile("no (?:usable )?wheels")
PYTHONS: Final = ("3.11", "3.12")


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform as the page and as uv call it, and what `sys_platform` is there."""

    title: str
    asked: str
    sys_platform: str = "linux"


PLATFORMS: Final = (
    Platform("Linux x86-64，glibc ≥ 2.28", "x86_64-manylinux_2_28"),
    Platform("Linux aarch64，glibc ≥ 2.28", "aarch64-manylinux_2_28"),
    Platform("Linux aarch64，glibc 2.17", "aarch64-manylinux_2_17"),
    Platform("Windows x86-64", "x86_64-pc-windows-msvc", "win32"),
    Platform("Windows aarch64", "aarch64-pc-windows-msvc", "win32"),
    Platform("musl x86-64", "x86_64-unknown-linux-musl"),
    Platform("musl aarch64", "aarch64-unknown-linux-musl"),
)
HEADING: Final = f"| 依赖 | {' | '.join(p.title for p in PLATFORMS)} |\n{'| --- ' * (len(PLATFORMS) + 1)}|\n"


def answers(package: build_sbom.Locked) -> list[str]:
    """``有``, ``无`` or ``不需要`` for each platform."""
    return [_answer(package, platform) for platform in PLATFORMS]


def with_table(page: str, found: Iterable[tuple[build_sbom.Locked, list[str]]]) -> str:
    """Return the page with its table written anew: rows where something is missing, names of the rest."""
    found = list(found)
    lacking = [(package, row) for package, row in found if "无" in row]
    rows = "".join(f"| {p.name} {p.version} | {' | '.join(row)} |\n" for p, row in lacking)
    rest = "、".join(f"{package.name} {package.version}" for package, row in found if "无" not in row)
    return MARKED.sub(lambda m: f"{m[1]}{HEADING}{rows}\n凡用得到的平台都有现成轮子的：{rest}。\n{m[2]}", page)


def _answer(package: build_sbom.Locked, platform: Platform) -> str:
    versions = [python for python in PYTHONS if _is_wanted(package, platform, python)]
    if not versions:
        return "不需要"
    return "有" if _has_wheel(package, platform, versions[0]) else "无"


def _is_wanted(package: build_sbom.Locked, platform: Platform, python: str) -> bool:
    if package.marker is None:
        return True
    here = {"sys_platform": platform.sys_platform, "python_version": python, "python_full_version": f"{python}.0"}
    return Marker(package.marker).evaluate(here)


def _has_wheel(package: build_sbom.Locked, platform: Platform, python: str) -> bool:
    command = [
        *(str(Path(sys.executable).with_name("uv")), "pip", "install", "--dry-run", "--no-deps"),
        *("--only-binary", ":all:", "--python-version", python, "--python-platform", platform.asked),
        f"{package.name}=={package.version}",
    ]
    with TemporaryDirectory() as empty:
        done = subprocess.run([*command, "--target", empty], capture_output=True, text=True, check=False)
    if done.returncode and not NO_WHEEL.search(done.stderr):
        sys.exit(f"NOT RUN: {package.name}: {done.stderr.strip().splitlines()[-1]}")
    return done.returncode == 0


def main() -> None:
    """Ask for every package of requirements.lock and write the table."""
    locked = build_sbom.read_lock((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    found = [(package, answers(package)) for package in locked]
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8"), found), encoding="utf-8")


if __name__ == "__main__":
    main()
