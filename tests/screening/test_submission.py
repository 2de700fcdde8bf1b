"""What may be screened, and what is told to somebody who sends something else."""

import pytest

from risk_screen.screening.submission import (
    MAX_CHARACTERS,
    BlankSubmissionError,
    Submission,
    SubmissionError,
    TooLongError,
    UnknownChannelError,
    WrongFieldError,
)

BAD = [
    ("unknown channel", "flyer", {"text": "内容"}, UnknownChannelError, "registration"),
    ("channel of a wrong type", 7, {"text": "内容"}, UnknownChannelError, "marketing"),
    ("nothing", "marketing", {}, BlankSubmissionError, "宣传文本"),
    ("blank", "marketing", {"text": " \n\u3000"}, BlankSubmissionError, "不能为空"),
    ("both fields blank", "registration", {"name": "", "business_scope": " "}, BlankSubmissionError, "经营范围"),
    ("field of the other channel", "marketing", {"name": "某公司"}, WrongFieldError, "text"),
    ("no text", "marketing", {"text": 12}, WrongFieldError, "文本"),
    ("too long", "marketing", {"text": "钱" * (MAX_CHARACTERS + 1)}, TooLongError, "100,000"),
]


@pytest.mark.parametrize(("channel", "fields", "error", "said"), [b[1:] for b in BAD], ids=[b[0] for b in BAD])
def test_what_cannot_be_screened_is_refused_with_what_to_do(
    channel: object, fields: dict[str, object], error: type[SubmissionError], said: str
) -> None:
    with pytest.raises(error) as caught:
        Submission.of(channel, fields)
    assert said in caught.value.detail
    assert caught.value.detail.endswith("。")


def test_the_message_never_repeats_the_text() -> None:
    with pytest.raises(WrongFieldError) as caught:
        Submission.of("marketing", {"text": "内容", "张三欠我钱": "x"})
    assert "张三" not in caught.value.detail


def test_the_longest_text_is_accepted() -> None:
    assert Submission.of("marketing", {"text": "钱" * MAX_CHARACTERS}).fields[0][0] == "text"


def test_a_blank_field_beside_a_filled_one_is_left_out() -> None:
    submission = Submission.of("registration", {"name": "某公司", "business_scope": " "})
    assert submission.fields == (("name", "某公司"),)


def test_half_characters_are_replaced_without_moving_the_others() -> None:
    (field,) = Submission.of("marketing", {"text": "保\ud83d本"}).fields
    assert field == ("text", "保\ufffd本")
