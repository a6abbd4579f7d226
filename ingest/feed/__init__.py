"""Feeds at work: each asked in its turn, what they bring landed one after another, for years."""
