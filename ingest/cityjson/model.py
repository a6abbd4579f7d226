"""A CityJSON object and the features of a CityJSONSeq, as models: objects by id, vertices in metres or degrees."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ingest.cityjson.structure import Malformed, Structure
from ingest.damage import in_words
from twin.language import Text

LARGEST = 1 << 30
"""Largest CityJSON object that is read; more comes as CityJSONSeq. [B]"""

LONGEST_LINE = 256 << 20
"""Longest line of a CityJSONSeq. [B]"""

_LONG_LINE = Text(f"mehr als {LONGEST_LINE:,} B", f"more than {LONGEST_LINE:,} B")
_VERTICES_AT_ONCE = 4 << 20
_UNKNOWN_NUMBER = float("nan")


@dataclass(frozen=True)
class Header:
    """What holds for all objects.

    Attributes
    ----------
    version : str
        ``1.0``, ``1.1`` or ``2.0``.
    crs : str
        Name of the CRS; empty if there is none.
    date : str
        Reference date of the content, ISO; empty if there is none.
    scale, translate : ndarray of float64, shape (3,)
        Vertices are integers times `scale` plus `translate`.
    """

    version: str
    crs: str
    date: str
    scale: NDArray[np.float64]
    translate: NDArray[np.float64]

    @classmethod
    def of(cls, said: dict[str, Any]) -> Header:
        """Header from the members ``type``, ``version``, ``metadata`` and ``transform``.

        Raises
        ------
        Malformed
            If it is not of CityJSON 1.0, 1.1 or 2.0.
        """
        version = str(said.get("version", ""))
        if said.get("type") != "CityJSON" or version[:3] not in {"1.0", "1.1", "2.0"}:
            raise Malformed('"type": "CityJSON", "version": 1.0 | 1.1 | 2.0')
        metadata = said.get("metadata")
        metadata = metadata if isinstance(metadata, dict) else {}
        date = metadata.get("referenceDate")
        transform = said.get("transform")
        scale, translate = np.ones(3), np.zeros(3)
        if isinstance(transform, dict):
            scale, translate = (positions([transform.get(name)])[0] for name in ("scale", "translate"))
        if not (np.isfinite(scale).all() and np.isfinite(translate).all()):
            raise Malformed('"transform": {"scale": [x, y, z], "translate": [x, y, z]}')
        return cls(
            version=version[:3],
            crs=_text(metadata.get("referenceSystem")),
            date=_text(date)[:10] if isinstance(date, str) else "",
            scale=scale,
            translate=translate,
        )

    def placed(self, vertices: NDArray[np.float64]) -> NDArray[np.float64]:
        """Vertices as coordinates of the CRS."""
        with np.errstate(over="ignore", invalid="ignore"):
            return vertices * self.scale + self.translate


@dataclass(frozen=True)
class Model:
    """Objects that share vertices.

    Attributes
    ----------
    ids : list of str
        Of all objects.
    get : callable
        ``(id) -> dict``: an object, parsed when it is asked for; empty if there is none.
    vertices : ndarray of float64, shape (n, 3)
        Coordinates in the CRS; NaN where the source has no finite number.
    where : str
        For people: where the model stands in the file.
    """

    ids: list[str]
    get: Callable[[str], dict[str, Any]]
    vertices: NDArray[np.float64]
    where: str = ""


def whole(data: bytes) -> tuple[Header, Model]:
    """Header and objects of a CityJSON object.

    Raises
    ------
    Malformed
        If it is none.
    """
    structure = Structure.of(data)
    named: dict[str, Any] = {
        name: parsed(data[slice(*structure.members[name])])
        for name in ("type", "version", "metadata", "transform")
        if name in structure.members
    }
    header = Header.of(named)
    objects = structure.within("CityObjects")

    def get(identity: str) -> dict[str, Any]:
        found = parsed(data[slice(*objects[identity])]) if identity in objects else {}
        return found if isinstance(found, dict) else {}

    start, stop = structure.members.get("vertices", (0, 0))
    return header, Model(list(objects), get, header.placed(_vertices(data, start, stop)))


def sequence(header: Header, first: bytes, stream: IO[bytes]) -> Iterator[Model]:
    """Features of a CityJSONSeq, each a model of its own; `first` is the line after the header.

    Raises
    ------
    Malformed
        If a line is too long or no JSON. One that is JSON but no feature gives a model without objects.
    """
    line, number = first, 2
    while line:
        if len(line) > LONGEST_LINE:
            raise Malformed(_LONG_LINE, f"line {number}")
        text = line.strip(b" \t\r\n\x1e")
        if text:
            yield _feature(header, text, f"line {number}")
        line = stream.readline(LONGEST_LINE + 1)
        number += 1


def _feature(header: Header, text: bytes, where: str) -> Model:
    try:
        said = parsed(text)
    except Malformed as error:
        raise Malformed(error.found, where) from None
    objects = said.get("CityObjects") if isinstance(said, dict) and said.get("type") == "CityJSONFeature" else None
    if not isinstance(objects, dict):
        return Model([], _no_object, np.zeros((0, 3)), where)
    vertices = said.get("vertices")
    found = positions(vertices if isinstance(vertices, list) else [])

    def get(identity: str) -> dict[str, Any]:
        one = objects.get(identity)
        return one if isinstance(one, dict) else {}

    return Model(list(objects), get, header.placed(found), where)


def _no_object(_: str) -> dict[str, Any]:
    return {}


def parsed(text: bytes) -> Any:
    """A JSON value; numbers that JSON does not know (``NaN``) come as None.

    Raises
    ------
    Malformed
        If it is none, or nests too deep.
    """
    try:
        return json.loads(text, parse_constant=_nothing)
    except (RecursionError, ValueError) as error:
        raise Malformed(in_words(error)) from None


def _nothing(_: str) -> None:
    return None


def positions(values: list[Any]) -> NDArray[np.float64]:
    """Positions as an array of shape (n, 3); a row that is not three finite numbers is NaN."""
    if not values:
        return np.zeros((0, 3))
    try:
        found = np.array(values, np.float64)
    except (ValueError, TypeError, OverflowError):
        found = np.zeros(0)
    if found.ndim != 2 or found.shape[1] != 3:
        found = np.array([_position(value) for value in values], np.float64)
    found[~np.isfinite(found).all(axis=1)] = np.nan
    return found


def _position(value: Any) -> tuple[float, float, float]:
    try:
        x, y, z = value
        return float(x), float(y), float(z)
    except (ValueError, TypeError, OverflowError):
        return _UNKNOWN_NUMBER, _UNKNOWN_NUMBER, _UNKNOWN_NUMBER


def _vertices(data: bytes, start: int, stop: int) -> NDArray[np.float64]:
    """Vertices between the outer brackets, some megabytes of text at a time: as Python lists they take twenty times."""
    text = data[start:stop].strip()
    if not text:
        return np.zeros((0, 3))
    if text[:1] != b"[" or text[-1:] != b"]":
        raise Malformed('"vertices": [[x, y, z], …]')
    found = [np.zeros((0, 3))]
    begin, end = 1, len(text) - 1
    while begin < end:
        cut = text.find(b"]", min(begin + _VERTICES_AT_ONCE, end))
        cut = end if cut < 0 or cut >= end else cut + 1
        inner = text[begin:cut].strip()
        found.append(positions(parsed(b"[" + inner.removeprefix(b",") + b"]")))
        begin = cut
    return np.concatenate(found)


def _text(value: Any) -> str:
    if isinstance(value, dict):
        # CityJSON 0.x and some writers of 1.0: {"epsg": 7415}
        value = f"EPSG:{value.get('epsg')}" if value.get("epsg") else ""
    return value.strip()[:1000] if isinstance(value, str) else ""
