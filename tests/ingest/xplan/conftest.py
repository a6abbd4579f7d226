"""Writes small XPlanGML documents, made up from the model, and reads them back."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import shapely

from ingest.format import Batch, Facts, Options, Reject
from ingest.formats.xplan import FORMAT
from ingest.source_file import SourceFile

EAST, NORTH = 440_000, 5_710_000
SRS = "EPSG:25832"


def square(x: float = 0, y: float = 0, size: float = 10, srs: str = SRS) -> str:
    """A polygon; its corner is `x`, `y` east and north of a place near Soest."""
    west, south = EAST + x, NORTH + y
    corners = [(west, south), (west + size, south), (west + size, south + size), (west, south + size), (west, south)]
    numbers = " ".join(f"{east} {north}" for east, north in corners)
    named = f' srsName="{srs}"' if srs else ""
    return (
        f"<gml:Polygon{named}><gml:exterior><gml:LinearRing><gml:posList>{numbers}</gml:posList></gml:LinearRing>"
        "</gml:exterior></gml:Polygon>"
    )


def thing(kind: str, key: str, inner: str = "", section: str = "B") -> str:
    """An object of any class."""
    belongs = f'<xplan:gehoertZuBereich xlink:href="#{section}"/>' if section else ""
    return f'<xplan:{kind} gml:id="{key}">{inner}{belongs}</xplan:{kind}>'


def area(
    kind: str = "BP_BaugebietsTeilFlaeche", key: str = "A", inner: str = "", geometry: str = "", **more: str
) -> str:
    """An object with an area."""
    return thing(kind, key, f"<xplan:position>{geometry or square()}</xplan:position>{inner}", **more)


def plan(key: str = "P", inner: str = "", geometry: str | None = None, kind: str = "BP_Plan") -> str:
    """A plan of a square of 100 m; its section is called B."""
    region = square(0, 0, 100) if geometry is None else geometry
    validity = f"<xplan:raeumlicherGeltungsbereich>{region}</xplan:raeumlicherGeltungsbereich>" if region else ""
    return thing(kind, key, f"<xplan:name>Am Anger</xplan:name>{validity}{inner}", section="")


def section(key: str = "B", plan_id: str = "P", inner: str = "") -> str:
    """A section."""
    return thing("BP_Bereich", key, f'{inner}<xplan:gehoertZuPlan xlink:href="#{plan_id}"/>', section="")


@dataclass
class Found:
    """Everything that a document yielded."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    facts: Facts | None = None

    def one(self, layer: str = "plan_area") -> dict[str, Any]:
        """The only row of a layer, geometry as shapely."""
        (row,) = self.rows[layer]
        return row | {"geom": shapely.from_wkb(row["geom"])}


class Documents:
    """Makes documents in a folder, and reads them."""

    square = staticmethod(square)
    thing = staticmethod(thing)
    area = staticmethod(area)
    plan = staticmethod(plan)
    section = staticmethod(section)

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def text(
        self,
        *objects: str,
        version: str = "6/0",
        member: str = "gml:featureMember",
        root: str = "xplan:XPlanAuszug",
        head: str = "",
    ) -> str:
        """A whole document."""
        spaces = (
            f'xmlns:xplan="http://www.xplanung.de/xplangml/{version}" xmlns:gml="http://www.opengis.net/gml/3.2" '
            'xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:xlink="http://www.w3.org/1999/xlink"'
        )
        members = "\n".join(f"<{member}>{one}</{member}>" for one in objects)
        return f'<?xml version="1.0" encoding="utf-8"?>\n<{root} {spaces} gml:id="X">{head}\n{members}\n</{root}>'

    def write(self, text: str | bytes, name: str = "plan.gml") -> SourceFile:
        """A file with this content."""
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return SourceFile(path)

    def parse(self, text: str | bytes, **options: str) -> Found:
        """Everything that reading this content yields; it must be recognised first."""
        source = self.write(text)
        assert FORMAT.recognise(source)
        found = Found()
        for item in FORMAT.read(source, Options(**options)):
            if isinstance(item, Batch):
                found.rows.setdefault(item.layer, []).extend(item.table.to_pylist())
            elif isinstance(item, Reject):
                found.rejects.append(item)
            else:
                assert isinstance(item, Facts)
                assert found.facts is None
                found.facts = item
        assert found.facts is not None
        return found

    def read(self, *objects: str, **more: str) -> Found:
        """What a document of these objects yields."""
        return self.parse(self.text(*objects, **more))


@pytest.fixture
def xplan(tmp_path: Path) -> Documents:
    """Makes and reads XPlanGML documents."""
    return Documents(tmp_path)
