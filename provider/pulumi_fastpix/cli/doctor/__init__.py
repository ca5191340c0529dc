"""`pulumi-fastpix doctor`, with one module for each place where something can be wrong."""
