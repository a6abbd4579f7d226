"""Commands on the twin itself."""
