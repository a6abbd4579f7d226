"""Numbered migrations of the registry: SQL that SQLite and PostgreSQL both take. A published one never changes."""

from twin.migrations.m0001_registry import STATEMENTS as _REGISTRY
from twin.migrations.m0002_mapping import STATEMENTS as _MAPPING
from twin.migrations.m0003_finding import STATEMENTS as _FINDING
from twin.migrations.m0004_feed import STATEMENTS as _FEED

MIGRATIONS: tuple[tuple[str, ...], ...] = (_REGISTRY, _MAPPING, _FINDING, _FEED)
"""Migration n is item n − 1."""
