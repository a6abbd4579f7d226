"""Search for municipalities, addresses, parcels, buildings and whatever bears a name, in the forms that people type."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twin.consent import layers
from twin.flurstueckskennzeichen import Flurstueckskennzeichen
from twin.terrain import Terrain
from viewer.sensors.datastream import COLUMNS, SEARCHED, Datastream, quantity_words

if TYPE_CHECKING:
    from twin import Twin

LONGEST = 120
"""Characters of a search that are looked at."""

_NAMED = 4
"""Hits of one layer that are found by their name."""

_NUMBER = re.compile(r"^(?P<street>.*?[^\d\s].*?)[\s,]*\b(?P<number>\d{1,4})\s*(?P<suffix>[a-z]?)\b(?P<rest>.*)$")
_PARCEL = re.compile(
    r"^(?:gemarkung\s+)?(?P<gemarkung>[^\d,]*?)[\s,]*(?:flur\s*)?(?P<flur>\d{1,3})[\s,\-–]+(?:flurstück\s*|flst\.?\s*)?"
    r"(?P<zaehler>\d{1,5})(?:\s*/\s*(?P<nenner>\d{1,4}))?$"
)

_FOLD = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"))


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found.

    Attributes
    ----------
    kind : str
        Layer that it is of.
    title, subtitle : str
        What it is called, and where it is.
    east, north, height : float
        A point in it. [m]
    ags : str
        Its municipality.
    key : str
        Its key within the municipality.
    """

    kind: str
    title: str
    subtitle: str
    east: float
    north: float
    height: float
    ags: str
    key: str


def folded(text: str) -> str:
    """`text` as it is compared: lower case, umlauts and ß spelled out, other accents dropped, ``str.`` as
    ``strasse``.

    ``Soester Str. 5``, ``SOESTER STRASSE 5`` and ``soesterstraße 5`` come out alike, spaces apart.
    """
    lowered = text.casefold()
    for letter, spelled in _FOLD:
        lowered = lowered.replace(letter, spelled)
    plain = "".join(c for c in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(c))
    plain = re.sub(r"str(?:\.|\b(?=\s|$|,))", "strasse ", plain)
    return " ".join(re.sub(r"[^a-z0-9/ ]+", " ", plain).split())


_SQL_FOLD = (
    "regexp_replace(regexp_replace(strip_accents(replace(replace(replace(replace(lower({0}), 'ä', 'ae'), 'ö', 'oe'), "
    "'ü', 'ue'), 'ß', 'ss')), 'str(\\.|$)', 'strasse'), '[^a-z0-9]+', '', 'g')"
)
"""`folded` without spaces, in SQL. A street's name holds no house number, so ``str.`` is at its end."""


def search(twin: Twin, text: str, limit: int = 8) -> list[Hit]:
    """What the twin's principal may see and `text` may mean, the likeliest first.

    Parameters
    ----------
    twin : Twin
    text : str
        Name of a municipality, address, Flurstückskennzeichen in any written form, Gemarkung with Flur and number,
        or id of a building.
    limit : int
        Most hits.

    Returns
    -------
    hits : list of Hit
        At most `limit`; none for an empty text.
    """
    wanted = text.strip()[:LONGEST]
    if not wanted or limit < 1:
        return []
    hits: list[Hit] = []
    seen: set[tuple[str, str, str]] = set()
    for hit in _candidates(twin, wanted, limit):
        if (hit.kind, hit.ags, hit.key) not in seen:
            seen.add((hit.kind, hit.ags, hit.key))
            hits.append(hit)
        if len(hits) >= limit:
            break
    return hits


def _candidates(twin: Twin, text: str, limit: int) -> Iterator[Hit]:
    yield from _parcels_by_key(twin, text, limit)
    yield from _municipalities(twin, text, limit)
    yield from _named(twin, text, limit)
    yield from _sensors(twin, text, limit)
    yield from _addresses(twin, text, limit)
    yield from _parcels_by_number(twin, text, limit)
    yield from _buildings(twin, text, limit)


def _municipalities(twin: Twin, text: str, limit: int) -> Iterator[Hit]:
    sought = literal(folded(text).replace(" ", ""))
    title = _SQL_FOLD.format("name")
    found = (
        twin.table("municipality")
        .project(f"*, {title} AS sought")
        .filter(f"contains(sought, {sought}) OR ags = {literal(text)}")
        .order(f"starts_with(sought, {sought}) DESC, name")
        .limit(limit)
    )
    for row in _rows(found, "ags, name"):
        yield _hit(twin, "municipality", row, title=row["name"], subtitle=row["ags"], key=row["ags"])


def _named(twin: Twin, text: str, limit: int) -> Iterator[Hit]:
    """Streets, places, plans and what else a layer's style says is searched, by its name."""
    if _NUMBER.match(folded(text)):
        return  # a street with a number is an address
    sought = literal(folded(text).replace(" ", ""))
    for layer in layers().values():
        if layer.style is None or not layer.style.searched or not layer.style.label or layer.name == "sensor":
            continue
        column = f'"{layer.style.label[0]}"'
        key = layer.key[0]
        named = (
            twin.table(layer.name)
            .filter(f"{column} IS NOT NULL")
            .project(f"*, {column}::VARCHAR AS title, {_SQL_FOLD.format(column + '::VARCHAR')} AS sought")
            .filter(f"contains(sought, {sought})")
        )
        # A street is many edges, and one hit.
        ordered = named.order(f'starts_with(sought, {sought}) DESC, length(sought), title, "{key}"').limit(limit * 20)
        seen: set[tuple[str, str]] = set()
        for row in _rows(ordered, f'ags, "{key}" AS key, title', "ags, key, title"):
            if (row["ags"], row["title"]) not in seen and len(seen) < _NAMED:
                seen.add((row["ags"], row["title"]))
                yield _hit(twin, layer.name, row, title=row["title"], subtitle=layer.title.de, key=row["key"])


def sensors(twin: Twin, text: str, limit: int) -> list[Datastream]:
    """Datastreams whose station, name, provider or quantity hold all words of a text, wherever they stand."""
    reading = twin.reading()
    words = [word.replace(" ", "") for word in folded(text[:LONGEST]).split()][:8]
    if not words:
        return []
    # A quantity is looked for by its words in both languages; the table holds its key.
    named = " || ".join(f"coalesce({_SQL_FOLD.format(f's.{name}')}, '')" for name in SEARCHED)
    matching = [[key for key, said in quantity_words().items() if word in said.replace(" ", "")] for word in words]
    conditions = " AND ".join("(contains(sought, ?) OR list_contains(?, observed_property))" for _ in words)
    values: list[Any] = [value for word, keys in zip(words, matching, strict=True) for value in (word, keys)]
    sql = (
        f"SELECT {COLUMNS} FROM (SELECT *, {named} || lower(s.sensor_id) AS sought FROM {reading.base}.sensor s) s "
        f"WHERE {conditions} ORDER BY length(sought), s.thing, s.observed_property, s.sensor_id LIMIT ?"
    )
    return [Datastream.of(row) for row in reading.fetch(sql, [*values, limit])]


def _sensors(twin: Twin, text: str, limit: int) -> Iterator[Hit]:
    found = {(stream.ags, stream.sensor_id): stream for stream in sensors(twin, text, limit)}
    if not found:
        return
    keys = ", ".join(literal(key) for _, key in found)
    rows = {(row["ags"], row["key"]): row for row in _rows(
        twin.table("sensor").filter(f"sensor_id IN ({keys})"), "ags, sensor_id AS key", "ags, key"
    )}  # fmt: skip
    for place, stream in found.items():
        if place in rows:
            title, subtitle = stream.title("de"), stream.provider or stream.name
            yield _hit(twin, "sensor", rows[place], title=title, subtitle=subtitle, key=stream.sensor_id)


def _addresses(twin: Twin, text: str, limit: int) -> Iterator[Hit]:
    match = _NUMBER.match(folded(text))
    street = match["street"] if match else folded(text)
    sought = literal(street.replace(" ", ""))
    number = f"{match['number']}{match['suffix']}" if match else ""
    # What follows the number, such as a postcode and a place, narrows the search.
    rest = re.sub(r"\d", "", match["rest"]).strip().replace(" ", "") if match else ""
    relation = twin.table("address").project(
        f"*, {_SQL_FOLD.format('street')} AS sought, {_SQL_FOLD.format('place')} AS town, "
        "lower(replace(house_number, ' ', '')) AS house"
    )
    relation = relation.filter(f"starts_with(sought, {sought}) OR contains(sought, {sought})")
    if number:
        relation = relation.filter(f"starts_with(house, {literal(number)})")
    if rest:
        relation = relation.filter(f"town IS NULL OR contains(town, {literal(rest)})")
    order = (
        f"house = {literal(number)} DESC, sought = {sought} DESC, starts_with(sought, {sought}) DESC, street, "
        "TRY_CAST(regexp_extract(house, '^[0-9]+') AS INTEGER), house, place"
    )
    for row in _rows(relation.order(order).limit(limit), "ags, address_id, street, house_number, postcode, place"):
        title = " ".join(filter(None, (row["street"], row["house_number"])))
        subtitle = " ".join(filter(None, (row["postcode"], row["place"])))
        yield _hit(twin, "address", row, title=title, subtitle=subtitle, key=row["address_id"])


def _parcels_by_key(twin: Twin, text: str, limit: int) -> Iterator[Hit]:
    try:
        parcel = Flurstueckskennzeichen.parse(text)
    except ValueError:
        return
    yield from _parcels(twin, f"flurstueckskennzeichen = {literal(str(parcel))}", limit)


def _parcels_by_number(twin: Twin, text: str, limit: int) -> Iterator[Hit]:
    match = _PARCEL.match(text.casefold())
    if match is None:
        return
    conditions = [f"flur = {int(match['flur'])}", f"zaehler = {int(match['zaehler'])}"]
    if match["nenner"]:
        conditions.append(f"nenner = {int(match['nenner'])}")
    if match["gemarkung"].strip():
        sought = literal(folded(match["gemarkung"]).replace(" ", ""))
        conditions.append(f"starts_with({_SQL_FOLD.format('gemarkung')}, {sought})")
    yield from _parcels(twin, " AND ".join(conditions), limit)


def _parcels(twin: Twin, where: str, limit: int) -> Iterator[Hit]:
    columns = "ags, flurstueckskennzeichen, gemarkung, gemarkungsnummer, flur, zaehler, nenner, location"
    found = twin.table("parcel").filter(where).order("gemarkung, flur, zaehler, nenner NULLS FIRST").limit(limit)
    for row in _rows(found, columns):
        yield _hit(
            twin,
            "parcel",
            row,
            title=parcel_title(row),
            subtitle=row["location"] or "",
            key=row["flurstueckskennzeichen"],
        )


def parcel_title(row: dict[str, Any]) -> str:
    """How people write a parcel: ``Soest, Flur 12, 345/6``."""
    number = "/".join(str(part) for part in (row["zaehler"], row["nenner"]) if part is not None)
    flur = f"Flur {row['flur']}" if row["flur"] is not None else ""
    return ", ".join(filter(None, (row["gemarkung"] or row["gemarkungsnummer"], flur, number)))


def _buildings(twin: Twin, text: str, limit: int) -> Iterator[Hit]:
    """By id or name, then by the address that a building carries itself."""
    sought = literal(text.casefold())
    named = f"lower(building_id) = {sought} OR lower(name) = {sought}"
    columns = "ags, building_id, function, name, address"
    for row in _rows(twin.table("building").filter(named).limit(limit), columns):
        title = row["name"] or row["building_id"]
        subtitle = ", ".join(filter(None, (row["function"], row["address"])))
        yield _hit(twin, "building", row, title=title, subtitle=subtitle, key=row["building_id"])
    match = _NUMBER.match(folded(text))
    street = literal((match["street"] if match else folded(text)).replace(" ", ""))
    number = f"{match['number']}{match['suffix']}" if match else ""
    # ``Butenfeld 2, Hamminkeln``: the street goes up to the first digit, the number up to the comma.
    split = "regexp_extract(address, '^([^0-9]*)([0-9]*[^,]*)', ['street', 'house'])"
    relation = (
        twin.table("building")
        .project(f"*, {split} AS split")
        .project(f"*, {_SQL_FOLD.format('split.street')} AS sought, lower(replace(split.house, ' ', '')) AS house")
    )
    found = relation.filter(f"starts_with(sought, {street}) AND starts_with(house, {literal(number)}) AND sought != ''")
    order = f"house = {literal(number)} DESC, sought = {street} DESC, address, footprint_area DESC"
    for row in _rows(found.order(order).limit(limit), columns):
        yield _hit(twin, "building", row, title=row["address"], subtitle=row["function"] or "", key=row["building_id"])


def _rows(relation: Any, columns: str, named: str = "") -> list[dict[str, Any]]:
    """Rows with a point of each geometry; `named` are the columns' names where they are not plain."""
    point = "ST_PointOnSurface(geom)"
    found = relation.filter("geom IS NOT NULL AND NOT ST_IsEmpty(geom)")
    names = [*(name.strip() for name in (named or columns).split(",")), "east", "north"]
    rows = found.project(f"{columns}, ST_X({point}) AS east, ST_Y({point}) AS north").fetchall()
    return [dict(zip(names, row, strict=True)) for row in rows]


def _hit(twin: Twin, kind: str, row: dict[str, Any], *, title: str, subtitle: str, key: str) -> Hit:
    east, north = float(row["east"]), float(row["north"])
    return Hit(kind, title, subtitle, east, north, ground_height(twin, east, north), row["ags"], key)


def ground_height(twin: Twin, east: float, north: float) -> float:
    """Height of the ground at a point: of the terrain, else of the buildings near, else 0. [m]"""
    height = float(Terrain(_Around(twin, east, north)).sample(east, north))
    if math.isfinite(height):
        return height
    near = f"abs(origin_x - {east!r}) < 300 AND abs(origin_y - {north!r}) < 300"
    found = twin.table("building_mesh").filter(near).aggregate("median(origin_z)").fetchall()
    return float(found[0][0]) if found and found[0][0] is not None else 0.0


class _Around:
    """The terrain tiles about a point: an index of all of them would take longer than the question."""

    def __init__(self, twin: Twin, east: float, north: float, reach: float = 50.0) -> None:
        self._twin = twin
        self._where = (
            f"west <= {east + reach!r} AND east >= {east - reach!r} "
            f"AND south <= {north + reach!r} AND north >= {north - reach!r}"
        )

    def table(self, name: str) -> Any:
        """Relation of the tiles there."""
        return self._twin.table(name).filter(self._where)


def literal(value: str) -> str:
    """`value` as an SQL text; what users type reaches SQL in no other way."""
    return "'" + value.replace("'", "''").replace("\0", "") + "'"
