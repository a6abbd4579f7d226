"""An open-source digital twin of a district."""

__version__ = "0.1.0"
