"""An object of a plan as a row of the layer plan_area."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from ingest.xplan import code_list, value
from ingest.xplan.measure import measures
from ingest.xplan.reader import Feature
from ingest.xplan.value import Attributes

_SUPPLEMENTS = ("textlicheErgaenzung", "nutzungText", "massnahmeText", "aufschrift")
_CODES = ("allgemein", "klassifizMassnahme")
_PURPOSES = ("zweckbestimmung", "artDerFestlegung", "typ", "gebietsArt")
_OWN = {
    *("besondereArtDerBaulNutzung", "allgArtDerBaulNutzung", "sondernutzung", "sonderNutzung", "rechtscharakter"),
    *("nutzungsform", "bauweise", "bebauungsArt", "flaechenschluss", "ebene", "text", "gliederung1", "gliederung2"),
    *("aufschrift", "position"),
}


def row(feature: Feature, own: Attributes, version: str) -> dict[str, Any]:
    """Columns of an object, without geometry, plan and the texts that it refers to."""
    kind = feature.kind
    use, general_use = own.text("besondereArtDerBaulNutzung"), own.text("allgArtDerBaulNutzung")
    nature, ownership = own.text("rechtscharakter"), own.text("nutzungsform")
    method, type_ = own.text("bauweise"), own.text("bebauungsArt")
    measured, known = measures(own, version)
    attributes, purposes, purpose = _purpose(own, kind, version)
    special, special_names = _special_use(own, version)
    return {
        "plan_area_id": feature.identifier,
        "element_class": kind,
        "element": code_list.name("element", version, kind),
        "planzeichen": code_list.planzeichen(kind, use, general_use),
        "use_code": use,
        "use": code_list.name("use", version, use),
        "general_use_code": general_use,
        "general_use": code_list.name("general_use", version, general_use),
        "special_use_code": special,
        "special_use": special_names,
        "purpose_code": purposes[0] if purposes else None,
        "purpose": purpose,
        "legal_nature_code": nature,
        "legal_nature": code_list.legal_nature(version, nature, kind[:2]),
        "ownership_code": ownership,
        "ownership": code_list.name("ownership", version, ownership),
        "building_method_code": method,
        "building_method": code_list.name("building_method", version, method),
        "building_type_code": type_,
        "building_type": code_list.name("building_type", version, type_),
        "closed_coverage": own.flag("flaechenschluss"),
        "level": own.whole("ebene"),
        "text": own.text("text"),
        "label": value.joined(
            part for name in ("gliederung1", "gliederung2", "aufschrift") for part in own.texts(name)
        ),
        "attributes": value.remaining(own, _OWN | known | attributes),
        **measured,
    }


def text_links(own: Attributes) -> list[str]:
    """Identifiers of the text sections that an object refers to."""
    return [found for child in own.all("refTextInhalt") if (found := value.link(child))]


def _purpose(own: Attributes, kind: str, version: str) -> tuple[set[str], list[str], str | None]:
    """Attribute that was used, codes, and names with the texts that supplement them."""
    enumerations = code_list.purpose_attributes(kind, version) or dict.fromkeys(_PURPOSES, "")
    for attribute, enumeration in enumerations.items():
        # 4.1 numbers further values: weitereZweckbestimmung1, weitereZweckbestimmung2 …
        further = f"weitere{attribute[0].upper()}{attribute[1:]}"
        used = {name for name in own if name == attribute or name.startswith(further)}
        holders = [holder for name in own if name in used for holder in own.all(name)]
        codes = [code for holder in holders for code in _codes(holder)]
        supplements = [text for holder in holders for text in _supplements(holder)]
        supplements += own.texts("textlicheErgaenzung") if holders else []
        if codes or supplements:
            names = [code_list.name("purpose", version, code, enumeration) or code for code in codes]
            return used, codes, value.joined(iter([*names, *supplements]))
    return set(), [], None


def _special_use(own: Attributes, version: str) -> tuple[str | None, str | None]:
    holders = [*own.all("sondernutzung"), *own.all("sonderNutzung")]
    codes = [code for holder in holders for code in _codes(holder)]
    names = [code_list.name("special_use", version, code) or code for code in codes]
    names += [text for holder in holders for text in _supplements(holder)]
    names += own.texts("nutzungText") if holders else []
    return (codes[0] if codes else None), value.joined(iter(names))


def _codes(holder: etree._Element) -> Iterator[str]:
    """Codes of an attribute: its text, or those of the data type in it."""
    children = list(holder.iterchildren("{*}*"))
    if not children and (holder.text or "").strip():
        yield (holder.text or "").strip()[:100]
    for child in children:
        for name in _CODES:
            yield from (text[:100] for text in Attributes(child).texts(name))


def _supplements(holder: etree._Element) -> Iterator[str]:
    for child in holder.iterchildren("{*}*"):
        for name in _SUPPLEMENTS:
            yield from Attributes(child).texts(name)
