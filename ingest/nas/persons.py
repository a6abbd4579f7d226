"""Persons, and everything that leads to them: known by name so that it is dropped while parsing, and counted."""

from __future__ import annotations

KINDS = frozenset(
    {
        "AX_Person",
        "AX_PersonGruppe",
        "AX_Personengruppe",
        "AX_Namensnummer",
        "AX_BeziehungsverhaeltnisNamensnummer",
        "AX_Anschrift",
        "AX_Buchungsblatt",
        "AX_Buchungsstelle",
        "AX_Verwaltung",
        "AX_Vertretung",
        "AX_Benutzer",
        "AX_Benutzergruppe",
        "AX_BenutzergruppeNBA",
        "AX_BenutzergruppeMitZugriffskontrolle",
    }
)
"""Object classes of the groups Personen- und Bestandsdaten, Buchung and Benutzer (GeoInfoDok 6.0.1 and 7.1.2)."""

RELATIONS = {
    "AX_Flurstueck": ("istGebucht",),
    "AX_Gebaeude": ("gehoert",),
}
"""Relations of the classes that are read which lead to a person; their targets are never looked at."""
