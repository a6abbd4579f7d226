"""Aerial pictures: from pixels in any CRS, depth and palette to tiles of the store's grid."""
