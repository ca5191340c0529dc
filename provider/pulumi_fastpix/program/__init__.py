"""What the resource classes of Python programs share, whichever provider serves them."""
