"""Every kind of event there is: what may be published, what an endpoint of pushes may ask for."""

from enum import StrEnum
from typing import Final


class EventKind(StrEnum):
    """What happened to what: ``subject.verb`` in the past. docs/api.md says when, and what the payload holds."""

    SCREENING_STORED = "screening.stored"
    LABEL_GIVEN = "label.given"
    LABEL_WITHDRAWN = "label.withdrawn"
    CONSULTATION_OPENED = "consultation.opened"
    CONSULTATION_ANSWERED = "consultation.answered"
    CONSULTATION_OVERDUE = "consultation.overdue"
    CONSULTATION_SUPERSEDED = "consultation.superseded"
    CONSULTATION_CLOSED = "consultation.closed"
    CONSULTATION_ANSWER_PROPOSED = "consultation.answer_proposed"
    CONSULTATION_ANSWER_RETURNED = "consultation.answer_returned"
    REGISTRATION_REPORTED = "registration.reported"
    HOLD_DRAFTED = "registration_hold.drafted"
    HOLD_DISCARDED = "registration_hold.discarded"
    HOLD_SIGNED = "registration_hold.signed"
    HOLD_LIFTED = "registration_hold.lifted"
    ENTERPRISE_ADDED = "enterprise.added"
    ENTERPRISE_RENAMED = "enterprise.renamed"
    RELEASE_MADE = "release.made"
    WEBHOOK_ADDED = "webhook.added"
    WEBHOOK_CHANGED = "webhook.changed"
    WEBHOOK_REMOVED = "webhook.removed"
    WEBHOOK_FAILING = "webhook.failing"
    WEBHOOK_RECOVERED = "webhook.recovered"
    WEBHOOK_GIVEN_UP = "webhook.given_up"
    WEBHOOK_DISABLED = "webhook.disabled"


NEVER_PUSHED: Final = "webhook."
"""Begins the kinds that tell of pushes themselves."""
EVERY_KIND: Final = "*"
PUSHED: Final = tuple(kind for kind in EventKind if not kind.startswith(NEVER_PUSHED))
GROUPS: Final = tuple(dict.fromkeys(f"{kind.partition('.')[0]}.*" for kind in PUSHED))
SUBSCRIBABLE: Final = (EVERY_KIND, *GROUPS, *PUSHED)
"""What an endpoint may ask for: everything, all of a subject, or one kind."""
