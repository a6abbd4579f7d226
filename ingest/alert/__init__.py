"""Alerts are raised here: readings and the clock are looked at, and whoever wants to know is told."""
