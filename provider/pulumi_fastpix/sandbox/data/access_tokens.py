"""The credentials a data file accepts: made here, checked here, never taken from outside."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from pulumi_fastpix.sandbox.data.identifiers import new_access_token_id, new_secret_key
from pulumi_fastpix.sandbox.data.records import DEFAULT_WORKSPACE, AccessToken
from pulumi_fastpix.sandbox.errors import AccessTokenNotFoundError

if TYPE_CHECKING:
    from pulumi_fastpix.sandbox.data.database import Database


class AccessTokens:
    """The access tokens of a data file, part of its store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_token(self, *, read_only: bool = False, workspace: str = DEFAULT_WORKSPACE) -> AccessToken:
        """Make another access token; a `read_only` one is answered 403 when it tries to change anything."""
        token = AccessToken(new_access_token_id(), new_secret_key(), workspace, read_only)
        with self._database.writing() as database:
            database.execute(
                "INSERT INTO access_tokens (id, secret, workspace, read_only) VALUES (?, ?, ?, ?)",
                (token.id, token.secret, token.workspace, token.read_only),
            )
        return token

    def token(self, token_id: str | None = None) -> AccessToken:
        """The token of that id, or the data file's first one; one that may write goes before those that may not.

        Raises:
            AccessTokenNotFoundError: it was revoked, or never existed.
        """
        with self._database.reading() as database:
            row = database.execute(
                "SELECT id, secret, workspace, read_only FROM access_tokens "
                "WHERE id = ifnull(?, id) ORDER BY read_only, workspace <> ?, sequence LIMIT 1",
                (token_id, DEFAULT_WORKSPACE),
            ).fetchone()
        if row is None:
            raise AccessTokenNotFoundError(token_id or "any")
        return AccessToken(row[0], row[1], row[2], bool(row[3]))

    def rotate_secret(self, token_id: str) -> str:
        """Give the token a new secret key, which is returned; the old one is refused from now on."""
        secret = new_secret_key()
        with self._database.writing() as database:
            changed = database.execute("UPDATE access_tokens SET secret = ? WHERE id = ?", (secret, token_id))
        if changed.rowcount == 0:
            raise AccessTokenNotFoundError(token_id)
        return secret

    def revoke_token(self, token_id: str) -> None:
        """Forget the token; its credentials are refused from now on."""
        with self._database.writing() as database:
            deleted = database.execute("DELETE FROM access_tokens WHERE id = ?", (token_id,))
        if deleted.rowcount == 0:
            raise AccessTokenNotFoundError(token_id)

    def authenticate(self, token_id: str, secret: str) -> AccessToken | None:
        """The token these credentials belong to, or None when they don't match."""
        try:
            token = self.token(token_id)
        except AccessTokenNotFoundError:
            return None
        return token if hmac.compare_digest(token.secret.encode(), secret.encode()) else None
