"""CityGML buildings: what `ingest.formats.citygml` reads them with."""
