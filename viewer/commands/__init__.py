"""Commands that show the twin."""
