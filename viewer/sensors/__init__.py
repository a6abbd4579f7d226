"""Sensors as the map and the chart show them: units, stations with their latest values, and readings over time."""
