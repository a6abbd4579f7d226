"""Feeds at work: asked in their turn, landed through the ordinary jobs, watched."""
