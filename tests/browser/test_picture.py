"""The picture in the documentation shows the page as it is."""

from __future__ import annotations

from browser.chromium import Chromium
from browser.picture import PICTURE, comment_of, taken


def test_the_picture_in_the_documentation_is_of_this_page(chromium: Chromium) -> None:
    """Fonts differ from machine to machine, so it isn't compared by its pixels, but by what it was made from."""
    now, made_from = taken(chromium)
    assert comment_of(now) == made_from
    assert comment_of(PICTURE.read_bytes()) == made_from, "run `make screenshot`, and look at the picture"
