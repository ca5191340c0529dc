"""What the SDK's dynamic provider process has no setting for: each module here changes one thing in that process.

Each does it in that process and nowhere else, and only where everything looks as it did when it was written; else the
SDK's own behaviour stays.
"""

from __future__ import annotations

import sys
from types import ModuleType

_NAME = "pulumi.dynamic.__main__"


def provider_process() -> ModuleType | None:
    """The main module of Pulumi's dynamic provider process, if this is one."""
    main = sys.modules.get("__main__")
    return main if getattr(getattr(main, "__spec__", None), "name", None) == _NAME else None
