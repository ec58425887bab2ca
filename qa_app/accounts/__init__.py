"""Who may use a server, and what they may do: accounts, log-in, tokens, and labels that not everyone sees."""

# Values
# The file of accounts
from qa_app.accounts.accounts import Account, Accounts, accounts_file, accounts_place, has_accounts
from qa_app.accounts.accounts_database import AccountsUnusable, NoSuchAccount

# Proof of who somebody is
from qa_app.accounts.attempts import Attempts, TooManyAttempts
from qa_app.accounts.passwords import BadPassword, PasswordCost
from qa_app.accounts.people import LOCAL, Person, Role
from qa_app.accounts.sessions import SessionTimes

__all__ = [
    "LOCAL",
    "Account",
    "Accounts",
    "AccountsUnusable",
    "Attempts",
    "BadPassword",
    "NoSuchAccount",
    "PasswordCost",
    "Person",
    "Role",
    "SessionTimes",
    "TooManyAttempts",
    "accounts_file",
    "accounts_place",
    "has_accounts",
]
