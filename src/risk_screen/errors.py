"""The one family of errors: a stable code for programs, a Chinese sentence for people, never a citizen's text."""


class RiskScreenError(Exception):
    """Base of every error a user can meet.

    Attributes
    ----------
    code : str
        Stable identifier, e.g. ``text_blank``; named in docs/errors.md.
    detail : str
        Chinese sentence that says what is wrong and what to do.
    retry_after_seconds : int or None
        When trying again may help, where that is known.
    """

    code = "internal"
    retry_after_seconds: int | None = None

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail
