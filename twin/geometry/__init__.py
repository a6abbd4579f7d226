"""Geometry: coordinates, footprints, solids, meshes, rasters."""
