"""Characters that can't be part of a credential. Light, since programs import it."""

from __future__ import annotations


def foreign_characters_in(credential: str) -> str | None:
    """What a credential contains that can't belong to it, such as a line break from pasting; None if nothing."""
    if any(character.isspace() for character in credential):
        return "white space"
    return None if credential.isprintable() else "invisible characters"
