"""``risk-screen screen``: what people read, what programs read, and every way a text can come in."""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import Cli
from rich.console import Console

from builders import COMPANY, FLYER, assessment, company_assessment, flyer_assessment, reason
from golden_files import check_golden
from risk_screen.cli.rendering import highlighted, printable, show
from risk_screen.cli.text_input import MOST_BYTES

REGISTRATION = ("--channel", "registration", "--name", COMPANY["name"], "--scope", COMPANY["business_scope"])
Process = Callable[..., "subprocess.Popen[bytes]"]


def test_a_flyer_is_shown_as_agreed(cli: Cli) -> None:
    outcome = cli("screen", FLYER)
    assert (outcome.code, outcome.err) == (0, "")
    check_golden("cli/screen_flyer.txt", outcome.out)


def test_a_registration_is_shown_as_agreed(cli: Cli) -> None:
    outcome = cli("screen", *REGISTRATION)
    assert (outcome.code, outcome.err) == (0, "")
    check_golden("cli/screen_registration.txt", outcome.out)


def test_the_parts_shown_add_up_to_the_total_shown(cli: Cli) -> None:
    flyer = flyer_assessment()
    parts = [flyer.prior_decibans, *(r.decibans for r in flyer.reasons), flyer.model.decibans]
    shown = cli("screen", FLYER).out
    assert all(f"{part:+.1f}" in shown for part in (*parts, flyer.total_decibans))
    assert round(sum(parts), 1) == flyer.total_decibans


def test_json_is_the_canonical_json(cli: Cli) -> None:
    assert cli("screen", FLYER, "--json").out.encode() == flyer_assessment().to_json() + b"\n"
    assert cli("screen", *REGISTRATION, "--json").out.encode() == company_assessment().to_json() + b"\n"


def test_a_terminal_shows_the_words_that_count_in_colour() -> None:
    shown = highlighted(flyer_assessment(), "text", FLYER)
    marked = {shown.plain[span.start : span.end] for span in shown.spans if "reverse" in str(span.style)}
    assert {"保", "存5万元，优先预订养老床位"} <= marked
    output = io.StringIO()
    show(flyer_assessment(), {"text": FLYER}, Console(file=output, force_terminal=True, color_system="truecolor"))
    assert "\x1b[1;7;" in output.getvalue()


@pytest.mark.parametrize("lines", ["甲\r\n保本", "\x1b[2J\x07保本", "\u202e甲\x00\x08保本"])
def test_marks_stand_where_the_words_are_and_a_text_cannot_command_the_terminal(lines: str) -> None:
    at = lines.index("保本")
    found = assessment([reason(spans=((at, at + 2),))])
    shown = highlighted(found, "text", lines)
    assert [shown.plain[span.start : span.end] for span in shown.spans] == ["保本"]
    assert shown.plain == printable(lines)
    assert not any(ord(character) < 32 and character != "\n" for character in shown.plain)


def test_quotes_in_the_table_cannot_command_the_terminal_either() -> None:
    output = io.StringIO()
    found = replace(flyer_assessment(), reasons=(reason(quote="保\x1b[31m本"),))
    show(found, {"text": FLYER}, Console(file=output))
    assert "\x1b" not in output.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_a_file_is_read_in_the_encodings_people_have(cli: Cli, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "flyer.txt"
    path.write_bytes(FLYER.encode(encoding))
    assert cli("screen", "--file", path).out == cli("screen", FLYER).out


def test_a_text_comes_through_a_pipe(process: Process) -> None:
    running = process("screen", "-", "--json", stdin=subprocess.PIPE)
    out, err = running.communicate("保本保息".encode())
    assert (running.returncode, err) == (0, b"")
    assert json.loads(out)["level"] == "high"


def test_a_reader_that_leaves_early_is_no_failure(process: Process) -> None:
    for arguments in (("screen", "甲" * 40_000), ("screen", "甲", "--json"), ("--help",)):
        running = process(*arguments)
        running.stdout.close()  # type: ignore[union-attr]
        assert running.stderr.read() == b""  # type: ignore[union-attr]
        assert running.wait() == 0


def test_output_that_cannot_be_written_is_told(process: Process) -> None:
    with open("/dev/full", "wb") as full:
        running = process("screen", "甲", "--json", stdout=full)
        assert "磁盘已满" in running.stderr.read().decode()  # type: ignore[union-attr]
        assert running.wait() == 2


def test_a_terminal_of_another_encoding_shows_what_it_can(tmp_path: Path) -> None:
    script = Path(__file__).parent / "canned_risk_screen.py"
    done = subprocess.run(
        [sys.executable, str(script), "screen", "保本💰"],
        capture_output=True,
        check=False,
        env={"PYTHONPATH": str(script.parents[1]), "PYTHONIOENCODING": "gbk"},
        cwd=tmp_path,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert "红色" in done.stdout.decode("gbk")


def test_an_argument_that_is_no_unicode_is_screened(process: Process) -> None:
    running = process("screen", b"\xb1\xa3\xb1\xbe".decode("utf-8", "surrogateescape"))
    out, err = running.communicate()
    assert (running.returncode, err) == (0, b"")
    assert "红色" in out.decode()


LONG = "x" * (MOST_BYTES + 1)
REFUSED = [
    ("nothing", ["screen"], "text_blank"),
    ("blank", ["screen", "  "], "text_blank"),
    ("no company", ["screen", "--channel", "registration"], "text_blank"),
    ("unknown channel", ["screen", "--channel", "广告", "甲"], "unknown_channel"),
    ("text for a company", ["screen", "--channel", "registration", "甲"], "wrong_field"),
    ("name for a flyer", ["screen", "甲", "--name", "乙"], "wrong_field"),
    ("too long", ["screen", "甲" * 100_001], "text_too_long"),
    ("text and file", ["screen", "甲", "--file", "x.txt"], "option_invalid"),
    ("missing file", ["screen", "--file", "missing.txt"], "input_unreadable"),
    ("folder", ["screen", "--file", "."], "input_unreadable"),
    ("binary", ["screen", "--file", "photo.jpg"], "input_unreadable"),
    ("endless", ["screen", "--file", "/dev/zero"], "input_unreadable"),
    ("large", ["screen", "--file", "large.txt"], "input_unreadable"),
    ("unknown option", ["screen", "--chanel", "marketing", "甲"], "option_invalid"),
    ("option without value", ["screen", "--channel"], "option_invalid"),
    ("flag with a value", ["screen", "--json=1", "甲"], "option_invalid"),
    ("two texts", ["screen", "甲", "张三的秘密"], "option_invalid"),
    ("unknown command", ["scren", "甲"], "option_invalid"),
]


def test_refusals_read_as_agreed_and_do_not_repeat_the_text(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF")
    (tmp_path / "large.txt").write_text(LONG, encoding="utf-8")
    read = []
    for title, arguments, code in REFUSED:
        outcome = cli(*arguments)
        assert (outcome.code, outcome.out) == (2, ""), title
        assert outcome.err.startswith(f"错误 [{code}] "), title
        assert "张三" not in outcome.err
        shown = " ".join(a if len(a) < 30 else a[:3] + "…" for a in arguments)
        read.append(f"$ risk-screen {shown}\n{outcome.err}")
    check_golden("cli/refusals_screen.txt", "\n".join(read))


def test_a_fault_of_the_program_is_one_line_without_the_text(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: object, __: object) -> None:
        raise ValueError("张三的秘密")

    monkeypatch.setattr("canned_risk_screen.Canned.assess", fails)
    outcome = cli("screen", "甲")
    assert (outcome.code, outcome.out) == (70, "")
    check_golden("cli/fault.txt", outcome.err)
    monkeypatch.setenv("RISK_SCREEN_DEBUG", "1")
    from risk_screen.cli import main

    with pytest.raises(ValueError, match="张三"):
        main.run()
