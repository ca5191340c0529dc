"""Makes what a release publishes, in a folder: the wheel, the sdist, the schema and the plugin for each platform.

python tools/release.py dist

The same sources give the same bytes. Pulumi gets a plugin from a release by a name that has the platform in it. Ours is
Python, so all of them are the same archive: the wheel, and what Pulumi needs to install and start it.
"""

from __future__ import annotations

import gzip
import io
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PLUGIN = ROOT / "plugin"
PLATFORMS = [f"{system}-{machine}" for system in ("linux", "darwin", "windows") for machine in ("amd64", "arm64")]
"""As Pulumi spells them."""


def main(folder: Path) -> None:
    """Fills a folder, which may not exist yet, and must have nothing in it.

    Raises:
        FileExistsError: it has something in it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(f"{folder} isn't empty: a release is made in a folder of its own.")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "--directory", folder.absolute()], cwd=ROOT, check=True)
    (wheel,) = folder.glob("*.whl")
    version = wheel.name.split("-")[1]
    shutil.copy(ROOT / "schema.json", folder)
    archive = plugin_archive(wheel)
    for platform in PLATFORMS:
        (folder / f"pulumi-resource-fastpix-v{version}-{platform}.tar.gz").write_bytes(archive)


def plugin_archive(wheel: Path) -> bytes:
    """The plugin as a `.tar.gz`: the folder `plugin/`, with this wheel in place of the sources."""
    files = {path.name: path.read_bytes() for path in sorted(PLUGIN.iterdir()) if path.is_file()}
    files |= {"requirements.txt": f"./{wheel.name}\n".encode(), wheel.name: wheel.read_bytes()}
    packed = io.BytesIO()
    # No times and no owners, so that the bytes are always the same.
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w") as tar,
    ):
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
