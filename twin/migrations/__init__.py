"""Numbered migrations of the registry: SQL that SQLite and PostgreSQL both take. A published one never changes."""

from twin.migrations.m0001_registry import STATEMENTS as _REGISTRY

MIGRATIONS: tuple[tuple[str, ...], ...] = (_REGISTRY,)
"""Migration n is item n − 1."""
