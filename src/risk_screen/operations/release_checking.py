"""Load the files of a release as the service would, run the rules' own examples, and say what changes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import orjson

from risk_screen.casework.terms import ConsultationTerms
from risk_screen.classifier.loading import ModelError, load_classifier
from risk_screen.errors import RiskScreenError
from risk_screen.operations.release_archive import MODELS, RULES, Files, unpack
from risk_screen.rules.checking import run_examples
from risk_screen.rules.compiling import compile_rulebook
from risk_screen.rules.errors import RulebookError
from risk_screen.rules.loading import load_rulebook
from risk_screen.rules.rulebook import Rulebook
from risk_screen.screening.policy import Policy
from risk_screen.screening.screener import Screener
from risk_screen.screening.submission import CHANNELS

MOST_TOLD: Final = 100
POLICY_FILE: Final = f"{RULES}/policy.yaml"


class ReleaseUnfitError(RiskScreenError):
    """Files that the service could not run, or whose rules do not do what their own examples say."""

    code = "release_unfit"


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the files of a release make, or what is in service.

    Attributes
    ----------
    rulebook : Rulebook
    models : mapping of str to str
        Channel → version.
    """

    rulebook: Rulebook
    models: Mapping[str, str]

    @classmethod
    def in_service(cls, screener: Screener) -> "Candidate":
        """Tell what a screener is made of."""
        return cls(screener.book.rulebook, {channel: one.version for channel, one in screener.classifiers.items()})

    @property
    def versions(self) -> str:
        """All versions as JSON, the same for the same versions."""
        plain = {"rulebook": self.rulebook.label, "policy": self.policy, "models": dict(self.models)}
        return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS).decode()

    @property
    def policy(self) -> str:
        """The version of the policy."""
        return str(self.rulebook.policy.version)


def checked(files: Files) -> Candidate:
    """Load the files of a release and everything the service makes of them; run the examples.

    Raises
    ------
    ReleaseUnfitError
        With every error of the rulebook by file, line and column, or every example that does not come out.
    """
    with TemporaryDirectory(prefix="risk-screen-release-") as name:
        folder = Path(name)
        unpack(files, folder)
        try:
            rulebook = load_rulebook(folder / RULES)
            compile_rulebook(rulebook)
            Policy.from_file(rulebook.policy)
            ConsultationTerms.from_rulebook(rulebook)
            models = {one: load_classifier(folder / MODELS / one, one).version for one in CHANNELS}
        except RulebookError as error:
            raise ReleaseUnfitError(_first_lines(error.detail.splitlines())) from error
        except ModelError as error:
            raise ReleaseUnfitError(error.detail) from error
    _run_examples(rulebook)
    return Candidate(rulebook, models)


def changed_parts(new: Files, old: Files | None) -> frozenset[str]:
    """Tell what differs: ``rule``, ``policy``, ``model``; everything where there is nothing to compare with."""
    if old is None:
        return frozenset({"rule", "policy", "model"})
    return frozenset(_part_of(name) for name in changed_files(new, old))


def changed_files(new: Files, old: Files) -> list[str]:
    """Name the files that are not the same in both."""
    return sorted(name for name in {*new, *old} if new.get(name) != old.get(name))


def changes_between(new: Candidate, old: Candidate) -> dict[str, Any]:
    """Say what a release changes, for who decides on it: rules by id, versions of policy, rulebook and models."""
    return {
        "rulebook": {"old": old.rulebook.label, "new": new.rulebook.label},
        "policy": {"old": old.policy, "new": new.policy},
        "models": [
            {"channel": one, "old": old.models.get(one), "new": version} for one, version in sorted(new.models.items())
        ],
        "rules": list(_changed_rules(new.rulebook, old.rulebook)),
    }


def _changed_rules(new: Rulebook, old: Rulebook) -> Iterator[dict[str, Any]]:
    after, before = ({rule.id: rule for rule in book.rules} for book in (new, old))
    for rule_id in sorted({*after, *before}):
        now, then = after.get(rule_id), before.get(rule_id)
        if now != then:
            shown = now or then
            assert shown is not None
            yield {
                "id": rule_id,
                "title": shown.title,
                "change": "added" if then is None else "removed" if now is None else "changed",
                "old": None if then is None else str(then.version),
                "new": None if now is None else str(now.version),
            }


def _part_of(name: str) -> str:
    if name == POLICY_FILE:
        return "policy"
    return "rule" if name.startswith(f"{RULES}/") else "model"


def _run_examples(rulebook: Rulebook) -> None:
    failed = [one for one in run_examples(rulebook) if not one.passed]
    if failed:
        told = [f"{one.rule_id} 的第 {one.number} 个 {one.kind} 例子：{one.message}" for one in failed]
        raise ReleaseUnfitError(_first_lines([f"规则自带的例子有 {len(failed)} 个不符，改正后重新提出：", *told]))


def _first_lines(lines: list[str]) -> str:
    left = len(lines) - MOST_TOLD
    return "\n".join(lines[:MOST_TOLD]) + (f"\n……另有 {left} 处。" if left > 0 else "")
