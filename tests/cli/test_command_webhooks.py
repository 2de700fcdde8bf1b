"""``risk-screen webhooks``: from an empty list to a push that arrives, on the server itself."""

import re

import pytest
from command_line import Cli

from receivers import HOST, answering, local_sender, receiving


def test_an_administrator_sets_up_a_push_and_tests_it(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    from risk_screen import wiring

    monkeypatch.setattr(wiring, "webhook_sender", lambda _: local_sender())
    with receiving(answering(204, 500)) as receiver:
        assert cli("webhooks", "allow", HOST, "--port", receiver.port, "--http").code == 0
        added = cli(
            "webhooks", "add", receiver.url(), "--party", "审批局", "--kinds", "consultation.*,registration_hold.signed"
        )
        assert "whsec_" in added.out
        found = re.search(r"推送端点 (\S+)", added.out)
        assert found is not None
        assert "whsec_" in cli("webhooks", "new-secret", found[1]).out
        pinged = cli("webhooks", "ping", found[1])
        assert (pinged.code, pinged.out.startswith("已送达（2xx），状态 204")) == (0, True)
        assert len(receiver.received[0].headers["webhook-signature"].split(" ")) == 2
        failed = cli("webhooks", "ping", found[1])
        assert (failed.code, "接收方出错（5xx），状态 500" in failed.out) == (1, True)
    listed = cli("webhooks", "list").out
    assert f"允许 http://{HOST}:{receiver.port}" in listed
    assert "单位 审批局  consultation.* registration_hold.signed" in listed
    assert "待推 0，死信 0" in listed
    assert "whsec_" not in listed
    assert cli("webhooks", "resend", found[1]).out == "已排队重推 0 个事件。\n"
    assert cli("webhooks", "resend", found[1], "--after", "0").out == "已排队重推 0 个事件。\n"
    assert cli("webhooks", "resend", found[1], "--after", "0", "--event", "1").code == 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("allow", "127.0.0.1"), "destination_invalid"),
        (("add", "https://nowhere.example.cn/", "--party", "审批局", "--kinds", "*"), "destination_refused"),
        (("add", "https://nowhere.example.cn/", "--party", "审批局", "--kinds", "x"), "webhook_invalid"),
        (("add", "https://nowhere.example.cn/", "--party", "审批局", "--kinds", "hold.signed"), "webhook_invalid"),
        (("ping", "nothing"), "webhook_not_found"),
        (("resend", "nothing", "--event", "1"), "webhook_not_found"),
    ],
)
def test_what_cannot_be_is_told_in_a_line(cli: Cli, arguments: tuple[str, ...], code: str) -> None:
    outcome = cli("webhooks", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(f"错误 [{code}]")
