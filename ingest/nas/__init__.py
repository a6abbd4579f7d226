"""ALKIS NAS, GeoInfoDok 6 and 7.1: cadastral objects as rows, persons never among them."""
