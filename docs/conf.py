"""How Sphinx makes the site of these pages: `make docs`. On the repository's web site they read as well without it."""

from __future__ import annotations

import re
from importlib.metadata import metadata
from os.path import normpath
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

_METADATA = metadata("pulumi-fastpix")
_SOURCE = dict(url.split(", ") for url in _METADATA.get_all("Project-URL", ()))["Source"]

project = _METADATA["Name"]
release = version = _METADATA["Version"]
project_copyright = "the authors of pulumi-fastpix. Not a product of FastPix or Pulumi"
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
# Those for Pulumi's registry, which makes a site of its own.
exclude_patterns = ["_index.md", "installation-configuration.md"]

myst_heading_anchors = 3
myst_links_external_new_tab = False

autodoc_typehints = "none"  # the signatures of overloads have them
autodoc_member_order = "bysource"
autodoc_class_signature = "separated"
autodoc_default_options = {
    "members": True,
    # What our own code and the schema take of a class, and no program.
    "exclude-members": "__new__, adopted_by, args_class, outputs, provider_class, resource_type, urn",
}
default_role = "code"  # one backtick in a docstring is what it is in Markdown
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 80

smartquotes = False  # so that a text of an error, or an option, is found as it is shown

html_theme = "furo"
html_title = "pulumi-fastpix"
html_theme_options = {"source_repository": _SOURCE, "source_branch": "main", "source_directory": "docs/"}
html_copy_source = False
html_show_sphinx = False


def lead_out_of_the_site(_app: Sphinx, page: str, source: list[str]) -> None:
    """Let links to what isn't on the site lead to the repository."""

    def address(link: re.Match[str]) -> str:
        path = normpath(Path("docs", page).parent / link["path"])
        return f"]({_SOURCE}/blob/main/{path}{link['heading'] or ''})"

    source[0] = re.sub(r"\]\((?P<path>(\.\./|_)[^)#]*)(?P<heading>#[^)]*)?\)", address, source[0])


def keep_what_stands_before_a_colon(*event: Any) -> None:
    """Napoleon takes a property's first line up to a colon for its type: let that line be an empty comment."""
    _app, kind, _name, _object, _options, lines = event
    if kind == "property":
        lines[:0] = ["..", ""]


def setup(app: Sphinx) -> None:
    """Sphinx calls this."""
    app.connect("autodoc-process-docstring", keep_what_stands_before_a_colon, priority=100)
    app.connect("source-read", lead_out_of_the_site)
