"""`pulumi-fastpix sandbox`."""
