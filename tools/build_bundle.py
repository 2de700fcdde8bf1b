"""Make an offline bundle for a machine without a network, install it without an index as a check, and pack it.

Run ``make bundle`` on a machine with a network and with the Python and the platform of the other one. The packages are
those of the lock file (versions and hashes), with the extras postgresql and parquet; the bundle's own list holds the
hash of every wheel in it, and SHA256SUMS that of every file.
"""

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import build_sbom
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

ROOT: Final = Path(__file__).parents[1]
EXTRAS: Final = ("postgresql", "parquet")
LOCK: Final = "requirements-dev.lock"  # the only lock that holds the extras
BESIDE: Final = ("deploy", "docs", "LICENSE", "THIRD_PARTY_NOTICES.md", "README.zh-CN.md", "CHANGELOG.md")
INSTALLER: Final = ROOT / "deploy" / "install.sh"
SUMS: Final = "SHA256SUMS"
# What `screen` does not load: the service and both extras.
IMPORTED: Final = "import risk_screen.web.pages, psycopg, pyarrow.parquet"


def wanted(lock: str) -> list[build_sbom.Locked]:
    """Choose from a lock file what the program needs at run time on this platform, with the extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extra = project["optional-dependencies"]
    named = [*project["dependencies"], *(one for name in EXTRAS for one in extra[name])]
    here = [one for one in build_sbom.read_lock(lock) if one.marker is None or Marker(one.marker).evaluate()]
    needed = build_sbom.needed_by(map(Requirement, named), {canonicalize_name(one.name) for one in here})
    return [one for one in here if canonicalize_name(one.name) in needed]


def requirements(packages: list[build_sbom.Locked]) -> str:
    """Write packages as a requirements file with hashes."""
    return "".join(
        f"{one.name}=={one.version}" + "".join(f" --hash=sha256:{sha256}" for sha256 in one.hashes) + "\n"
        for one in packages
    )


def requirements_of_wheels(wheels: Path) -> str:
    """Write the wheels of a folder as a requirements file, each with its own hash."""
    lines = []
    for wheel in sorted(wheels.glob("*.whl")):
        name, version, _, _ = parse_wheel_filename(wheel.name)
        lines.append(f"{name}=={version} --hash=sha256:{_sha256(wheel)}\n")
    return "".join(lines)


def write_sums(folder: Path) -> None:
    """Write the hash of every file, in the form that sha256sum checks."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != SUMS)
    lines = (f"{_sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in files)
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def build(folder: Path) -> None:
    """Fill the folder."""
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    _run("hatchling", "build", "-t", "wheel", "-d", str(wheels))
    with TemporaryDirectory() as name:
        chosen = Path(name) / "requirements.txt"
        chosen.write_text(requirements(wanted((ROOT / LOCK).read_text(encoding="utf-8"))), encoding="utf-8")
        _run("pip", "wheel", "--quiet", "--require-hashes", "--no-deps", "-r", str(chosen), "-w", str(wheels))
    (folder / "requirements.txt").write_text(requirements_of_wheels(wheels), encoding="utf-8")
    (folder / "python-version").write_text(_python() + "\n", encoding="utf-8")
    for one in BESIDE:
        copy = shutil.copytree if (ROOT / one).is_dir() else shutil.copy
        copy(ROOT / one, folder / one)
    (folder / "deploy" / INSTALLER.name).unlink()
    shutil.copy(INSTALLER, folder)
    write_sums(folder)


def check(folder: Path) -> None:
    """Install the bundle into a fresh environment that can reach no index, and use it."""
    with TemporaryDirectory() as name:
        place = Path(name)
        nowhere = {"PIP_NO_INDEX": "1", "PIP_INDEX_URL": "http://127.0.0.1:9/", "PYTHON": sys.executable, "HOME": name}
        alone = {k: v for k, v in os.environ.items() if k in ("PATH", "LANG", "TMPDIR")} | nowhere
        command = [str(place / "venv" / "bin" / "risk-screen")]
        _do(["sh", str(folder / INSTALLER.name), str(place / "venv")], place, alone)
        _do([*command, "screen", "投10万一年返13万，保本保息"], place, alone)
        _do([str(place / "venv" / "bin" / "python"), "-c", IMPORTED], place, alone)
        listed = _do([*command, "--help"], place, alone)
        if "\n  doctor " in listed:
            _do([*command, "doctor"], place, alone)


def main() -> None:
    """Build, check, pack."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=ROOT / "dist")
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    name = f"risk_screen-{version}-offline-{_python().replace(' ', '-')}"
    folder: Path = parser.parse_args().output / name
    shutil.rmtree(folder, ignore_errors=True)
    build(folder)
    check(folder)
    packed = folder.with_suffix(folder.suffix + ".tar.gz")
    with tarfile.open(packed, "w:gz") as archive:
        archive.add(folder, name)
    size, count = packed.stat().st_size / 2**20, len(list((folder / "wheels").iterdir()))
    print(f"{packed}（{size:.0f} MB，{count} 个包）：已在没有网络来源的新环境里装好并试用。")


def _python() -> str:
    """The Python and the platform that the wheels are for."""
    return f"{platform.python_version_tuple()[0]}.{platform.python_version_tuple()[1]} {sysconfig.get_platform()}"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _run(module: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", module, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def _do(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
