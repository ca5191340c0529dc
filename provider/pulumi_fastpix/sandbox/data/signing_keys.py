"""The signing keys of the store. It keeps no private key, but for what it has to answer a repeated create with."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pulumi_fastpix.sandbox.data.database import unused
from pulumi_fastpix.sandbox.data.records import DEFAULT_WORKSPACE, NewSigningKey, SigningKey
from pulumi_fastpix.sandbox.data.timestamps import timestamp
from pulumi_fastpix.sandbox.errors import SigningKeyNotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pulumi_fastpix.sandbox.data.database import Database
    from pulumi_fastpix.sandbox.data.identifiers import Identifiers


@dataclass(frozen=True)
class KeyPair:
    """A private key and its public key, in the form of recorded ones: base64 of a PEM, and a PEM."""

    private_key: str = field(repr=False)
    public_key: str


_COLUMNS = "id, created_at, public_key"
_MOST = 2**63 - 1  # in SQLite


class SigningKeys:
    """The signing keys of a store."""

    def __init__(self, database: Database, identifiers: Identifiers, wall_clock: Callable[[], float]) -> None:
        self._database = database
        self._identifiers = identifiers
        self._wall_clock = wall_clock

    def create(self, *, workspace: str = DEFAULT_WORKSPACE, key_pair: KeyPair | None = None) -> NewSigningKey:
        """Create a signing key, of a new key pair unless one is given.

        Its private key is in what is returned, and nowhere else.
        """
        pair = key_pair or new_key_pair()
        with self._database.writing() as database:
            made = NewSigningKey(
                id=unused(database, "signing_keys", self._identifiers.signing_key_id),
                created_at=timestamp(self._wall_clock()),
                private_key=pair.private_key,
            )
            database.execute(
                "INSERT INTO signing_keys (id, workspace, created_at, public_key) VALUES (?, ?, ?, ?)",
                (made.id, workspace, made.created_at, pair.public_key),
            )
        return made

    def create_once(
        self, idempotency_key: str, *, workspace: str = DEFAULT_WORKSPACE, key_pair: KeyPair | None = None
    ) -> NewSigningKey:
        """Create a signing key, or return the one that was first created with this idempotency key.

        That one is returned for ever, even when it has been deleted, and in another workspace too: so FastPix was
        observed to do.
        """
        with self._database.writing() as database:
            first = database.execute(
                "SELECT id, created_at, private_key FROM first_signing_keys WHERE idempotency_key = ?",
                (idempotency_key,),
            ).fetchone()
            if first is not None:
                return NewSigningKey(id=first[0], created_at=first[1], private_key=first[2])
            made = self.create(workspace=workspace, key_pair=key_pair)
            database.execute(
                "INSERT INTO first_signing_keys (idempotency_key, id, created_at, private_key) VALUES (?, ?, ?, ?)",
                (idempotency_key, made.id, made.created_at, made.private_key),
            )
        return made

    def list(
        self, *, limit: int | None = None, page: int = 1, lacking: int = 0, workspace: str = DEFAULT_WORKSPACE
    ) -> Sequence[SigningKey]:
        """The workspace's signing keys, from newest to oldest.

        Args:
            limit: how many there are on a page; None for all on one.
            page: counts from 1.
            lacking: how many of the newest are left out.
            workspace: the workspace.
        """
        size = -1 if limit is None else limit
        with self._database.reading() as database:
            rows = database.execute(
                f"SELECT {_COLUMNS} FROM signing_keys WHERE workspace = ? "  # noqa: S608 - a constant
                "ORDER BY sequence DESC LIMIT ? OFFSET ?",
                (workspace, size, min(lacking + (page - 1) * (limit or 0), _MOST)),
            ).fetchall()
        return [SigningKey(id=row[0], created_at=row[1], public_key=row[2]) for row in rows]

    def count(self, *, workspace: str = DEFAULT_WORKSPACE) -> int:
        """How many signing keys the workspace has."""
        with self._database.reading() as database:
            (number,) = database.execute(
                "SELECT count(*) FROM signing_keys WHERE workspace = ?", (workspace,)
            ).fetchone()
        return int(number)

    def get(self, key_id: str, *, workspace: str = DEFAULT_WORKSPACE) -> SigningKey:
        """The signing key.

        Raises:
            SigningKeyNotFoundError: the workspace has no such signing key.
        """
        with self._database.reading() as database:
            row = database.execute(
                f"SELECT {_COLUMNS} FROM signing_keys WHERE id = ? AND workspace = ?",  # noqa: S608 - a constant
                (key_id, workspace),
            ).fetchone()
        if row is None:
            raise SigningKeyNotFoundError(key_id)
        return SigningKey(id=row[0], created_at=row[1], public_key=row[2])

    def delete(self, key_id: str, *, workspace: str = DEFAULT_WORKSPACE) -> None:
        """Delete the signing key: the tokens that it has signed open nothing any more.

        Raises:
            SigningKeyNotFoundError: the workspace has no such signing key.
        """
        with self._database.writing() as database:
            self.get(key_id, workspace=workspace)
            database.execute("DELETE FROM signing_keys WHERE id = ?", (key_id,))


def new_key_pair() -> KeyPair:
    """A new key pair: RSA with 2048 bits, the body of either PEM on one line. Takes a tenth of a second and more."""
    # Slow to import, and needed by nobody who makes no signing key.
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - see above
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - see above

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return KeyPair(base64.b64encode(_pem("PRIVATE", private).encode()).decode(), _pem("PUBLIC", public))


def _pem(kind: str, der: bytes) -> str:
    body = base64.b64encode(der).decode()
    return f"-----BEGIN {kind} KEY-----\n{body}\n-----END {kind} KEY-----\n"
