"""What is checked before a server starts."""

from contextlib import closing
from pathlib import Path

import pytest

from qa_app.accounts import Role, accounts_file
from qa_app.serving.checks import NoAccounts, check
from qa_app.serving.server_options import ServerOptions
from tests.qa_app.accounts.fast import PASSWORD, fast_accounts
from tests.serving import free_port


@pytest.mark.parametrize("beyond", [{"host": "0.0.0.0"}, {"share": True}, {"host": "0.0.0.0", "mcp": True}])
def test_beyond_this_machine_only_with_accounts(tmp_path: Path, beyond: dict[str, object]) -> None:
    options = ServerOptions(None, tmp_path, port=free_port(), **beyond)  # type: ignore[arg-type]
    with pytest.raises(NoAccounts, match=rf"python -m qa_app users add NAME --role admin --index {tmp_path}"):
        check(options)
    with closing(fast_accounts(accounts_file(tmp_path))) as accounts:
        accounts.add("ada", Role.ADMIN, PASSWORD)
    check(options)


def test_this_machine_needs_no_account(tmp_path: Path) -> None:
    check(ServerOptions(None, tmp_path, port=free_port(), mcp=True))
