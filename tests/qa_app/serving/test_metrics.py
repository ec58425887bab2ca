import io
import json
import logging
import re

import pytest
from starlette.middleware import Middleware

from qa_app.accounts import Role
from qa_app.serving.guards.metrics_route import MetricsRoute
from qa_app.serving.guards.request_log import HEADER, RequestLog
from qa_app.serving.guards.stack import guards
from qa_app.serving.logs import JsonLines
from qa_app.serving.metrics import Metrics
from tests.qa_app.accounts.fast import PASSWORD, fast_accounts
from tests.qa_app.serving.guards.echo import client


def counted(metrics: Metrics) -> dict[str, float]:
    lines = [line.rpartition(" ") for line in metrics.text().decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


def test_questions_are_counted_by_how_they_ended() -> None:
    metrics = Metrics()
    answered, stopped = metrics.answering("page", "who?"), metrics.answering("page", "who?")
    assert metrics.running == counted(metrics)["articles_answering"] == 2
    answered.ended("fact")
    for _ in range(2):
        answered.close()
        stopped.close()
    with pytest.raises(ZeroDivisionError):
        metrics.measured("API", 3, lambda: 1 // 0)  # type: ignore[arg-type, return-value]
    found = counted(metrics)
    assert found['articles_answers_total{by="page",kind="fact"}'] == 1
    assert found['articles_answers_total{by="page",kind="stopped"}'] == 1
    assert found['articles_answers_total{by="API",kind="failed"}'] == 1
    assert found['articles_answer_seconds_count{by="page"}'] == 2
    assert metrics.running == 0


def test_requests_are_counted_by_part_and_status_and_have_an_id() -> None:
    metrics = Metrics()
    asking = client([Middleware(RequestLog, count=metrics.request), *guards("127.0.0.1", None, lambda: 0)[2:4]])
    own = asking.get("/").headers[HEADER]
    assert re.fullmatch("[0-9a-f]{16}", own) and asking.get("/").headers[HEADER] != own
    assert asking.get("/", headers={HEADER: "proxy-7.a"}).headers[HEADER] == "proxy-7.a"
    assert asking.get("/", headers={HEADER: "a b\x1b"}).headers[HEADER] != "a b\x1b"
    assert asking.get("/gradio_api/call/ask/1", headers={"Origin": "http://evil.example"}).status_code == 403
    found = counted(metrics)
    assert found['articles_requests_total{part="page",status="200"}'] == 4
    assert found['articles_requests_total{part="API",status="403"}'] == 1


def test_the_log_is_json_and_has_questions_only_if_wanted() -> None:
    for with_questions in (False, True):
        lines = io.StringIO()
        handler = logging.StreamHandler(lines)
        handler.setFormatter(JsonLines(with_questions))
        log = logging.Logger("qa_app.test")
        log.addHandler(handler)
        log.info("answered\n%s", "\u202e", extra={"fields": {"kind": "fact", "question": "who is it?"}})
        try:
            raise ValueError("broken")
        except ValueError:
            log.exception("failed")
        first, second = lines.getvalue().splitlines()
        assert first.isascii()
        values = json.loads(first)
        assert values["message"] == "answered\n\u202e" and values["kind"] == "fact" and values["level"] == "info"
        assert values.get("question") == ("who is it?" if with_questions else None)
        assert "ValueError: broken" in json.loads(second)["exception"]


def test_only_admins_and_programs_with_a_token_read_the_counts() -> None:
    metrics, accounts = Metrics(), fast_accounts(None)
    accounts.add("ada", Role.ADMIN, PASSWORD)
    accounts.add("ed", Role.EDITOR, PASSWORD)
    asking = client(guards("0.0.0.0", accounts, lambda: 0, metrics=metrics))
    assert asking.get("/metrics").status_code == 401
    for name, status in (("ed", 403), ("ada", 200)):
        asking.post("/login", data={"name": name, "password": PASSWORD})
        assert asking.get("/metrics").status_code == status
        asking.cookies.clear()
    token = accounts.tokens.make(accounts.person("ed").id, Role.READER, "prometheus", None)
    read = asking.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert read.status_code == 200 and read.headers["content-type"].startswith("text/plain")
    assert b'articles_requests_total{part="account",status="303"} 2.0' in read.content


def test_on_this_machine_the_counts_need_no_account() -> None:
    answered = client([Middleware(MetricsRoute, counts=Metrics().text)]).get("/metrics")
    assert b"process_resident_memory_bytes" in answered.content and b"articles_answering 0.0" in answered.content
