"""Where Pulumi gets the plugin if it isn't installed: from this project's repository, once that is published.

Whoever publishes sets the address in `pyproject.toml`, as the URL `Plugin` of the project: that of the folder `plugin/`
on the repository's web site, such as `https://host/owner/repository/tree/main/plugin`. (A package index takes web
addresses only.) Without it Pulumi gets the plugin from nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.metadata import metadata

NOWHERE = "not-installed.pip-install-pulumi-fastpix.put-its-bin-on-path://plugin"
"""An address that can't exist. Without one Pulumi would look on the net for a plugin that happens to have this name.

It refuses an address whose scheme it doesn't know, and shows nothing but the scheme, for whoever sees the error.
"""

_FOLDER = re.compile(r"Plugin, https://(?P<repository>.+?)(/-)?/tree/[^/]+/(?P<folder>.+)")


@cache
def plugin_download_url() -> str:
    """The address as Pulumi takes it, of the distribution that is installed."""
    return address_among(metadata("pulumi-fastpix").get_all("Project-URL", ()))


def address_among(urls: Iterable[str]) -> str:
    """The address as Pulumi takes it: `git://host/owner/repository.git/plugin`; :data:`NOWHERE` if there is none.

    Args:
        urls: the project's, as its metadata has them: label and address, with a comma between.
    """
    for url in urls:
        if found := _FOLDER.fullmatch(url):
            return f"git://{found['repository']}.git/{found['folder']}"
    return NOWHERE
