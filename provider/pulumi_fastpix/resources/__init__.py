"""The meaning of each resource: no Pulumi protocol, no HTTP."""
