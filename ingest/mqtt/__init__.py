"""Readings that a broker pushes: heard by MQTT, kept until they have landed, and only then acknowledged."""
