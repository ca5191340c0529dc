"""The access tokens of the store: the only credentials that the sandbox accepts."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any

from pulumi_fastpix.sandbox.data.identifiers import new_access_token_id, new_secret_key
from pulumi_fastpix.sandbox.data.records import DEFAULT_WORKSPACE, AccessToken
from pulumi_fastpix.sandbox.errors import AccessTokenNotFoundError

if TYPE_CHECKING:
    from pulumi_fastpix.sandbox.data.database import Database

_COLUMNS = "id, secret, workspace, read_only"


class AccessTokens:
    """The access tokens of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, *, read_only: bool = False, workspace: str = DEFAULT_WORKSPACE) -> AccessToken:
        """Add an access token; a `read_only` one gets 403 for every request that could change something."""
        token = AccessToken(new_access_token_id(), new_secret_key(), workspace, read_only)
        with self._database.writing() as database:
            database.execute(
                "INSERT INTO access_tokens (id, secret, workspace, read_only) VALUES (?, ?, ?, ?)",
                (token.id, token.secret, token.workspace, token.read_only),
            )
        return token

    def get(self, token_id: str) -> AccessToken:
        """The access token with this id.

        Raises:
            AccessTokenNotFoundError: it was revoked or never existed.
        """
        with self._database.reading() as database:
            row = database.execute(f"SELECT {_COLUMNS} FROM access_tokens WHERE id = ?", (token_id,)).fetchone()  # noqa: S608 - a constant
        if row is None:
            raise AccessTokenNotFoundError(token_id)
        return _token(row)

    def default(self) -> AccessToken:
        """The access token for clients that need any: of those that may write, the oldest.

        If all are read-only, the oldest of them. Tokens of the default workspace go before those of others.

        Raises:
            AccessTokenNotFoundError: all tokens were revoked.
        """
        with self._database.reading() as database:
            row = database.execute(
                f"SELECT {_COLUMNS} FROM access_tokens "  # noqa: S608 - a constant
                "ORDER BY read_only, workspace <> ?, sequence LIMIT 1",
                (DEFAULT_WORKSPACE,),
            ).fetchone()
        if row is None:
            raise AccessTokenNotFoundError
        return _token(row)

    def rotate_secret(self, token_id: str) -> str:
        """Give the token a new secret key and return it; the old one is refused from now on.

        Raises:
            AccessTokenNotFoundError: the token was revoked or never existed.
        """
        secret = new_secret_key()
        with self._database.writing() as database:
            changed = database.execute("UPDATE access_tokens SET secret = ? WHERE id = ?", (secret, token_id))
        if changed.rowcount == 0:
            raise AccessTokenNotFoundError(token_id)
        return secret

    def revoke(self, token_id: str) -> None:
        """Delete the token; its credentials are refused from now on.

        Raises:
            AccessTokenNotFoundError: the token was revoked or never existed.
        """
        with self._database.writing() as database:
            deleted = database.execute("DELETE FROM access_tokens WHERE id = ?", (token_id,))
        if deleted.rowcount == 0:
            raise AccessTokenNotFoundError(token_id)

    def authenticate(self, token_id: str, secret: str) -> AccessToken | None:
        """The token with these credentials, or None if there is none."""
        try:
            token = self.get(token_id)
        except AccessTokenNotFoundError:
            return None
        return token if hmac.compare_digest(token.secret.encode(), secret.encode()) else None


def _token(row: tuple[Any, ...]) -> AccessToken:
    return AccessToken(row[0], row[1], row[2], bool(row[3]))
