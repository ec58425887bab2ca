"""`python -m qa_app users`, as it is typed."""

import io
from pathlib import Path

import pytest

from qa_app.__main__ import main
from qa_app.accounts import accounts_file
from qa_app.commands import users
from tests.qa_app.accounts.fast import PASSWORD, fast_accounts


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(users, "Accounts", fast_accounts)


def _run(monkeypatch: pytest.MonkeyPatch, index: Path, *arguments: str, typed: str = "") -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    return main(["users", *arguments, "--index", str(index)])


def test_accounts_are_made_listed_changed_and_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, tmp_path, "add", "ada", "--role", "admin", typed=f"{PASSWORD}\n") == 0
    assert _run(monkeypatch, tmp_path, "add", "bob", typed=f"{PASSWORD}\n") == 0
    assert _run(monkeypatch, tmp_path, "password", "ada", typed="another long one\n") == 0
    assert _run(monkeypatch, tmp_path, "role", "bob", "editor") == 0
    assert _run(monkeypatch, tmp_path, "list") == 0
    assert capsys.readouterr().out == "ada\tadmin\t0 sessions\t0 tokens\nbob\teditor\t0 sessions\t0 tokens\n"
    accounts = fast_accounts(accounts_file(tmp_path))
    assert accounts.log_in("ada", "another long one") and not accounts.log_in("ada", PASSWORD)
    assert _run(monkeypatch, tmp_path, "log-out", "ada") == 0 and accounts.all()[0].sessions == 0
    assert _run(monkeypatch, tmp_path, "remove", "bob") == 0 and len(accounts.all()) == 1
    assert _run(monkeypatch, tmp_path, "log") == 0
    log = capsys.readouterr().out
    assert "account removed" in log and PASSWORD not in log


def test_a_token_is_printed_once_and_can_be_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _run(monkeypatch, tmp_path, "add", "ada", "--role", "editor", typed=f"{PASSWORD}\n")
    assert _run(monkeypatch, tmp_path, "token", "ada", "--role", "admin") == 1  # not more than the account may
    assert _run(monkeypatch, tmp_path, "token", "ada", "--role", "editor", "--purpose", "nightly", "--days", "30") == 0
    token = capsys.readouterr().out.strip()
    accounts = fast_accounts(accounts_file(tmp_path))
    assert accounts.tokens.person(token) is not None
    assert _run(monkeypatch, tmp_path, "tokens") == 0
    listed = capsys.readouterr().out
    assert "nightly" in listed and "until 2026-03-31" in listed and token not in listed
    assert _run(monkeypatch, tmp_path, "remove-token", "1") == 0 and accounts.tokens.person(token) is None


def test_labels_are_hidden_and_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _run(monkeypatch, tmp_path, "add", "ada", typed=f"{PASSWORD}\n")
    assert _run(monkeypatch, tmp_path, "label", "board", "editor") == 0
    assert _run(monkeypatch, tmp_path, "labels") == 0 and capsys.readouterr().out == "board\teditor\n"
    assert _run(monkeypatch, tmp_path, "label", "board", "reader") == 0
    assert _run(monkeypatch, tmp_path, "labels") == 0 and capsys.readouterr().out == ""


def test_a_password_at_the_terminal_is_asked_for_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter([PASSWORD, "something else", PASSWORD, PASSWORD])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    monkeypatch.setattr("sys.stdin", _Terminal())
    arguments = ["users", "add", "ada", "--index", str(tmp_path)]
    assert main(arguments) == 1 and not accounts_file(tmp_path).exists()  # else everyone would have to log in
    assert main(arguments) == 0


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["list"], 1, "users add NAME --role admin"),
        (["add", "ada"], 1, "The password has 0 characters"),
        (["add", "a b"], 1, "cannot be a name"),
        (["add", "ada", PASSWORD], 2, "unrecognized"),  # a password is never an argument
        (["add", "ada", "--role", "owner"], 2, "invalid choice"),
        ([], 2, "ACTION"),
    ],
)
def test_what_cannot_be_done_says_why(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    status: int,
    words: str,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    try:
        found = main(["users", *arguments, *(["--index", str(tmp_path)] if arguments else [])])
    except SystemExit as error:
        found = int(error.code or 0)
    assert found == status and words in capsys.readouterr().err and not accounts_file(tmp_path).exists()
