"""What each resource means: no Pulumi protocol, no HTTP."""
