"""`pulumi-fastpix audit`."""
