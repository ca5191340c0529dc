"""The part of the resource classes of Python programs that both providers share."""
