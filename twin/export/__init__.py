"""Formats that the tables can be written in: one file a format."""
