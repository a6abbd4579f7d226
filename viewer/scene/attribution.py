"""Who is to be named for what is shown, and under which licence."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from twin.consent import layers
from twin.provenance import LICENCES
from twin.registry import rows

if TYPE_CHECKING:
    from twin import Twin

_LOADED = """
    SELECT DISTINCT c.ags, c.layer, f.licence
    FROM delivery_count c
    JOIN delivery d ON d.delivery_id = c.delivery_id
    JOIN delivery_file f ON f.delivery_id = c.delivery_id AND f.part = c.part
    WHERE c.kind = 'loaded' AND c.count > 0 AND d.state = 'committed'
"""


def attribution(twin: Twin, pairs: Collection[tuple[str, str]]) -> list[str]:
    """One line a licence, such as ``Soest, Werl: Datenlizenz Deutschland – Zero – Version 2.0``.

    Parameters
    ----------
    twin : Twin
    pairs : collection of (ags, consent class)
        What is shown.

    Returns
    -------
    lines : list of str
        Sorted. A delivery that names no licence counts under the one that its layer assumes.
    """
    declared = layers()
    with twin.registry.read() as transaction:
        loaded = rows(transaction, _LOADED)
        names = {str(row["ags"]): str(row["name"]) for row in rows(transaction, "SELECT ags, name FROM municipality")}
    names[twin.registry.setting("district")] = twin.registry.setting("district_name")
    found: dict[str, set[str]] = {}
    for row in loaded:
        layer = declared.get(str(row["layer"]))
        if layer is None or (str(row["ags"]), layer.consent_class) not in pairs:
            continue
        licence = LICENCES.get(str(row["licence"] or ""), layer.licence)
        found.setdefault(licence.title, set()).add(names.get(row["ags"], row["ags"]))
    return sorted(f"{', '.join(sorted(owners))}: {title}" for title, owners in found.items())
