"""Accounts, sessions, tokens, hidden labels and the log, over a real SQLite file and a PostgreSQL server."""

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from limits import parse

from embeddings.storage.database_place import DatabasePlace
from qa_app.accounts import Accounts, AccountsUnusable, BadPassword, NoSuchAccount, PasswordCost, Role
from qa_app.accounts.accounts import BadName
from qa_app.accounts.accounts_database import MIGRATIONS
from qa_app.accounts.attempts import Allowance, Attempts, TooManyAttempts
from qa_app.accounts.tokens import NoSuchToken
from tests.postgres import NEEDS_POSTGRES
from tests.qa_app.accounts.fast import PASSWORD, SetClock, fast_accounts

_OTHER = "another long password"
_HOUR_S = 3600.0


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "index" / "accounts.sqlite3"


@pytest.fixture(params=["file", pytest.param("postgres", marks=NEEDS_POSTGRES)])
def place(request: pytest.FixtureRequest, file: Path) -> DatabasePlace:
    """Where accounts are kept."""
    place: DatabasePlace = file if request.param == "file" else request.getfixturevalue("postgres").schema()
    return place


@pytest.fixture
def accounts(place: DatabasePlace, clock: SetClock) -> Iterator[Accounts]:
    with closing(fast_accounts(place, clock)) as made:
        made.add("Ada", Role.READER, PASSWORD)
        made.add("bob", Role.ADMIN, _OTHER)
        yield made


def _logged_in(accounts: Accounts, name: str = "Ada", password: str = PASSWORD) -> str:
    token = accounts.log_in(name, password)
    assert token is not None
    return token


@pytest.mark.parametrize("place", ["file"], indirect=True)
def test_only_the_owner_can_read_the_files_and_no_secret_is_in_them(accounts: Accounts, file: Path) -> None:
    secrets = [_logged_in(accounts), accounts.tokens.make(accounts.person("Ada").id, Role.READER, "", None)]
    files = list(file.parent.iterdir())
    assert len(files) > 1  # the write-ahead log too
    for each in files:
        assert stat.S_IMODE(each.stat().st_mode) == 0o600
        for secret in [PASSWORD, *secrets]:
            assert secret.encode() not in each.read_bytes()
    assert b"$argon2id$" in b"".join(each.read_bytes() for each in files)


def test_the_right_password_begins_a_session_and_nothing_else_does(accounts: Accounts) -> None:
    person = accounts.sessions.person(_logged_in(accounts, "ADA"))
    assert person is not None and (person.name, person.role) == ("Ada", Role.READER)
    for name, password in (
        ("Ada", _OTHER),
        ("Ada", ""),
        ("Ada", PASSWORD + " "),
        ("Ada", "x" * 2_000_000),
        ("Ada", "\ud800"),
        ("nobody", PASSWORD),
        ("", ""),
        ("Ada' --", PASSWORD),
    ):
        assert accounts.log_in(name, password) is None
    for token in ("", "x", "\ud800", "' OR 1=1"):
        assert accounts.sessions.person(token) is None and accounts.tokens.person(token) is None


def test_a_password_is_the_same_however_its_letters_are_composed(accounts: Accounts) -> None:
    accounts.set_password("Ada", "caf\u00e9 caf\u00e9 caf\u00e9")
    assert accounts.log_in("Ada", "cafe\u0301 cafe\u0301 cafe\u0301")


@pytest.mark.parametrize("password", ["", "short", "x" * 1001])
def test_a_bad_password_is_refused_and_the_old_one_kept(accounts: Accounts, password: str) -> None:
    with pytest.raises(BadPassword):
        accounts.set_password("Ada", password)
    with pytest.raises(BadPassword):
        accounts.add("Carol", Role.READER, password)
    assert accounts.log_in("Ada", PASSWORD) and len(accounts.all()) == 2


@pytest.mark.parametrize("name", ["", " ", "a b", "a\nb", "../x", "<script>", "x" * 65, "ada", "ＡＤＡ"])
def test_a_bad_or_taken_name_is_refused(accounts: Accounts, name: str) -> None:
    with pytest.raises(BadName):
        accounts.add(name, Role.ADMIN, PASSWORD)


def test_a_session_ends_when_it_is_not_used_and_after_a_week(accounts: Accounts, clock: SetClock) -> None:
    unused, used = _logged_in(accounts), _logged_in(accounts)
    for hours in range(0, 7 * 24, 6):
        assert accounts.sessions.person(used) is not None, hours
        clock.pass_s(6 * _HOUR_S)
        if hours >= 6:
            assert accounts.sessions.person(unused) is None
    assert accounts.sessions.person(used) is None  # a week, although used
    _logged_in(accounts)
    assert [account.sessions for account in accounts.all()] == [1, 0]  # those that have ended are deleted


def test_a_person_logs_out_here_and_everywhere(accounts: Accounts) -> None:
    here, there, others = _logged_in(accounts), _logged_in(accounts), _logged_in(accounts, "bob", _OTHER)
    accounts.sessions.end(here)
    assert accounts.sessions.person(here) is None and accounts.sessions.person(there) is not None
    accounts.sessions.end_all(accounts.person("Ada").id)
    assert accounts.sessions.person(there) is None and accounts.sessions.person(others) is not None


def test_a_changed_password_logs_out_and_the_old_one_is_worth_nothing(accounts: Accounts) -> None:
    session = _logged_in(accounts)
    accounts.set_password("ada", _OTHER)
    assert accounts.sessions.person(session) is None
    assert accounts.log_in("Ada", PASSWORD) is None and accounts.log_in("Ada", _OTHER)


def test_a_removed_account_leaves_nothing_that_opens_and_its_name_inherits_nothing(accounts: Accounts) -> None:
    before = accounts.person("Ada")
    session, token = _logged_in(accounts), accounts.tokens.make(before.id, Role.READER, "", None)
    accounts.remove("Ada")
    assert accounts.sessions.person(session) is None and accounts.tokens.person(token) is None
    assert accounts.log_in("Ada", PASSWORD) is None
    accounts.add("Ada", Role.READER, PASSWORD)
    assert accounts.person("Ada").id != before.id
    for change in (accounts.remove, accounts.person):
        with pytest.raises(NoSuchAccount):
            change("nobody")


def test_a_role_changes_at_once_for_sessions_and_tokens(accounts: Accounts) -> None:
    bob = accounts.person("bob")
    session, token = _logged_in(accounts, "bob", _OTHER), accounts.tokens.make(bob.id, Role.ADMIN, "", None)
    accounts.set_role("bob", Role.READER)
    for person in (accounts.sessions.person(session), accounts.tokens.person(token)):
        assert person is not None and person.role is Role.READER


def test_a_token_may_do_no_more_than_it_was_given_and_ends(accounts: Accounts, clock: SetClock) -> None:
    bob = accounts.person("bob")
    low, short = (
        accounts.tokens.make(bob.id, Role.READER, "cron", None),
        accounts.tokens.make(bob.id, Role.ADMIN, "", 2),
    )
    person = accounts.tokens.person(low)
    assert person is not None and (person.name, person.role) == ("bob", Role.READER)
    clock.pass_s(2 * 24 * _HOUR_S)
    assert accounts.tokens.person(short) is None and accounts.tokens.person(low) is not None
    assert [token.purpose for token in accounts.tokens.all()] == ["cron", ""]
    accounts.tokens.remove(1)
    assert accounts.tokens.person(low) is None
    with pytest.raises(NoSuchToken):
        accounts.tokens.remove(1)
    session = _logged_in(accounts)
    assert accounts.tokens.person(session) is None and accounts.sessions.person(short) is None  # one is not the other


def test_a_hash_of_another_cost_is_renewed_at_log_in(file: Path) -> None:
    with closing(fast_accounts(file)) as accounts:
        accounts.add("Ada", Role.READER, PASSWORD)
    with closing(Accounts(file, PasswordCost(2, 8, 1))) as accounts:
        assert accounts.log_in("Ada", PASSWORD)
    with closing(sqlite3.connect(file)) as connection:
        assert ",t=2," in connection.execute("SELECT password FROM accounts").fetchone()[0]
    with closing(fast_accounts(file)) as accounts:
        assert accounts.log_in("Ada", PASSWORD)


def test_labels_are_hidden_from_lower_roles(accounts: Accounts) -> None:
    accounts.labels.set("Board  minutes", Role.EDITOR)
    accounts.labels.set("salaries", Role.ADMIN)
    assert accounts.labels.hidden_from(Role.READER) == {"Board minutes", "salaries"}
    assert accounts.labels.hidden_from(Role.EDITOR) == {"salaries"} and not accounts.labels.hidden_from(Role.ADMIN)
    accounts.labels.set("SALARIES", Role.READER)
    assert accounts.labels.all() == {"Board minutes": Role.EDITOR}


def test_the_log_keeps_who_did_what_in_order(accounts: Accounts) -> None:
    for number in range(3):
        accounts.log.note("Ada", "asked", str(number))
    accounts.remove("Ada")
    assert [(deed.name, deed.what) for deed in accounts.log.last(2)] == [("Ada", "1"), ("Ada", "2")]


def test_a_file_of_a_newer_program_or_no_database_is_refused_and_kept(file: Path) -> None:
    fast_accounts(file).close()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    with pytest.raises(AccountsUnusable, match="newer program"):
        fast_accounts(file)
    file.write_bytes(b"garbage" * 1000)
    with pytest.raises(AccountsUnusable, match="damaged"):
        fast_accounts(file)
    assert file.read_bytes().startswith(b"garbage")


@pytest.fixture
def attempts() -> Attempts:
    return Attempts(Allowance(parse("2 per hour"), parse("4 per hour"), parse("6 per hour")))


def test_attempts_at_one_name_from_one_address_are_limited_until_one_succeeds(attempts: Attempts) -> None:
    for _ in range(2):
        attempts.count("ada", "1.1.1.1")
    with pytest.raises(TooManyAttempts, match="60 minutes"):
        attempts.count("ada", "1.1.1.1")
    attempts.count("ada", "2.2.2.2")  # the person elsewhere is not locked out
    attempts.forget("ada", "1.1.1.1")
    attempts.count("ada", "1.1.1.1")


def test_attempts_from_one_address_at_many_names_are_limited(attempts: Attempts) -> None:
    for name in "abcd":
        attempts.count(name, "1.1.1.1")
    with pytest.raises(TooManyAttempts):
        attempts.count("e", "1.1.1.1")
    attempts.count("e", "2.2.2.2")


def test_attempts_from_many_addresses_at_one_name_are_limited(attempts: Attempts) -> None:
    for last in range(6):
        attempts.count("ada", f"1.1.1.{last}")
    with pytest.raises(TooManyAttempts):
        attempts.count("ada", "2.2.2.2")
