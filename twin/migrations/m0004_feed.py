"""Registry, version 4: feeds of sensor readings, how they fare, and alerts."""

STATEMENTS = (
    """CREATE TABLE feed (
        ags TEXT NOT NULL, name TEXT NOT NULL, source TEXT NOT NULL, options TEXT NOT NULL, secret TEXT NOT NULL,
        every INTEGER NOT NULL, enabled INTEGER NOT NULL, saved_at TEXT NOT NULL, saved_by TEXT NOT NULL,
        PRIMARY KEY (ags, name))""",
    """CREATE TABLE feed_state (
        ags TEXT NOT NULL, name TEXT NOT NULL, cursor_content TEXT NOT NULL, tried_at TEXT NOT NULL,
        succeeded_at TEXT NOT NULL, landed_at TEXT NOT NULL, delivery_id TEXT NOT NULL, next_at TEXT NOT NULL,
        failures INTEGER NOT NULL, problem_de TEXT NOT NULL, problem_en TEXT NOT NULL, readings BIGINT NOT NULL,
        PRIMARY KEY (ags, name))""",
    """CREATE TABLE alert_rule (
        rule_id TEXT PRIMARY KEY, ags TEXT NOT NULL, name TEXT NOT NULL, sensor_id TEXT NOT NULL,
        observed_property TEXT NOT NULL, kind TEXT NOT NULL, threshold DOUBLE PRECISION,
        release DOUBLE PRECISION, unit TEXT NOT NULL, silence INTEGER, severity TEXT NOT NULL, webhook TEXT NOT NULL,
        email TEXT NOT NULL, secret TEXT NOT NULL, signed INTEGER NOT NULL,
        saved_at TEXT NOT NULL, saved_by TEXT NOT NULL)""",
    "CREATE UNIQUE INDEX alert_rule_by_place ON alert_rule (ags, name)",
    """CREATE TABLE alert (
        alert_id TEXT PRIMARY KEY, rule_id TEXT NOT NULL, rule_ags TEXT NOT NULL, ags TEXT NOT NULL,
        sensor_id TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, severity TEXT NOT NULL,
        threshold DOUBLE PRECISION, silence INTEGER, opened_at TEXT NOT NULL, closed_at TEXT NOT NULL,
        phenomenon_time TEXT NOT NULL, phenomenon_end TEXT NOT NULL, result DOUBLE PRECISION,
        extreme DOUBLE PRECISION, seen_at TEXT NOT NULL, seen_by TEXT NOT NULL)""",
    "CREATE INDEX alert_by_place ON alert (ags, closed_at)",
    "CREATE UNIQUE INDEX alert_that_is_open ON alert (rule_id, ags, sensor_id) WHERE closed_at = ''",
    """CREATE TABLE alert_mark (
        ags TEXT NOT NULL, sensor_id TEXT NOT NULL, phenomenon_time TEXT NOT NULL, PRIMARY KEY (ags, sensor_id))""",
    """CREATE TABLE alert_message (
        alert_id TEXT NOT NULL, channel TEXT NOT NULL, occasion TEXT NOT NULL, ags TEXT NOT NULL,
        attempts INTEGER NOT NULL, next_at TEXT NOT NULL, sent_at TEXT NOT NULL, problem_de TEXT NOT NULL,
        problem_en TEXT NOT NULL,
        PRIMARY KEY (alert_id, channel, occasion))""",
    "CREATE INDEX alert_message_that_waits ON alert_message (next_at) WHERE sent_at = '' AND next_at <> ''",
    # Feeds land often: what each landing asks for is found without looking through all that came before.
    "CREATE INDEX delivery_by_author ON delivery (author, format, ags_option)",
    "CREATE INDEX delivery_by_state ON delivery (state)",
    "CREATE INDEX moment_by_delivery ON moment (delivery_id)",
)
