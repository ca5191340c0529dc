"""The documentation's site can be made, without a warning, and its reference has all that programs may import."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import pulumi_fastpix
from pulumi_fastpix import errors, sandbox, signing

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    # As `make docs` does; a warning is an error.
    options = ["-b", "html", "-q", "-W", "-d", str(folder / "doctrees")]
    made = subprocess.run(
        [sys.executable, "-m", "sphinx", *options, "docs", str(folder / "html")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    return folder / "html"


def test_every_page_is_on_the_site_but_those_for_the_registry(site: Path) -> None:
    pages = {path.stem for path in (ROOT / "docs").glob("*.md")} - {"_index", "installation-configuration"}
    assert pages <= {path.stem for path in site.glob("*.html")}


def test_no_link_leads_to_a_page_that_is_not_there(site: Path) -> None:
    for page in site.glob("*.html"):
        for link in re.findall(r'href="([^"#:]+\.(?:html|md|json|png))', page.read_text()):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_links_out_of_the_site_lead_to_the_repository(site: Path) -> None:
    assert "/blob/main/schema.json" in (site / "providers.html").read_text()
    assert "/blob/main/examples/private-concert/README.md" in (site / "signing.html").read_text()


def test_the_reference_has_every_public_name(site: Path) -> None:
    named = {*re.findall(r'id="pulumi_fastpix\.([\w.]+)"', (site / "reference.html").read_text())}
    assert {*pulumi_fastpix.__all__} - named <= {
        # What takes a dict or gives one is described where it is taken.
        *(name for name in pulumi_fastpix.__all__ if name.endswith("Dict")),
        "AccessRestrictions",
        "AccessRules",
        "errors",
    }
    made_here = [
        name for name, one in inspect.getmembers(signing, inspect.isfunction) if one.__module__ == signing.__name__
    ]
    assert {f"signing.{name}" for name in made_here if not name.startswith("_")} <= named
    assert {f"sandbox.{name}" for name in ("Sandbox", "Store", "Fault", "Switches", "LoggedRequest")} <= named
    assert errors.__doc__
    assert "PartlyDoneError" in (site / "reference.html").read_text()
    assert set(sandbox.__all__) > {"Sandbox", "Fault"}


def test_what_is_to_be_typed_or_searched_for_stands_as_it_is(site: Path) -> None:
    """No code that has become text, such as by a line of it that begins with `>`; no dash in place of two hyphens."""
    for page in site.glob("*.html"):
        _, _, shown = page.read_text().partition('role="main"')
        text = re.sub(r"<(pre|code)\b.*?</\1>|<[^>]*>", "", shown, flags=re.DOTALL)
        assert not re.findall(r".*(?:`|\s\N{EN DASH}\w|\N{RIGHT SINGLE QUOTATION MARK}).*", text), page.name


def test_a_propertys_first_sentence_stays_whole(site: Path) -> None:
    assert "that came with it: <code" in (site / "reference.html").read_text()
