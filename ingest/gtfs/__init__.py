"""GTFS: timetables of public transport."""
