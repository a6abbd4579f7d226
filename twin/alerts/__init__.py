"""Alerts: what somebody wants to be told of readings, and what there was to tell, as the registry keeps it."""
