"""Servers, processes, stacks and responses that several tests use."""
