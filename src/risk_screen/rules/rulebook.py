"""The rulebook as read: every rule, lexicon, law, context, mask and the policy, with one fingerprint over all of it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from risk_screen.rules.consultation_file import ConsultationFile
from risk_screen.rules.reference import ContextsFile, EvasionsFile, Law, Lexicon, LicensedFile, MasksFile
from risk_screen.rules.schema import PolicyFile, Rule
from risk_screen.text.folding import Folding

ALWAYS_CONSULT: Final = "always_consult"
"""Name of the lexicon that policy.yaml provides."""
AFTERWARDS: Final = frozenset({"consultation.yaml"})
"""Files on what follows an assessment: they change none, so they are part of no version."""


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything a rulebook folder says, checked.

    Attributes
    ----------
    title, version : str
        From rulebook.yaml.
    as_of : date
        Rules and laws are read as of this day.
    rules : tuple of Rule
        Of every status, sorted by id.
    licensed_names : frozenset of str or None
        Names of licensed institutions, folded; None when no list is loaded.
    folding : Folding
        Built from the tables in folding/.
    sha256 : str
        Fingerprint of the content; comments and the order of keys do not change it.
    """

    title: str
    version: str
    as_of: date
    rules: tuple[Rule, ...]
    lexicons: Mapping[str, Lexicon]
    laws: Mapping[str, Law]
    contexts: ContextsFile
    masks: MasksFile
    licensed: LicensedFile
    policy: PolicyFile
    evasions: EvasionsFile | None
    consultation: ConsultationFile | None
    licensed_names: frozenset[str] | None
    folding: Folding
    sha256: str

    @property
    def label(self) -> str:
        """Version as shown in an assessment: the version and the beginning of the fingerprint."""
        return f"{self.version}+{self.sha256[:12]}"

    def rule(self, rule_id: str) -> Rule:
        """Return the rule with this id.

        Raises
        ------
        KeyError
            When there is none.
        """
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)


def fingerprint(content: Any) -> str:
    """SHA-256 of plain data in canonical JSON."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
