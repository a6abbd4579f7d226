"""Point clouds: from laser points to grids of heights."""
