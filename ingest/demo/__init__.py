"""The demo district: laid out by rules, written in the formats of the authorities."""
