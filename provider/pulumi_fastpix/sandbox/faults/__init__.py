"""Simulated failures between a client and FastPix."""
