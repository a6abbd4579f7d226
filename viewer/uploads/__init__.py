"""Files on their way from a browser, until they are handed in or thrown away."""
