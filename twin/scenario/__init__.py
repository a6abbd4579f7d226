"""Scenarios: edits on the tables of a moment."""
