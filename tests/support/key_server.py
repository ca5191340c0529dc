"""Stands in for HashiCorp Vault, to which Pulumi can give the key of a stack's secrets.

Every command on a stack with a passphrase computes its key from that, which takes as long as the command itself. Pulumi
encrypts in the same way with either.
"""

from __future__ import annotations

import functools
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

SECRETS_PROVIDER = "hashivault://tests"


class _Handler(BaseHTTPRequestHandler):
    def do_PUT(self) -> None:
        """Vault's `transit/encrypt` and `transit/decrypt`, with a cipher that leaves everything as it is."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        prefix = "vault:v1:"
        if self.path.startswith("/v1/transit/encrypt/"):
            data = {"ciphertext": prefix + asked["plaintext"]}
        else:
            data = {"plaintext": asked["ciphertext"].removeprefix(prefix)}
        body = json.dumps({"data": data}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@functools.cache
def environment() -> dict[str, str]:
    """What leads Pulumi to the server, which runs as long as this process."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    return {"VAULT_ADDR": f"http://127.0.0.1:{server.server_port}", "VAULT_TOKEN": "test"}
