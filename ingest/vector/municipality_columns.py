"""Which columns of a vector file hold a municipality's key, name, population and area."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

KEYS = (
    *(
        "ags",
        "gemeindeschluessel",
        "gemeindeschlüssel",
        "amtlicher_gemeindeschluessel",
        "gemeindekennziffer",
        "gkz",
        "kn",
    ),
    *("gemnr", "gem_nr", "gemeinde_schluessel", "gmdschl", "schluessel", "schlüssel", "schluesselgesamt", "ags_8"),
    *("ars", "rs", "regionalschluessel", "regionalschlüssel", "nationalcode", "gemeinde_ags"),
)
"""Names of key columns, the surest first, lower case: BKG VG250 (AGS, ARS, once RS), NRW DVG (KN), ALKIS
(gmdschl, schluesselGesamt), INSPIRE (nationalCode)."""

NAMES = (
    *(
        "gen",
        "gn",
        "gemeindename",
        "gemeinde_name",
        "gemeinde",
        "name",
        "gemname",
        "gem_name",
        "bezeichnung",
        "geografischername",
    ),
    *("text", "title"),
)
POPULATIONS = ("ewz", "einwohner", "einwohnerzahl", "population", "einwohner_gesamt", "ew")
SQUARE_KILOMETRES = ("kfl", "flaeche_km2", "area_km2", "flaeche_qkm", "qkm", "km2")
SQUARE_METRES = ("area", "flaeche_m2", "area_m2", "amtliche_flaeche")

FOREIGN = re.compile(
    r"flst|flurst|flur$|gemarkung|zaehler|nenner|hausn|hsnr|strasse|gebnutz|gebaeude|gebäude|building|storey|dach|roof|nutzart|plan"
    r"|^gfk$|flstkennz"
)
"""Columns of parcels, buildings, addresses, plans: such a file is not one of borders, whatever keys it has."""

_LEVELS = {2, 3, 5, 8, 9, 12}
"""Digits of a key: state, region, district, municipality, association, municipality with its association."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns of a layer, by their names in the file; empty where there is none."""

    key: str
    name: str = ""
    population: str = ""
    square_kilometres: str = ""
    square_metres: str = ""


def is_foreign(fields: Iterable[str]) -> bool:
    """Whether the columns speak of something else than borders."""
    return any(FOREIGN.search(field.lower()) for field in fields)


def key_columns(fields: Iterable[str]) -> list[str]:
    """Columns that may hold a key, the surest first."""
    by_name = {field.lower(): field for field in fields}
    return [by_name[name] for name in KEYS if name in by_name]


def columns(fields: list[str], key: str) -> Columns:
    """The columns beside a key."""
    by_name = {field.lower(): field for field in reversed(fields) if field != key}

    def first(names: tuple[str, ...]) -> str:
        return next((by_name[name] for name in names if name in by_name), "")

    return Columns(key, first(NAMES), first(POPULATIONS), first(SQUARE_KILOMETRES), first(SQUARE_METRES))


def digits(values: pd.Series) -> pd.Series:
    """Keys as text of digits; empty where the value is none.

    A number has lost its leading zero: 5974040 is 05974040. Spaces and a national prefix (``DE``) go.
    """
    if pd.api.types.is_numeric_dtype(values):
        text = values.astype("Int64").astype("string").fillna("")
        return text.where(~text.str.len().isin([1, 4, 7, 11]), "0" + text).astype(str)
    text = values.astype("string").fillna("").str.replace(r"\s|^DE", "", regex=True)
    return text.where(text.str.fullmatch(r"\d+"), "").astype(str)


def ags(keys: pd.Series) -> pd.Series:
    """Municipality keys of 8 digits; empty where the key is of another level.

    A regional key of 12 digits holds the district (5), the association (4) and the municipality (3) (Destatis,
    Amtlicher Regionalschlüssel): the municipality key leaves the association out.
    """
    long = keys.str.len() == 12
    found = keys.where(~long, keys.str[:5] + keys.str[9:])
    return found.where(found.str.fullmatch(r"(?:0[1-9]|1[0-6])\d{6}"), "")


def looks_like_keys(keys: pd.Series) -> bool:
    """Whether a sample of values are keys of areas: of official lengths, and seldom the same one twice."""
    found = keys[keys != ""]
    if found.empty or not found.str.len().isin(_LEVELS).all() or len(found) < len(keys) / 2:
        return False
    states = found.str[:2].astype(int).between(1, 16)
    # A municipality in several rows is one in several pieces; hundreds of rows of one are not borders.
    return bool(states.all()) and found.nunique() * 4 >= len(found)
