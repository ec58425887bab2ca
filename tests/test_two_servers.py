"""Two servers over one PostgreSQL and one Milvus, behind HAProxy: what was begun at one goes on at the other, which is killed."""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from embeddings.storage.database_place import settle_database
from qa_app.accounts import Accounts, Role, accounts_place
from tests.browsing import NEEDS_BROWSER, Page, chromium
from tests.embeddings.helpers import write
from tests.milvus import NEEDS_MILVUS, MilvusLite
from tests.postgres import NEEDS_POSTGRES, Postgres
from tests.qa_app.accounts.fast import FAST, PASSWORD
from tests.qa_app.generation.scripted import Reply, Request, chat, scripted
from tests.serving import Served, free_port, serving

_QUESTION = "What rainwater system does Arkadag use?"
_FOLLOW_UP = "How much does the rainwater collection system save?"
_PROXY = Path(__file__).resolve().parents[1] / "deploy" / "haproxy.cfg"

pytestmark = [
    NEEDS_BROWSER,
    NEEDS_MILVUS,
    NEEDS_POSTGRES,
    pytest.mark.skipif(shutil.which("haproxy") is None, reason="apt-get install haproxy"),
    pytest.mark.skipif(os.environ.get("CI") == "true", reason="takes a minute; run it by hand"),
]


@contextmanager
def proxied(place: Path, one: Served, other: Served) -> Iterator[str]:
    """Run the proxy of deploy/haproxy.cfg before two servers; yield its address."""
    port, file = free_port(), place / "haproxy.cfg"
    text = _PROXY.read_text(encoding="utf-8").replace("bind :8080", f"bind 127.0.0.1:{port}")
    for name, server in (("one.internal:7860", one), ("two.internal:7860", other)):
        assert name in text
        text = text.replace(name, server.url.removeprefix("http://"))
    file.write_text(text, encoding="utf-8")
    until_ready(one.url)
    until_ready(other.url)
    process = subprocess.Popen(["haproxy", "-db", "-f", str(file)])
    try:
        until_ready(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def until_ready(url: str) -> None:
    """Wait until a server can answer questions."""
    deadline = time.monotonic() + 180
    while True:
        try:
            urlopen(f"{url}/ready", timeout=10).close()
            return
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.2)


def test_one_of_two_servers_is_killed_in_mid_answer(postgres: Postgres, tmp_path: Path) -> None:
    hold, milvus = threading.Event(), MilvusLite(tmp_path / "milvus")
    asked: list[Request] = []

    def answer(request: Request) -> Reply:
        asked.append(request)
        n = request.number("rainwater collection system")
        held = [hold] if len(asked) == 2 else []  # the second question is being answered when its server dies
        return chat("Arkadag uses ", *held, f"a rainwater collection system [{n}].")

    database = postgres.database().url
    settle_database(tmp_path / "one" / "index", database)
    with closing(Accounts(accounts_place(tmp_path / "one" / "index"), FAST)) as accounts:
        accounts.add("ann", Role.ADMIN, PASSWORD)
    try:
        with scripted(answer) as writer:
            options = ("--database", database, "--store", str(milvus.place()), "--writer", writer.url)
            with (
                serving(tmp_path / "one", *options) as one,
                serving(tmp_path / "two", str(one.folder), *options, given=False) as other,
                proxied(tmp_path, one, other) as url,
                chromium(1280, 900) as driver,
            ):
                driver.get(url)
                driver.find_element(By.ID, "name").send_keys("ann")
                driver.find_element(By.ID, "password").send_keys(PASSWORD, Keys.ENTER)
                page = Page(driver, url)
                page.ask(_QUESTION)
                assert "rainwater collection system" in page.text(".turn .words")
                write(one.folder, "pier.txt", "The new pier\n\nThe pier of Lund was opened by Ida Dahl in May 2024.\n")
                page.until(lambda: "3 articles" in page.text("#state"))

                page.type("#question", _FOLLOW_UP, Keys.ENTER)
                page.until(lambda: "writes …" in page.text(".turn:last-child .answer"))
                kept_at = (driver.get_cookie("server") or {})["value"]
                here, there = (one, other) if kept_at == "one" else (other, one)
                here.process.kill()
                hold.set()
                page.until(lambda: page.idle() and page.visible(".turn:last-child .again"))
                assert page.texts(".turn .question") == [_QUESTION, _FOLLOW_UP]
                page.click(".turn:last-child .again")
                page.until(lambda: len(asked) > 2 and page.idle())
                assert "rainwater collection system" in page.texts(".turn .words")[-1]
                assert (driver.get_cookie("server") or {})["value"] != kept_at
                assert "Ida Dahl" in page.ask("Who opened the pier of Lund?")
                assert there.process.poll() is None
    finally:
        hold.set()
        milvus.kill()
