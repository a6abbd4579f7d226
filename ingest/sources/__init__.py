"""Where feeds get readings: one file a provider, each with its ``SOURCE``."""
