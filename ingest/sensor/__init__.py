"""Sensors and their readings: SensorThings, PegelOnline, DWD, air quality."""
