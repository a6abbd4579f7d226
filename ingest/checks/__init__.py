"""Checks of deliveries: one file a check, found by discovery."""
