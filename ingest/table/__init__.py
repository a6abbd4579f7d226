"""Tables of any kind, whatever lies on disk: delimited text, spreadsheets, vector files."""
