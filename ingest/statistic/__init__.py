"""Statistics: grids and figures of municipalities."""
