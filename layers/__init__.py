"""The layers of the twin: one file each, declarations without logic."""
