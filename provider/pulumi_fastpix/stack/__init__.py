"""A stack's state as Pulumi exports it, and the file by which Pulumi imports."""
