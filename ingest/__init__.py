"""Deliveries become rows."""
