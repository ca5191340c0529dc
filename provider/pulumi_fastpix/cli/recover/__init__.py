"""`pulumi-fastpix recover`."""
