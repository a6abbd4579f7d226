"""Registry, version 3: what checks found in deliveries, with what was rejected (quarantine)."""

STATEMENTS = (
    """CREATE TABLE finding (
        delivery_id TEXT NOT NULL, number INTEGER NOT NULL, part INTEGER, ags TEXT NOT NULL, layer TEXT NOT NULL,
        code TEXT NOT NULL, severity TEXT NOT NULL, feature TEXT NOT NULL, east DOUBLE PRECISION,
        north DOUBLE PRECISION, line INTEGER, sentence_de TEXT NOT NULL, sentence_en TEXT NOT NULL,
        advice_de TEXT NOT NULL, advice_en TEXT NOT NULL, content TEXT NOT NULL, PRIMARY KEY (delivery_id, number))""",
    "CREATE INDEX finding_by_place ON finding (ags, layer)",
    """CREATE TABLE finding_count (
        delivery_id TEXT NOT NULL, layer TEXT NOT NULL, code TEXT NOT NULL, severity TEXT NOT NULL,
        count BIGINT NOT NULL, PRIMARY KEY (delivery_id, layer, code, severity))""",
)
