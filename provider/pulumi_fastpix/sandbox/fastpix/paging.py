"""Pages of lists in the API: `limit` objects on a page, and `offset`, which counts pages from 1."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pulumi_fastpix.sandbox.fastpix import responses
from pulumi_fastpix.sandbox.fastpix.responses import INVALID, Body, FieldProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pulumi_fastpix.sandbox.fastpix.calls import Call

_WHOLE_NUMBER = re.compile(r"[0-9]{1,19}")
_LARGEST_NUMBER = 2**63 - 1
"""The guess is that FastPix reads numbers as 64 bits: a page that is merely far away is empty."""


class Page(NamedTuple):
    """A page that was asked for.

    Attributes:
        limit: how many objects there are on a page.
        number: counts from 1.
    """

    limit: int
    number: int

    def pagination(self, total: int) -> Body:
        """What the response says of it: `offset` and `offsetCount` count pages, not objects."""
        return {"totalRecords": total, "currentOffset": self.number, "offsetCount": -(-total // self.limit)}


def page_of(call: Call, other_problems: Sequence[FieldProblem] = ()) -> Page:
    """The page that a request asks for: of ten objects, and the first one, unless it says otherwise.

    Raises:
        RefusalError: 422 when it is invalid, or when the request has other problems.
    """
    page = Page(
        limit=_whole_number(parameter(call, "limit", "10"), most=50),
        number=_whole_number(parameter(call, "offset", "1"), most=_LARGEST_NUMBER),
    )
    given = (("limit", page.limit), ("offset", page.number))
    if problems := [*(FieldProblem(name, INVALID) for name, value in given if not value), *other_problems]:
        raise responses.validation_error(problems)
    return page


def parameter(call: Call, name: str, default: str) -> str:
    """The query parameter as it was sent; the first one if it was sent more than once, which is our guess."""
    return next(iter(call.request.query_params.getlist(name)), default)


def _whole_number(given: str, *, most: int) -> int:
    """The number, or 0 for a text that is not a whole number from 1 to `most`."""
    number = int(given) if _WHOLE_NUMBER.fullmatch(given) else 0
    return number if number <= most else 0
