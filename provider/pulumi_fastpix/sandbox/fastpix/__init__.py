"""FastPix's API, one file for each area."""
