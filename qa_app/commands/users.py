"""`python -m qa_app users`: who may use the server, from which role on a label is seen, and who did what."""

import argparse
import getpass
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from embeddings.config import DEFAULT_INDEX
from embeddings.errors import ArticlesError
from embeddings.storage.database_place import add_database_argument
from embeddings.terminal import printable
from qa_app.accounts import Accounts, accounts_place, has_accounts
from qa_app.accounts.accounts import checked_name
from qa_app.accounts.passwords import check_password
from qa_app.accounts.people import ROLES, Role
from qa_app.commands.options import Subparsers


class PasswordsDiffer(ArticlesError):
    """A password was typed differently the second time."""


def add_users(commands: Subparsers) -> None:
    """Add the command, with one of its own for each thing to do."""
    text = "Make and change the accounts of a server. With accounts, everyone logs in."
    parser = commands.add_parser("users", help=text, description=text)
    own = parser.add_subparsers(required=True, metavar="ACTION")
    roles = ", ".join(ROLES)

    def action(name: str, run: Callable[[Accounts, argparse.Namespace], None], text: str) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = own.add_parser(name, help=text, description=text)
        made.add_argument("--index", type=Path, default=DEFAULT_INDEX, metavar="DIR", help="the index's folder")
        add_database_argument(made)
        made.add_argument("--verbose", action="store_true", help="log details to standard error")
        made.set_defaults(command=lambda options: run_users(run, options))
        return made

    def name(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
        parser.add_argument("name", help="of the account")
        return parser

    def role(parser: argparse.ArgumentParser, default: Role | None = None) -> None:
        if default is None:
            parser.add_argument("role", choices=list(ROLES))
        else:
            parser.add_argument("--role", choices=list(ROLES), default=default.word, help=f"(default: {default.word})")

    role(
        name(action("add", _add, f"Add an account ({roles}). Its password is asked for, or read from standard input.")),
        Role.READER,
    )
    name(action("remove", _remove, "Remove an account, its sessions and its tokens."))
    action("list", _list, "List the accounts.")
    name(action("password", _password, "Change a password and log the account out everywhere."))
    role(name(action("role", _role, "Change what an account may do.")))
    name(action("log-out", _log_out, "End all sessions of an account. Its tokens stay valid."))
    token = name(action("token", _token, "Make a token, by which a program acts for an account, and print it."))
    role(token, Role.READER)
    token.add_argument("--purpose", default="", metavar="WORDS", help="for the list of tokens")
    token.add_argument("--days", type=float, metavar="N", help="how long it is valid (default: until it is removed)")
    action("tokens", _tokens, "List the tokens.")
    action("remove-token", _remove_token, "Remove a token.").add_argument("number", type=int, help="as listed")
    label = action("label", _label, "Hide the articles with a label from lower roles; reader shows them to all again.")
    label.add_argument("label")
    role(label)
    action("labels", _labels, "List the labels that not everyone sees.")
    log = action("log", _log, "Show who logged in, asked, added and removed; not what was asked.")
    log.add_argument("-n", dest="count", type=int, default=50, metavar="N", help="the last N lines (default: 50)")


def run_users(run: Callable[[Accounts, argparse.Namespace], None], options: argparse.Namespace) -> int:
    """Run one action on the accounts of an index; returns 0. The first account makes the file.

    Raises:
        AccountsUnusable, NoSuchAccount, NoSuchToken, BadName, BadPassword, PasswordsDiffer: it cannot be done.
    """
    if run is _add:  # before there is a file, from which on everyone logs in
        checked_name(options.name)
        options.password = _asked_password()
        check_password(options.password)
    elif not has_accounts(options.index):
        raise ArticlesError(
            f"There are no accounts in {options.index}.", "Make one: python -m qa_app users add NAME --role admin"
        )
    with closing(Accounts(accounts_place(options.index))) as accounts:
        run(accounts, options)
    return 0


def _add(accounts: Accounts, options: argparse.Namespace) -> None:
    accounts.add(options.name, ROLES[options.role], options.password)
    accounts.log.note("", "account added", f"{options.name} {options.role}")
    _say(f"{options.name} can log in as {options.role}. A server that is running asks for it after a restart.")


def _remove(accounts: Accounts, options: argparse.Namespace) -> None:
    accounts.remove(options.name)
    accounts.log.note("", "account removed", options.name)
    left = (
        ""
        if accounts.all()
        else f" Nobody can log in now; to serve without accounts, delete {accounts_place(options.index)}."
    )
    _say(f"{options.name} was removed.{left}")


def _list(accounts: Accounts, options: argparse.Namespace) -> None:
    for account in accounts.all():
        print(f"{account.name}\t{account.role.word}\t{account.sessions} sessions\t{account.tokens} tokens")


def _password(accounts: Accounts, options: argparse.Namespace) -> None:
    accounts.person(options.name)  # before the password is asked for
    accounts.set_password(options.name, _asked_password())
    accounts.log.note("", "password changed", options.name)
    _say("The password was changed, and the account is logged out everywhere.")


def _role(accounts: Accounts, options: argparse.Namespace) -> None:
    accounts.set_role(options.name, ROLES[options.role])
    accounts.log.note("", "role changed", f"{options.name} {options.role}")
    _say(f"{options.name} is {options.role} from now on.")


def _log_out(accounts: Accounts, options: argparse.Namespace) -> None:
    accounts.sessions.end_all(accounts.person(options.name).id)
    _say(f"{options.name} is logged out everywhere.")


def _token(accounts: Accounts, options: argparse.Namespace) -> None:
    person = accounts.person(options.name)
    if ROLES[options.role] > person.role:
        raise ArticlesError(
            f"{person.name} is only {person.role.word}.",
            f"Give the token that role, or change the account's: python -m qa_app users role {person.name} {options.role}",
        )
    print(accounts.tokens.make(person.id, ROLES[options.role], options.purpose, options.days))
    accounts.log.note("", "token made", f"{person.name} {options.role} {options.purpose}".strip())
    _say("It is shown only now. Send it as the header Authorization: Bearer TOKEN")


def _tokens(accounts: Accounts, options: argparse.Namespace) -> None:
    for token in accounts.tokens.all():
        end = f"until {token.ends_at[:10]}" if token.ends_at else "until removed"
        print(f"{token.number}\t{token.name}\t{token.role.word}\t{token.made_at[:10]}\t{end}\t{token.purpose}")


def _remove_token(accounts: Accounts, options: argparse.Namespace) -> None:
    accounts.tokens.remove(options.number)
    accounts.log.note("", "token removed", str(options.number))
    _say("The token was removed.")


def _label(accounts: Accounts, options: argparse.Namespace) -> None:
    accounts.labels.set(options.label, ROLES[options.role])
    accounts.log.note("", "label hidden", f"{options.label} below {options.role}")
    _say(f"Articles with the label {options.label} are seen from {options.role} on.")


def _labels(accounts: Accounts, options: argparse.Namespace) -> None:
    for label, role in accounts.labels.all().items():
        print(f"{label}\t{role.word}")


def _log(accounts: Accounts, options: argparse.Namespace) -> None:
    for deed in accounts.log.last(options.count):
        print(f"{deed.at[:19]}\t{printable(deed.name) or '(command line)'}\t{deed.deed}\t{printable(deed.what)}")


def _asked_password() -> str:
    """Return the password that is typed twice at the terminal, or the first line of standard input.

    Raises:
        PasswordsDiffer: it was typed differently the second time.
    """
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise PasswordsDiffer("The passwords differ.", "Type the same twice.")
    return password


def _say(words: str) -> None:
    print(words, file=sys.stderr)
