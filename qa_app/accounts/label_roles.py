"""Labels that not everyone sees: the articles that have them are hidden from lower roles."""

from qa_app.accounts.accounts_database import AccountsDatabase
from qa_app.accounts.people import ROLES, Role


class LabelRoles:
    """The least role that sees a label, for the labels that not everyone sees."""

    def __init__(self, database: AccountsDatabase) -> None:
        self._database = database

    def set(self, label: str, role: Role) -> None:
        """Hide the articles with this label, in any case, from roles lower than `role`; for readers, hide them from nobody."""
        label = " ".join(label.split())
        with self._database.changing() as database:
            database.execute("DELETE FROM label_roles WHERE key = ?", (label.casefold(),))
            if role > Role.READER:
                database.execute(
                    "INSERT INTO label_roles (key, label, role) VALUES (?, ?, ?)", (label.casefold(), label, role.word)
                )

    def all(self) -> dict[str, Role]:
        """Return the least role of each such label."""
        with self._database.reading() as database:
            rows = database.rows("SELECT label, role FROM label_roles ORDER BY key")
        return {label: ROLES[role] for label, role in rows}

    def hidden_from(self, role: Role) -> frozenset[str]:
        """Return the labels whose articles a role does not see."""
        return frozenset(label for label, least in self.all().items() if role < least)
