"""`pulumi-fastpix adopt`."""
