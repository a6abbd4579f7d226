"""The indicators: one file each, one function of the tables each."""
