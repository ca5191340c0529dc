"""The journal: a file for each provider process that says what it is making, for the case that it is killed."""
