"""What a release publishes is complete, and the same bytes each time; the plugin in it starts and serves."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tarfile
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml

from pulumi_fastpix.native.plugin_address import NOWHERE, address_among, plugin_download_url
from support.provider_process import serving

ROOT = Path(__file__).parents[3]
WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text())
PLATFORMS = [f"{system}-{machine}" for system in ("linux", "darwin", "windows") for machine in ("amd64", "arm64")]


def make_release(folder: Path) -> dict[str, bytes]:
    subprocess.run([sys.executable, ROOT / "tools" / "release.py", folder], check=True, capture_output=True)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return make_release(tmp_path_factory.mktemp("release"))


@pytest.fixture
def unpacked(release: dict[str, bytes], tmp_path: Path) -> Path:
    """The plugin of a release, as Pulumi unpacks it."""
    name = f"pulumi-resource-fastpix-v{version('pulumi-fastpix')}-linux-amd64.tar.gz"
    with tarfile.open(fileobj=io.BytesIO(release[name])) as tar:
        tar.extractall(tmp_path, filter="data") if sys.version_info >= (3, 12) else tar.extractall(tmp_path)  # noqa: S202
    return tmp_path


def test_a_release_has_every_file(release: dict[str, bytes]) -> None:
    number = version("pulumi-fastpix")
    plugins = {f"pulumi-resource-fastpix-v{number}-{platform}.tar.gz" for platform in PLATFORMS}
    packages = {f"pulumi_fastpix-{number}-py3-none-any.whl", f"pulumi_fastpix-{number}.tar.gz"}
    assert release.keys() == plugins | packages | {"schema.json"}
    assert len({release[name] for name in plugins}) == 1
    assert release["schema.json"] == (ROOT / "schema.json").read_bytes()


def test_the_same_sources_give_the_same_bytes(release: dict[str, bytes], tmp_path: Path) -> None:
    assert make_release(tmp_path / "again") == release


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    with pytest.raises(subprocess.CalledProcessError) as refused:
        make_release(tmp_path)
    assert b"isn't empty" in refused.value.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_the_sdist_has_what_it_needs_and_nothing_else(release: dict[str, bytes]) -> None:
    name = f"pulumi_fastpix-{version('pulumi-fastpix')}"
    with tarfile.open(fileobj=io.BytesIO(release[f"{name}.tar.gz"])) as tar:
        top = {member.split("/")[1] for member in tar.getnames()}
    assert top == {"provider", "README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml", "PKG-INFO", ".gitignore"}


@pytest.fixture(params=["of a release", "of the repository"])
def plugin(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Path]:
    """A folder that Pulumi starts as a plugin, and one with what its `requirements.txt` installs."""
    if request.param == "of a release":
        folder = request.getfixturevalue("unpacked")
    else:
        shutil.copytree(ROOT / "provider", tmp_path / "provider", ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("README.md", "LICENSE", "pyproject.toml"):
            shutil.copy(ROOT / name, tmp_path)
        folder = shutil.copytree(ROOT / "plugin", tmp_path / "plugin")
    installed = tmp_path / "installed"
    # Without its dependencies: they come from a package index. Pulumi installs in that folder, too.
    offline = ["--no-index", "--no-deps", "--no-build-isolation", "--target", str(installed)]
    install = [sys.executable, "-m", "pip", "install", *offline, "-r", "requirements.txt"]
    subprocess.run(install, cwd=folder, check=True, capture_output=True)
    return folder, installed


def test_a_plugin_of_sources_starts_and_serves(plugin: tuple[Path, Path]) -> None:
    """Of the language hosts that start such plugins, none can be built here: this is what they do."""
    folder, installed = plugin
    manifest = yaml.safe_load((folder / "PulumiPlugin.yaml").read_text())
    assert manifest["runtime"] == {"name": "python", "options": {"toolchain": "pip", "virtualenv": "venv"}}
    with serving([sys.executable, str(folder), "127.0.0.1:1"], {"PYTHONPATH": str(installed)}) as process:
        _, failures = process.of("urn:pulumi:dev::project::fastpix:index:LivePlaybackId::main", None).check({}, {})
    assert "stream" in failures[0][1]


def test_the_workflow_publishes_that_folder() -> None:
    """Written to be read: there is nothing here that could run it."""
    build, publish = WORKFLOW["jobs"]["build"], WORKFLOW["jobs"]["publish"]
    commands = [step["run"] for step in (*build["steps"], *publish["steps"]) if "run" in step]
    makefile = (ROOT / "Makefile").read_text()
    assert {"make release", ".ci/run"} <= {*commands}
    assert re.search(r"^release: .*\n\t@rm -rf dist\n\t.*tools/release.py dist$", makefile, flags=re.MULTILINE)
    # PyYAML takes `on` for a boolean.
    assert WORKFLOW[True] == {"push": {"tags": ["v*"]}}
    assert publish["permissions"] == {"attestations": "write", "contents": "write", "id-token": "write"}
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert "permissions" not in build, "the job that runs tests can publish nothing"


def test_the_check_of_the_tag_in_the_workflow_works() -> None:
    (check,) = [step["run"] for step in WORKFLOW["jobs"]["build"]["steps"] if "GITHUB_REF_NAME" in step.get("run", "")]
    for tag, status in ((f"v{version('pulumi-fastpix')}", 0), ("v9.9.9", 1)):
        environ = {"PATH": "/usr/bin:/bin", "GITHUB_REF_NAME": tag}
        assert subprocess.run(["sh", "-c", check], cwd=ROOT, env=environ, check=False).returncode == status


@pytest.mark.parametrize(
    ("urls", "address"),
    [
        ([], NOWHERE),
        (["Source, https://host/owner/repository"], NOWHERE),
        (["Plugin, https://host/owner/repository"], NOWHERE),
        (["Source, x", "Plugin, https://host/o/r/tree/main/plugin"], "git://host/o/r.git/plugin"),
        (["Plugin, https://host/a/b/c/-/tree/main/plugin"], "git://host/a/b/c.git/plugin"),
    ],
)
def test_the_address_of_the_plugin_is_that_of_the_project(urls: list[str], address: str) -> None:
    assert address_among(urls) == address


def test_nobody_has_published_it_yet() -> None:
    """Whoever does sets the URL `Plugin` in `pyproject.toml`, and changes this."""
    assert plugin_download_url() == NOWHERE
