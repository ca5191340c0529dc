"""The names that all our resources share in stacks. FROZEN: a stack knows what it has by them alone."""

from __future__ import annotations

DYNAMIC_PACKAGE = "pulumi-python"
NATIVE_PACKAGE = "fastpix"
"""What Pulumi calls the providers behind the two front doors."""

SEEN_BY = "seenBy"
"""Output only: the workspace in which the stream was last seen. Tells a refresh from a lookup by id, too."""

PROVIDER_KEY = "__provider"
"""Where the SDK stores the pickle of a dynamic provider, among the inputs and the outputs."""
