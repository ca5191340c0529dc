"""An S3-compatible server with one bucket, on a port that the kernel gives it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.needed import find_or_skip

_ACCESS_KEY = {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "only-for-tests"}


class S3Server:
    """A running server.

    Args:
        address: its host and port.
        bucket: the folder in which it has the bucket's objects.
    """

    def __init__(self, address: str, bucket: Path) -> None:
        self._bucket = bucket
        where = f"endpoint={address}&disableSSL=true&s3ForcePathStyle=true&region=us-east-1"
        self.environ = {"PULUMI_BACKEND_URL": f"s3://{bucket.name}?{where}", **_ACCESS_KEY}

    def stored(self) -> dict[str, bytes]:
        """What Pulumi has stored, by its name: the bucket's objects."""
        files = (path for path in self._bucket.rglob("*") if path.is_file())
        return {str(path.relative_to(self._bucket)): path.read_bytes() for path in files}


@contextmanager
def running() -> Iterator[S3Server]:
    """A server for as long as it is used, or a skipped test."""
    program = find_or_skip(sys.executable, "tools/pulumi/s3_server.py")
    # Not in pytest's folder: the path of a socket has to be short.
    with tempfile.TemporaryDirectory(prefix="s3-", dir="/tmp") as name:
        objects, bucket, socket = (Path(name, part) for part in ("objects", "objects/states", "socket"))
        bucket.mkdir(parents=True)
        command = [program, objects, socket]
        # It ends once its input is closed, which leaving this block does.
        with subprocess.Popen(
            command, env=_ACCESS_KEY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as run:
            assert run.stdout
            address = run.stdout.readline().strip()
            assert address, "the server has ended"
            yield S3Server(address, bucket)
