"""The Flurstückskennzeichen: the key of a parcel in the German cadastre, 20 characters.

Land (2), Gemarkungsnummer (4), Flurnummer (3), Zähler (5), Nenner (4), Flurstücksfolge (2); parts that a parcel does
not have are underscores. Source: GeoInfoDok, AX_Flurstueck, attribute flurstueckskennzeichen. It has no check digit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_COLUMNS = {
    "land": (0, 2, r"[0-9]{2}"),
    "gemarkung": (2, 6, r"[0-9]{4}"),
    "flur": (6, 9, r"[0-9]{3}|_{3}"),
    "zaehler": (9, 14, r"[0-9]{1,5}_*"),
    "nenner": (14, 18, r"[0-9]{1,4}_*|_{4}"),
    "folge": (18, 20, r"[0-9A-Z]{1,2}_*|_{2}"),
}
"""Where each part stands in the official form, and what it may look like."""

_WRITTEN = re.compile(
    r"(?P<land>[0-9]{2})[- ]?(?P<gemarkung>[0-9]{4})[- /](?P<flur>[0-9]{1,3}|_{1,3})?[- /](?P<zaehler>[0-9]{1,5})"
    r"(?:/(?P<nenner>[0-9]{1,4}))?(?:\.(?P<folge>[0-9A-Za-z]{1,2}))?"
)


@dataclass(frozen=True, slots=True, order=True)
class Flurstueckskennzeichen:
    """Key of a parcel.

    Attributes
    ----------
    land : int
        Number of the state, 1 … 16.
    gemarkung : int
        Number of the Gemarkung within the state, 0 … 9999.
    flur : int or None
        Number of the Flur, 1 … 999; None in states without Fluren.
    zaehler : int
        Numerator of the parcel number, 1 … 99999.
    nenner : int or None
        Denominator, 1 … 9999; None if there is none.
    folge : str
        Flurstücksfolge, two characters; empty for none.

    Raises
    ------
    ValueError
        If a part is out of its range.
    """

    land: int
    gemarkung: int
    flur: int | None
    zaehler: int
    nenner: int | None = None
    folge: str = ""

    def __post_init__(self) -> None:
        for name, value, lowest, highest in (
            ("Land", self.land, 1, 16),
            ("Gemarkungsnummer", self.gemarkung, 0, 9999),
            ("Flurnummer", self.flur, 1, 999),
            ("Zähler", self.zaehler, 1, 99_999),
            ("Nenner", self.nenner, 1, 9999),
        ):
            if value is not None and not lowest <= value <= highest:
                raise ValueError(f"expected {name} from {lowest} to {highest}, found {value}")
        if self.folge and not re.fullmatch(r"[0-9A-Z]{2}", self.folge):
            raise ValueError("expected a Flurstücksfolge of two digits or capital letters")

    @classmethod
    def parse(cls, text: str) -> Flurstueckskennzeichen:
        """Read the official form or the way people write it.

        Parameters
        ----------
        text : str
            ``05432002500008______`` (20 characters; trailing underscores may be missing, zeros may stand for parts
            that do not exist), ``05-4320-25-8/1``, ``054320-025-00008/0001.00`` or ``05 4320 25 8/1``; without Flur
            ``02-0125--139``.

        Returns
        -------
        key : Flurstueckskennzeichen

        Raises
        ------
        ValueError
            If it is none of these; the message does not repeat `text`.
        """
        parts = _official(text.strip().upper()) or _written(text.strip())
        if parts is None:
            raise ValueError("expected a Flurstückskennzeichen such as 05432002500008______ or 05-4320-25-8/1")
        folge = parts["folge"].strip("_").upper()
        return cls(
            land=int(parts["land"]),
            gemarkung=int(parts["gemarkung"]),
            flur=_number(parts["flur"]),
            zaehler=int(parts["zaehler"].strip("_")),
            nenner=_number(parts["nenner"]),
            folge=folge.rjust(2, "0") if folge.strip("0") else "",
        )

    @classmethod
    def check(cls, text: str) -> bool:
        """Whether `text` can be parsed."""
        try:
            cls.parse(text)
        except ValueError:
            return False
        return True

    @property
    def gemarkungsnummer(self) -> str:
        """Land and number of the Gemarkung, 6 digits."""
        return f"{self.land:02}{self.gemarkung:04}"

    @property
    def display(self) -> str:
        """The way people write it: ``05-4320-25-8/1``."""
        flur = "" if self.flur is None else str(self.flur)
        nenner = "" if self.nenner is None else f"/{self.nenner}"
        folge = f".{self.folge}" if self.folge else ""
        return f"{self.land:02}-{self.gemarkung:04}-{flur}-{self.zaehler}{nenner}{folge}"

    def __str__(self) -> str:
        flur = "___" if self.flur is None else f"{self.flur:03}"
        nenner = "____" if self.nenner is None else f"{self.nenner:04}"
        return f"{self.gemarkungsnummer}{flur}{self.zaehler:05}{nenner}{self.folge or '__'}"


def _official(text: str) -> dict[str, str] | None:
    """Parts of the 20 characters; underscores at the end may be missing, the Zähler not."""
    if not 14 <= len(text) <= 20:
        return None
    parts = {name: text.ljust(20, "_")[begin:end] for name, (begin, end, _) in _COLUMNS.items()}
    fits = all(re.fullmatch(_COLUMNS[name][2], part) for name, part in parts.items())
    return parts if fits else None


def _written(text: str) -> dict[str, str] | None:
    """Parts of the way people write it."""
    found = _WRITTEN.fullmatch(text)
    return {name: part or "" for name, part in found.groupdict().items()} if found else None


def _number(part: str) -> int | None:
    """Value of a part that may be missing: underscores, zeros and nothing mean the same."""
    digits = part.strip("_")
    return int(digits) or None if digits else None
