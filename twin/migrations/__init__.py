"""Numbered migrations of the registry: SQL that SQLite and PostgreSQL both take. A published one never changes."""

from twin.migrations.m0001_registry import STATEMENTS as _REGISTRY
from twin.migrations.m0002_mapping import STATEMENTS as _MAPPING

MIGRATIONS: tuple[tuple[str, ...], ...] = (_REGISTRY, _MAPPING)
"""Migration n is item n − 1."""
