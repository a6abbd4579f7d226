"""Footprints without a third dimension: read, given a height that says where it comes from, extruded."""
