"""Sources that are polled by HTTP: what they have in common, and how each service is asked."""
