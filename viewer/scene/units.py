"""Units as people write them."""

UNITS = {
    "m": "m",
    "m2": "m²",
    "m3": "m³",
    "deg": "°",
    "1": "",
    "mm": "mm",
    "cm": "cm",
    "a": "a",
    "h": "h",
    "km/h": "km/h",
    "m/s": "m/s",
    "Mbit/s": "Mbit/s",
    "EUR/m2": "€/m²",
    "m3/m2": "m³/m²",
    "s": "s",
}
"""UCUM codes of the declarations."""
