"""FastPix's API: one module for each area, and the parts that the areas share."""
