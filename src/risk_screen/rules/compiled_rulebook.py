"""A rulebook ready to run: what the walk of a text needs of it, and nothing of how it was read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from risk_screen.rules.compiled_rule import CompiledRule, NotEvaluated
from risk_screen.rules.cues import CompiledVoices
from risk_screen.rules.gating import Gate
from risk_screen.rules.licences import CompiledLicences
from risk_screen.rules.masking import CompiledMasks
from risk_screen.rules.pattern_set import PatternSet
from risk_screen.text.evasion_reading import EvasionReader
from risk_screen.text.folding import Folding
from risk_screen.text.segmentation import Segmenter

if TYPE_CHECKING:
    from risk_screen.rules.rulebook import Rulebook


@dataclass(frozen=True, slots=True, eq=False)
class ChannelRules:
    """Rules of one channel.

    Attributes
    ----------
    rules : tuple of CompiledRule
    gate : Gate
        Tells which of them could match.
    literals : frozenset of int
        Every literal a rule reads.
    not_evaluated_without : mapping of frozenset to tuple of NotEvaluated
        Fields given → rules none of whose fields is given.
    """

    rules: tuple[CompiledRule, ...]
    gate: Gate
    patterns: PatternSet
    literals: frozenset[int]
    not_evaluated_without: Mapping[frozenset[str], tuple[NotEvaluated, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class CompiledRulebook:
    """A rulebook ready to run; immutable, shared by threads.

    Attributes
    ----------
    source : callable
        Returns the rulebook as read.
    version : str
        Version and fingerprint of the rulebook.
    automaton : CharwiseDoubleArrayAhoCorasick
        Finds every literal of rules, masks and contexts in one pass.
    evasions : EvasionReader or None
        Reads evasive spellings; None when the rulebook has no evasions.yaml.
    """

    source: Callable[[], "Rulebook"]
    version: str
    folding: Folding
    segmenter: Segmenter
    automaton: Any
    evasions: EvasionReader | None
    masks: CompiledMasks
    voices: CompiledVoices
    licences: CompiledLicences
    channels: Mapping[str, ChannelRules]

    @property
    def rulebook(self) -> "Rulebook":
        """The rulebook as read."""
        return self.source()
