"""Names of codes: XPlanung's enumerations as the reference data holds them."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from twin.reference import codes, reference_path


def name(code_list: str, version: str, code: str | None, prefix: str = "") -> str | None:
    """Name of a code.

    Parameters
    ----------
    code_list : str
        Name of the list under ``data/codes``, without ``xplan_``.
    version : str
        Version of XPlanGML: where a code meant something else in 4.x or 5.x, the list has it under ``4:`` or ``5:``.
    code : str or None
        The code.
    prefix : str
        Kind of plan or enumeration, where the list holds several.

    Returns
    -------
    name : str or None
        The code itself if the list does not know it; None for None.
    """
    if code is None:
        return None
    known = codes(f"xplan_{code_list}")
    key = f"{prefix}_{code}" if prefix else code
    older = {"4": ("4:", "5:"), "5": ("5:",)}.get(version[:1], ())
    return next((known[start + key] for start in (*older, "") if start + key in known), code)


def legal_nature(version: str, code: str | None, prefix: str) -> str | None:
    """Name of a Rechtscharakter: a list of each kind of plan up to 5.4, one for all from 6.0 on."""
    return name("legal_nature", version, code, "" if version >= "6" else prefix)


@cache
def purpose_attributes(kind: str, version: str) -> dict[str, str]:
    """Attributes that say what an object class is for, in order, and the enumeration of each."""
    own: dict[str, str] = _extra("purpose", "classes").get(kind, {})
    found = {attribute: enumeration for attribute, enumeration in own.items() if ":" not in attribute}
    for attribute, enumeration in own.items():
        major, colon, bare = attribute.partition(":")
        if colon and version.startswith(major):
            found[bare] = enumeration
    return found


def planzeichen(kind: str, use: str | None, general_use: str | None) -> str | None:
    """Planzeichen of an object: by its use if it has one, else by its class."""
    by_use = _extra("planzeichen", "use").get(use or "")
    by_general_use = _extra("planzeichen", "general_use").get(general_use or "")
    found: str | None = by_use or by_general_use or _extra("planzeichen", "classes").get(kind)
    return found


@cache
def _extra(code_list: str, part: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(reference_path(f"codes/xplan_{code_list}.json").read_text("utf-8"))[part]
    return found
