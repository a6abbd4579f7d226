"""Registry, version 2: mappings of tables, saved with the municipality whose deliveries they read."""

STATEMENTS = (
    """CREATE TABLE mapping (
        ags TEXT NOT NULL, name TEXT NOT NULL, layer TEXT NOT NULL, content TEXT NOT NULL,
        saved_at TEXT NOT NULL, saved_by TEXT NOT NULL, PRIMARY KEY (ags, name))""",
)
