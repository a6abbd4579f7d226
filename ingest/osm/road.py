"""What the tags of a street say: class, access, direction, speed and width."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from ingest.osm.tag_table import Tags, table

_NUMBER = re.compile(r"(\d{1,4}(?:[.,]\d{1,3})?)\s*(km/h|kmh|kph|mph|knots|m|ft|')?", re.IGNORECASE)
_FEET_AND_INCHES = re.compile(r"(\d{1,3})'(?:(\d{1,2})\")?")
_TO_KMH = {"": 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": 1.609344, "knots": 1.852}
_TO_METRES = {"": 1.0, "m": 1.0, "ft": 0.3048, "'": 0.3048}
_CYCLEWAYS = ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")
_KEYS = (
    *("highway", "surface", "oneway", "junction", "motorroad", "oneway:bicycle", "bicycle:oneway", *_CYCLEWAYS),
    *("lanes", "width", "bridge", "tunnel"),
)
_WIDEST, _FASTEST, _MOST_LANES = 100.0, 300.0, 20


def is_street(highway: str | None) -> bool:
    """Whether a way with this value of ``highway`` is one that people or vehicles move along."""
    return highway in table("street")["classes"]


def described(tags: Tags) -> dict[str, object]:
    """Columns of layer ``street`` that the tags of a way say; ``backward`` beside, where traffic runs against it."""
    said = tuple((key, value) for key, value in tags.items() if key in _keys() or key.startswith("maxspeed"))
    return {"name": tags.get("name"), "number": tags.get("ref"), **_described(said)}


@lru_cache(maxsize=50_000)
def _described(said: tuple[tuple[str, str], ...]) -> dict[str, object]:
    """The same of all that do not differ from way to way: a town has some hundred combinations of them."""
    tags = dict(said)
    road_class = tags["highway"]
    defaults = table("street")["classes"][road_class]
    one_way, backward = _direction(tags, defaults)
    speed, origin = _speed(tags, defaults)
    lanes = _lanes(tags.get("lanes", ""))
    width = _width(tags.get("width", ""))
    return {
        "road_class": road_class,
        "surface": tags.get("surface", "").partition(";")[0].strip() or None,
        "one_way": one_way,
        **{mode: _access(mode, tags, defaults) for mode in table("street")["access"]},
        "bicycle_contraflow": one_way and _contraflow(tags),
        "max_speed": speed,
        "speed_limit": origin,
        "lanes": lanes,
        "width": width or (lanes * table("street")["lane_width"] if lanes else defaults["width"]),
        "width_estimated": width is None,
        "bridge": tags.get("bridge", "no") != "no",
        "tunnel": tags.get("tunnel", "no") != "no",
        "backward": backward,
    }


def _access(mode: str, tags: Tags, defaults: dict[str, Any]) -> bool:
    """Whether `mode` may use the way: the most particular tag that says so, else the class."""
    allowed, forbidden = _words("allowed"), _words("forbidden")
    may: bool = defaults[mode]
    if tags.get("motorroad") == "yes" and mode != "motor_vehicle":
        may = False
    for key in table("street")["access"][mode]:
        value = tags.get(key)
        if value in forbidden:
            may = False
        elif value in allowed and (may or key != "access"):
            # access=yes opens a way to those for whom its class is made, not a footway to cars.
            may = True
    return may


def _direction(tags: Tags, defaults: dict[str, Any]) -> tuple[bool, bool]:
    """Whether vehicles may go one way only, and whether that is against the order of the nodes."""
    said = tags.get("oneway", "")
    words = table("street")["one_way"]
    if said in words["forward"] or said in words["backward"]:
        return True, said in words["backward"]
    if said in words["both"]:
        return False, False
    return defaults.get("one_way", False) or tags.get("junction") in table("street")["round"], False


def _contraflow(tags: Tags) -> bool:
    if tags.get("oneway:bicycle") in table("street")["one_way"]["both"] or tags.get("bicycle:oneway") == "no":
        return True
    return any(tags.get(side) in _words("contraflow") for side in _CYCLEWAYS)


def _speed(tags: Tags, defaults: dict[str, Any]) -> tuple[float | None, str | None]:
    """Speed limit [km/h] and where it comes from; the same both ways, else the higher one."""
    known = table("street")
    for key in known["speed_keys"]:
        value = tags.get(key, "").partition(";")[0].strip()
        if not value:
            continue
        if value in known["unlimited"]:
            return None, "unlimited"
        if value in known["speeds"]:
            return float(known["speeds"][value]), "rule"
        number = _number(value, _TO_KMH)
        if number and number <= _FASTEST and key == "maxspeed":
            return round(number, 1), "sign"
    directed = [_number(tags.get(f"maxspeed:{way}", ""), _TO_KMH) for way in ("forward", "backward")]
    found = [number for number in directed if number and number <= _FASTEST]
    if found:
        return round(max(found), 1), "sign"
    if "max_speed" in defaults:
        return float(defaults["max_speed"]), "rule"
    return None, None


def _width(text: str) -> float | None:
    """Width in metres; None if the text says none that a street could have."""
    feet = _FEET_AND_INCHES.fullmatch(text.strip())
    inches = int(feet[1]) * 12 + int(feet[2] or 0) if feet else 0
    metres = inches * 0.0254 or _number(text, _TO_METRES) or 0.0
    return round(metres, 2) if 0 < metres <= _WIDEST else None


def _lanes(text: str) -> int | None:
    number = _number(text, {"": 1.0})
    return int(number) if number and number <= _MOST_LANES else None


def _number(text: str, units: dict[str, float]) -> float | None:
    found = _NUMBER.fullmatch(text.strip())
    if found is None or (found[2] or "").lower() not in units:
        return None
    return float(found[1].replace(",", ".")) * units[(found[2] or "").lower()]


@cache
def _keys() -> frozenset[str]:
    """Keys that a description depends on."""
    known = table("street")
    of_access = {key for keys in known["access"].values() for key in keys}
    return frozenset({*_KEYS, *of_access, *known["speed_keys"]})


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(table("street")[name])
