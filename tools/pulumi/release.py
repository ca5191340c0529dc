"""Takes the engine from Pulumi's own release archive: seconds, where its host can be reached."""

import hashlib
import io
import os
import shutil
import tarfile
from http.client import HTTPException
from pathlib import Path
from urllib.request import urlopen

import pinned
from report import EngineError, announce

SECONDS_OF_SILENCE = 5  # seconds without a byte, while connecting or later, after which the host counts as out of reach


def unpack(directory: Path) -> None:
    """Fills `directory` with the programs of the pinned release, or raises EngineError."""
    archive = f"pulumi-{pinned.RELEASE}-{pinned.platform()}.tar.gz"
    expected = _checksum(archive)
    host = os.environ.get("PULUMI_FASTPIX_RELEASES", "https://get.pulumi.com")
    url = f"{host}/releases/sdk/{archive}"
    announce(f"downloading {url}")
    try:
        with urlopen(url, timeout=SECONDS_OF_SILENCE) as response:
            content = response.read()
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise EngineError(f"{url} could not be downloaded: {reason}.") from error
    actual = hashlib.sha256(content).hexdigest()
    if actual != expected:
        raise EngineError(f"{url} was refused: its SHA-256 is {actual}, but {expected} is pinned.")
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        for member in tar:
            if program := tar.extractfile(member):
                # All of them lie in one folder of the archive; here they lie in `directory` itself.
                target = directory / Path(member.name).name
                with target.open("wb") as file:
                    shutil.copyfileobj(program, file)
                target.chmod(0o755)


def _checksum(archive: str) -> str:
    for line in pinned.CHECKSUMS.read_text().splitlines():
        if line.endswith(f"  {archive}"):
            return line.split()[0]
    raise EngineError(f"Pulumi has released no {archive}.")
