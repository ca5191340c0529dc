"""What the checks of all resource types have in common."""

from __future__ import annotations

import pytest

from pulumi_fastpix.resources.base import UNKNOWN, ResourceType
from pulumi_fastpix.resources.table import RESOURCE_TYPES


@pytest.mark.parametrize("resource_type", RESOURCE_TYPES, ids=lambda one: str(one.name))
@pytest.mark.parametrize("value", [{"domains": {"allow": ["partner.example"]}}, UNKNOWN])
def test_an_input_that_does_not_exist_is_refused_and_not_shown(resource_type: ResourceType, value: object) -> None:
    """Ignored, a restriction that is misspelt, or of newer versions only, would leave open what is declared closed."""
    inputs = {"streamId": "1111aaaa2222bbbb3333cccc4444dddd"} if resource_type.lookup_keys else {}
    (problem,) = resource_type.check({**inputs, "acessRestrictions": value, "absent": None})[1]
    assert problem.path == "acessRestrictions"
    assert "no such input" in problem.reason
    assert not problem.harmless
