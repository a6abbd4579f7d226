"""ALKIS in the simplified schema (ave:): parcels, land use and buildings, from GML, GeoPackage or Shapefile."""
