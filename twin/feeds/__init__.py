"""Feeds: sources of readings that are asked again and again, as the registry keeps them, and how they fare."""
