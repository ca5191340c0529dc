"""Making an object once, though the response to its creation may be lost; and one list for many readers."""
