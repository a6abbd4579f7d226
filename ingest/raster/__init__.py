"""What the raster formats share: from cells in any CRS to tiles of the store's grid."""
