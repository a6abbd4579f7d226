"""House coordinates and address services: rows of layer ``address``."""
