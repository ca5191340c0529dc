"""`pulumi-fastpix delete`."""
