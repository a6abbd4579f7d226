"""Registry, version 1. Moments are ISO 8601 texts in UTC, so that both databases sort and compare them alike."""

STATEMENTS = (
    "CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "INSERT INTO setting VALUES ('revision', '0')",
    """CREATE TABLE municipality (
        ags TEXT PRIMARY KEY, name TEXT NOT NULL, population BIGINT, area DOUBLE PRECISION)""",
    """CREATE TABLE consent (
        ags TEXT NOT NULL, layer TEXT NOT NULL, audience TEXT NOT NULL, purpose TEXT NOT NULL,
        valid_from TEXT, valid_until TEXT, granted_by TEXT NOT NULL, granted_at TEXT NOT NULL,
        PRIMARY KEY (ags, layer, purpose))""",
    """CREATE TABLE delivery (
        delivery_id TEXT PRIMARY KEY, state TEXT NOT NULL, file TEXT NOT NULL, sha256 TEXT NOT NULL,
        format TEXT NOT NULL, ags_option TEXT NOT NULL, crs_option TEXT NOT NULL, author TEXT NOT NULL,
        read_counts TEXT NOT NULL, rejected INTEGER NOT NULL, received_at TEXT NOT NULL, committed_at TEXT,
        seq INTEGER, whole INTEGER NOT NULL)""",
    "CREATE INDEX delivery_by_content ON delivery (sha256)",
    """CREATE TABLE delivery_file (
        delivery_id TEXT NOT NULL, part INTEGER NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL,
        version TEXT NOT NULL, crs TEXT NOT NULL, licence TEXT NOT NULL, content_date TEXT NOT NULL, mode TEXT NOT NULL,
        west DOUBLE PRECISION, south DOUBLE PRECISION, east DOUBLE PRECISION, north DOUBLE PRECISION,
        dropped TEXT NOT NULL, notes TEXT NOT NULL, PRIMARY KEY (delivery_id, part))""",
    """CREATE TABLE delivery_count (
        delivery_id TEXT NOT NULL, part INTEGER NOT NULL, ags TEXT NOT NULL, layer TEXT NOT NULL, kind TEXT NOT NULL,
        count BIGINT NOT NULL, PRIMARY KEY (delivery_id, part, ags, layer, kind))""",
    "CREATE INDEX delivery_count_by_place ON delivery_count (ags, layer, kind)",
    """CREATE TABLE reject (
        delivery_id TEXT NOT NULL, number INTEGER NOT NULL, layer TEXT NOT NULL, feature TEXT NOT NULL,
        reason TEXT NOT NULL, PRIMARY KEY (delivery_id, number))""",
    """CREATE TABLE moment (
        seq INTEGER PRIMARY KEY, at TEXT NOT NULL, action TEXT NOT NULL, delivery_id TEXT, ags TEXT, layer TEXT)""",
    """CREATE TABLE head (
        ags TEXT NOT NULL, seq INTEGER NOT NULL, snapshot BIGINT NOT NULL, PRIMARY KEY (ags, seq))""",
    """CREATE TABLE receipt (
        seq INTEGER PRIMARY KEY, at TEXT NOT NULL, ags TEXT NOT NULL, layer TEXT NOT NULL,
        files BIGINT NOT NULL, bytes BIGINT NOT NULL)""",
    """CREATE TABLE scenario (
        name TEXT PRIMARY KEY, title TEXT NOT NULL, at_moment TEXT NOT NULL, created_at TEXT NOT NULL,
        created_by TEXT NOT NULL)""",
    """CREATE TABLE scenario_edit (
        scenario TEXT NOT NULL, seq INTEGER NOT NULL, kind TEXT NOT NULL, ags TEXT NOT NULL, layer TEXT NOT NULL,
        target TEXT NOT NULL, payload TEXT NOT NULL, PRIMARY KEY (scenario, seq))""",
    "CREATE TABLE account (name TEXT PRIMARY KEY, role TEXT NOT NULL, ags TEXT NOT NULL, created_at TEXT NOT NULL)",
    """CREATE TABLE saved_query (
        name TEXT PRIMARY KEY, sql TEXT NOT NULL, owner TEXT NOT NULL, created_at TEXT NOT NULL)""",
    """CREATE TABLE run (
        run_id TEXT PRIMARY KEY, kind TEXT NOT NULL, delivery_id TEXT, started_at TEXT NOT NULL, finished_at TEXT,
        state TEXT NOT NULL)""",
)
