"""The walk of one text, from submission to assessment. Start reading here."""

from collections.abc import Iterable, Iterator, Mapping

from risk_screen.classifier.scoring import Classifier
from risk_screen.rules.compiled_rulebook import CompiledRulebook
from risk_screen.rules.context import weigh_in_context
from risk_screen.rules.matching import find_matches
from risk_screen.rules.reading import Field, read_field
from risk_screen.screening.assessment import Assessment, Versions
from risk_screen.screening.deciding import decide
from risk_screen.screening.policy import Policy
from risk_screen.screening.submission import Submission


class Screener:
    """Screens submissions with one rulebook, one policy and one classifier per channel; holds no state besides them.

    Parameters
    ----------
    book : CompiledRulebook
    policy : Policy
    classifiers : mapping of str to Classifier
        Channel → classifier.
    program : str
        Version of this program, recorded in every assessment.
    """

    def __init__(
        self, book: CompiledRulebook, policy: Policy, classifiers: Mapping[str, Classifier], *, program: str
    ) -> None:
        self.book = book
        self.policy = policy
        self.classifiers = classifiers
        self.program = program
        self._versions = {
            channel: Versions(book.version, classifier.version, policy.version, program)
            for channel, classifier in classifiers.items()
        }

    def screen(self, channel: str, *, facts: Mapping[str, object] | None = None, **fields: str | None) -> Assessment:
        """Screen one text.

        Parameters
        ----------
        channel : str
            ``registration`` (fields ``name``, ``business_scope``) or ``marketing`` (field ``text``).
        facts : mapping, optional
            Structured facts that rules may ask for.
        **fields : str
            The texts, at most 100,000 characters each; at least one must not be blank.

        Returns
        -------
        Assessment
            Without ``id`` and ``created_at``; equal for equal input and versions.

        Raises
        ------
        SubmissionError
            When there is nothing to screen, or something that cannot be.
        """
        return self.assess(Submission.of(channel, fields, facts))

    def screen_many(self, rows: Iterable[Mapping[str, str | None]], *, channel: str) -> Iterator[Assessment]:
        """Screen rows of fields one after the other; the first one that cannot be screened raises."""
        for row in rows:
            yield self.assess(Submission.of(channel, row))

    def assess(self, submission: Submission) -> Assessment:
        """Walk one checked submission through all stages."""
        channel = submission.channel
        fields = self.read(submission)
        findings = find_matches(fields, self.book, channel, submission.facts)
        evidence = weigh_in_context(findings, fields, self.book)
        opinion = self.classifiers[channel].opinion(fields)
        return decide(
            fields, findings, evidence, opinion, policy=self.policy.channels[channel], versions=self._versions[channel]
        )

    def read(self, submission: Submission) -> tuple[Field, ...]:
        """Fold every field, mask its disclaimers, find its promises and identifiers."""
        return tuple(read_field(name, text, self.book, submission.channel) for name, text in submission.fields)
