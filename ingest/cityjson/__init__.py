"""CityJSON and CityJSONSeq: buildings and land use."""
