"""The lock: what each rule and word list said when its version was given, so that no change of behaviour slips in."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from risk_screen.rules.errors import Problem
from risk_screen.rules.marked_yaml import Document
from risk_screen.rules.rulebook import AFTERWARDS, fingerprint

LOCK_FILE: Final = "rulebook.lock"
_HEADER: Final = "# 由 risk-screen rules lint --write-lock 生成，不要手改：文件 版本 内容指纹\n"
# What may change without changing an answer.
_DESCRIPTIVE: Final = frozenset(
    (
        *("version", "title", "examples", "blind_spots", "check_on_site", "question", "to_applicant"),
        *("source", "scheme", "basis", "why", "kind"),
    )
)
_UNLOCKED: Final = AFTERWARDS | {"rulebook.yaml", "laws.yaml"}

Entry = tuple[int, str]


def entries(documents: Mapping[str, Document]) -> dict[str, Entry]:
    """File to (version, fingerprint of what decides) for every versioned file that is not a draft."""
    return {
        file: (_version(document), fingerprint(_deciding(document.content)))
        for file, document in sorted(documents.items())
        if file not in _UNLOCKED and document.content.get("status") != "draft"
    }


def write(locked: Mapping[str, Entry]) -> str:
    """Return the content of the lock file."""
    return _HEADER + "".join(f"{file} {version} {digest}\n" for file, (version, digest) in sorted(locked.items()))


def compare(documents: Mapping[str, Document], lock: str | None) -> Iterator[Problem]:
    """Yield every file whose content changed without a new version, and every difference from the lock."""
    now, then = entries(documents), _read(lock or "")
    for file, (version, digest) in now.items():
        if file not in then:
            yield documents[file].problem((), "RB081", f"{LOCK_FILE} 里没有这个文件，请运行 rules lint --write-lock")
            continue
        locked_version, locked_digest = then[file]
        if digest != locked_digest and version <= locked_version:
            yield documents[file].problem(
                ("version",),
                "RB080",
                f"内容变了而 version 仍是 {version}：请改成 {locked_version + 1}，再运行 rules lint --write-lock",
            )
        elif (version, digest) != then[file]:
            yield documents[file].problem(
                ("version",), "RB081", f"{LOCK_FILE} 里是版本 {locked_version}，请运行 rules lint --write-lock"
            )
    for file in then.keys() - now.keys():
        yield Problem(file, 0, 0, "RB081", f"{LOCK_FILE} 里有这个文件而规则库里没有，请运行 rules lint --write-lock")


def _read(lock: str) -> dict[str, Entry]:
    rows = [line.split() for line in lock.splitlines() if line and not line.startswith("#")]
    return {row[0]: (int(row[1]), row[2]) for row in rows if len(row) == 3 and row[1].isdigit()}


def _version(document: Document) -> int:
    version = document.content.get("version")
    return version if isinstance(version, int) else 0


def _deciding(content: Any) -> Any:
    if isinstance(content, dict):
        return {key: _deciding(value) for key, value in content.items() if key not in _DESCRIPTIVE}
    if isinstance(content, list):
        return [_deciding(value) for value in content]
    return content
