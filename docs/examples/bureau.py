"""How the approval bureau's system uses risk_screen; nothing but Python 3.11 is needed.

RISK_SCREEN_URL=http://127.0.0.1:8000 RISK_SCREEN_KEY=rs_… python bureau.py screen DJ-1 淄博晨星投资有限公司 投资咨询
"""

import json
import os
import random
import sys
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

URL = os.environ.get("RISK_SCREEN_URL", "http://127.0.0.1:8000")
WORTH_RETRYING = {429, 500, 502, 503, 504}
ATTEMPTS = 5
TIMEOUT_SECONDS = 40  # longer than the longest wait of GET /v1/events
NEXT_STEP = {
    "proceed": "照常办理登记",
    "consult": "等专班答复，再由经办人决定",
    "advise_against": "建议申请人换用别的字样；由经办人决定",
}
STRAIGHT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never through a proxy


@dataclass
class Answer:
    """What came back; ``content`` is None for 304."""

    status: int
    headers: dict[str, str]
    content: dict | None


class RefusedError(Exception):
    """The service said no: ``code`` is for programs, the message for people."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(f"{status} {code}：{detail}")
        self.status, self.code = status, code


def ask(path: str, sent: dict | None = None, headers: dict[str, str] | None = None) -> Answer:
    """One request, tried again while that can help; a POST carries the same Idempotency-Key every time."""
    given = {"Authorization": f"Bearer {os.environ['RISK_SCREEN_KEY']}", **(headers or {})}
    body = None
    if sent is not None:
        given |= {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
        body = json.dumps(sent, ensure_ascii=False).encode()
    for attempt in range(1, ATTEMPTS + 1):
        wait = min(2.0**attempt, 30) * random.uniform(0.5, 1)
        try:
            with STRAIGHT.open(urllib.request.Request(URL + path, body, given), timeout=TIMEOUT_SECONDS) as answer:
                return Answer(answer.status, dict(answer.headers.items()), json.load(answer))
        except urllib.error.HTTPError as error:
            if error.code == 304:
                return Answer(304, dict(error.headers.items()), None)
            if error.code not in WORTH_RETRYING or attempt == ATTEMPTS:
                raise refusal(error) from None
            wait = float(error.headers.get("Retry-After") or wait)
        except (OSError, HTTPException):  # not reached, cut off, or no answer in time
            if attempt == ATTEMPTS:
                raise
        time.sleep(wait)
    raise AssertionError("the last attempt returns or raises")


def refusal(error: urllib.error.HTTPError) -> RefusedError:
    """Read the problem; what stands in between (a proxy) may have answered something else."""
    try:
        problem = json.load(error)
        return RefusedError(error.code, problem["code"], problem["detail"])
    except (ValueError, KeyError, TypeError):
        return RefusedError(error.code, "unknown", "应答不是 risk-screen 的")


def screen(external_id: str, name: str, business_scope: str) -> None:
    """Before the name is registered: ask, keep the id, and show the clerk what to do."""
    sent = {"channel": "registration", "external_id": external_id, "name": name, "business_scope": business_scope}
    answer = ask("/v1/screenings", sent)
    found = answer.content
    link = next((value for name, value in answer.headers.items() if name.lower() == "link"), "")
    consultation = link.partition(">")[0].rpartition("/")[2] or "-"
    print(found["route"], found["id"], consultation)
    print(NEXT_STEP.get(found["route"], "不认识的去向：转人工"))
    for reason in found["reasons"]:
        print(" ", reason["title"], *(reason_quote(reason, sent)))


def reason_quote(reason: dict, sent: dict) -> list[str]:
    """The words in what was sent: spans count code points, as Python does."""
    text = sent.get(reason["field"], "")
    return [text[start:end] for start, end in reason["spans"]]


def advice(assessment_id: str) -> None:
    """What the desk can say to the applicant."""
    told = ask(f"/v1/screenings/{assessment_id}/advice").content
    for sentence in told["sentences"]:
        print(sentence["sentence"])
    print(told["summary"])


def consultation(consultation_id: str, seconds_between: str = "60") -> None:
    """Poll until the consultation no longer waits; the ETag makes it cheap."""
    tag: dict[str, str] = {}
    while True:
        answer = ask(f"/v1/consultations/{consultation_id}", headers=tag)
        if answer.content is not None:
            found = answer.content
            tag = {"If-None-Match": next(value for name, value in answer.headers.items() if name.lower() == "etag")}
            if found["state"] not in {"open", "overdue"}:
                break
        time.sleep(float(seconds_between))
    print(found["state"], found["answer"] or "-", found["successor_id"] or "-")
    for given in found["answers"]:
        print(" ", given["answer"], given["reasons"], given["conditions"])


def outcome(assessment_id: str, became: str, credit_code: str = "") -> None:
    """Report what became of the registration."""
    sent = {"outcome": became} | ({"credit_code": credit_code} if credit_code else {})
    answer = ask(f"/v1/screenings/{assessment_id}/outcome", sent)
    print(answer.status, answer.content["outcome"])


def label(assessment_id: str, verdict: str, comment: str) -> None:
    """Say that the result is wrong: false_alarm, missed_risk or wrong_reason."""
    print(ask(f"/v1/screenings/{assessment_id}/labels", {"verdict": verdict, "comment": comment}).content["state"])


def events(file: str, wait: str = "30") -> None:
    """Read everything that happened since last time; ends when there is no news for ``wait`` seconds."""
    kept = Path(file)
    after = kept.read_text(encoding="ascii") if kept.exists() else ""
    while True:
        try:
            found = ask(f"/v1/events?limit=200&wait={wait}" + (f"&after={after}" if after else "")).content
        except RefusedError as error:
            if error.code not in {"cursor_unknown", "cursor_expired"}:
                raise
            print(error, file=sys.stderr)  # tell somebody: a backup was restored, or we were away for months
            after = ""
            continue
        for event in found["items"]:
            print(event["cursor"], event["kind"], event["subject_id"], flush=True)  # your own work stands here
        after = str(found["next"])
        fresh = kept.with_name(kept.name + ".new")
        fresh.write_text(after, encoding="ascii")
        fresh.replace(kept)  # only after the work, and never half written
        if not found["items"]:
            return


if __name__ == "__main__":
    COMMANDS = {one.__name__: one for one in (screen, advice, consultation, outcome, label, events)}
    try:
        COMMANDS[sys.argv[1]](*sys.argv[2:])
    except RefusedError as error:
        sys.exit(str(error))
