"""`pulumi-fastpix sign`."""
