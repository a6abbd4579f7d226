"""Fetches what a state's open-data portal publishes over a municipality, keeps it, and has it ingested."""
