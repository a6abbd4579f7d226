"""A server that is laid out as opengeodata.nrw.de is, and misbehaves on demand; and small tiles for it."""

from __future__ import annotations

import hashlib
import io
import json
import re
import threading
import zipfile
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import unquote, urlsplit

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from rasterio.transform import Affine

SOEST, WERL = "05974040", "05974052"
AREA = (
    "POLYGON ((440100 5710100, 441900 5710100, 441900 5710900, 440900 5710900, 440900 5711900, 440100 5711900, "
    "440100 5710100))"
)
"""An L: over three of the four tiles of its box."""

INSIDE = [(440, 5710), (440, 5711), (441, 5710)]
BESIDE = (441, 5711)
LOD2, DGM1 = "3dg/lod2_gml/lod2_gml/", "hm/dgm1_tiff/dgm1_tiff/"
DOP, ALKIS = "lusat/dop/dop_jp2_f10/", "lk/akt/gru_vereinfacht_gpkg/"


@dataclass
class Hosted:
    """A portal's files, and how it is to misbehave.

    Attributes
    ----------
    files : dict of str to bytes
        By path.
    listed : dict of str to dict
        What the list of a folder says of a file otherwise than it is, by path.
    lists : dict of str to bytes
        Lists that are not made from the files, by path.
    cuts : dict of str to list of int
        After how many bytes the connection breaks, answer by answer.
    answers : dict of str to list of (int, dict)
        Status and headers of the next answers, by path.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    listed: dict[str, dict[str, Any]] = field(default_factory=dict)
    lists: dict[str, bytes] = field(default_factory=dict)
    cuts: dict[str, list[int]] = field(default_factory=dict)
    answers: dict[str, list[tuple[int, dict[str, str]]]] = field(default_factory=dict)
    ranges: bool = True
    conditions: bool = True
    validators: bool = True
    slow: float = 0.0
    asked: list[tuple[str, int, int, str]] = field(default_factory=list)
    """Path, status, bytes sent, and the range that was asked for."""
    url: str = ""

    def content(self, path: str) -> bytes | None:
        """Body at a path."""
        if path.endswith("index.json"):
            return self.lists.get(path) or self._list(path.removesuffix("index.json"))
        return self.files.get(path)

    def requests(self, end: str = "") -> list[tuple[str, int, int, str]]:
        """Requests of paths that end so; lists are not meant unless they are named."""
        return [one for one in self.asked if one[0].endswith(end) and (end or "/index." not in one[0])]

    def _list(self, folder: str) -> bytes | None:
        names = sorted(path.removeprefix(folder) for path in self.files if path.startswith(folder))
        if not names:
            return None
        # Sizes are text, as the portal writes them.
        files = [
            {
                "name": name,
                "size": str(len(self.files[folder + name])),
                "timestamp": "2024-03-05T10:11:12",
                **self.listed.get(folder + name, {}),
            }
            for name in names
        ]
        return json.dumps({"datasets": [{"name": "nrw", "title": "…", "files": files}]}).encode()


def handler(hosted: Hosted) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path).lstrip("/")
            wanted = self.headers.get("Range", "")
            content = hosted.content(path)
            if hosted.answers.get(path):
                status, headers = hosted.answers[path].pop(0)
                self._answer(path, status, b"", headers, wanted)
            elif content is None:
                self._answer(path, 404, b"not here", {}, wanted)
            else:
                self._give(path, content, wanted)

        def _give(self, path: str, content: bytes, wanted: str) -> None:
            tag = f'"{hashlib.md5(content).hexdigest()}"'
            headers = (
                {"ETag": tag, "Last-Modified": formatdate(1_700_000_000, usegmt=True)} if hosted.validators else {}
            )
            if hosted.validators and self.headers.get("If-None-Match") == tag:
                self._answer(path, 304, b"", headers, wanted)
                return
            match = re.fullmatch(r"bytes=(\d+)-", wanted)
            if match and hosted.ranges and (not hosted.conditions or self.headers.get("If-Range", tag) == tag):
                start = int(match[1])
                if start >= len(content):
                    self._answer(path, 416, b"", {"Content-Range": f"bytes */{len(content)}"}, wanted)
                    return
                headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
                self._answer(path, 206, content[start:], headers, wanted)
                return
            self._answer(path, 200, content, headers, wanted)

        def _answer(self, path: str, status: int, content: bytes, headers: dict[str, str], wanted: str) -> None:
            cuts = hosted.cuts.get(path, []) if status in {200, 206} else []
            sent = content[: cuts.pop(0)] if cuts else content
            # Noted before it is sent: who reads the answer may look at the notes at once.
            hosted.asked.append((path, status, len(sent), wanted))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            try:
                for start in range(0, len(sent), 4096):
                    self.wfile.write(sent[start : start + 4096])
                    if hosted.slow:
                        threading.Event().wait(hosted.slow)
            except OSError:
                self.close_connection = True
            if len(sent) < len(content):
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def building(east_km: int, north_km: int, ags: str = SOEST, height: float = 6.0) -> bytes:
    """A tile with one house in the middle of its south-western quarter."""
    west, south, low, high = east_km * 1000 + 200, north_km * 1000 + 200, 100.0, 100.0 + height
    a, b, c, d = (west, south), (west + 10, south), (west + 10, south + 8), (west, south + 8)
    faces = [("GroundSurface", (a, d, c, b), low, low), ("RoofSurface", (a, b, c, d), high, high)]
    rings = [(kind, [(*p, bottom) for p in points]) for kind, points, bottom, _ in faces]
    for p, q in ((a, b), (b, c), (c, d), (d, a)):
        rings.append(("WallSurface", [(*p, low), (*q, low), (*q, high), (*p, high)]))
    key = f"DENW{east_km}{north_km}"
    surfaces, links = "", ""
    for number, (kind, ring) in enumerate(rings):
        text = " ".join(f"{x:.3f} {y:.3f} {z:.3f}" for x, y, z in (*ring, ring[0]))
        polygon = f"{key}_p{number}"
        links += f'<gml:surfaceMember xlink:href="#{polygon}"/>'
        surfaces += (
            f'<bldg:boundedBy><bldg:{kind} gml:id="{key}_s{number}"><bldg:lod2MultiSurface><gml:MultiSurface>'
            f'<gml:surfaceMember><gml:Polygon gml:id="{polygon}"><gml:exterior><gml:LinearRing><gml:posList '
            f'srsDimension="3">{text}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></gml:surfaceMember>'
            f"</gml:MultiSurface></bldg:lod2MultiSurface></bldg:{kind}></bldg:boundedBy>"
        )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<core:CityModel xmlns:core="http://www.opengis.net/citygml/1.0" xmlns:bldg="http://www.opengis.net/citygml/building/1.0"
 xmlns:gen="http://www.opengis.net/citygml/generics/1.0" xmlns:gml="http://www.opengis.net/gml"
 xmlns:xlink="http://www.w3.org/1999/xlink">
<gml:boundedBy><gml:Envelope srsName="urn:adv:crs:ETRS89_UTM32*DE_DHHN2016_NH*GCG2016">
<gml:lowerCorner srsDimension="3">{east_km}000.0 {north_km}000.0 {low}</gml:lowerCorner>
<gml:upperCorner srsDimension="3">{east_km + 1}000.0 {north_km + 1}000.0 {high}</gml:upperCorner>
</gml:Envelope></gml:boundedBy>
<core:cityObjectMember><bldg:Building gml:id="{key}"><core:creationDate>2023-06-01</core:creationDate>
<gen:stringAttribute name="Gemeindeschluessel"><gen:value>{ags}</gen:value></gen:stringAttribute>
<bldg:function>31001_1010</bldg:function><bldg:roofType>1000</bldg:roofType>
<bldg:measuredHeight uom="urn:adv:uom:m">{height}</bldg:measuredHeight>
<bldg:lod2Solid><gml:Solid><gml:exterior><gml:CompositeSurface>{links}</gml:CompositeSurface></gml:exterior></gml:Solid>
</bldg:lod2Solid>{surfaces}</bldg:Building></core:cityObjectMember></core:CityModel>""".encode()


def terrain(east_km: int, north_km: int) -> bytes:
    """A tile of 10 m cells."""
    heights = np.random.default_rng(east_km).normal(100, 1, (100, 100)).astype("float32")
    return _raster("GTiff", heights[None], east_km, north_km, 10.0)


def photo(east_km: int, north_km: int) -> bytes:
    """A tile of 4 m pixels."""
    pixels = np.random.default_rng(north_km).integers(0, 255, (3, 250, 250), np.uint8)
    return _raster("JP2OpenJPEG", pixels, east_km, north_km, 4.0)


def _raster(driver: str, bands: np.ndarray, east_km: int, north_km: int, cell: float) -> bytes:
    profile = {
        "driver": driver, "count": len(bands), "height": bands.shape[1], "width": bands.shape[2],
        "dtype": bands.dtype.name, "crs": "EPSG:25832",
        "transform": Affine(cell, 0, east_km * 1000, 0, -cell, north_km * 1000 + 1000),
    }  # fmt: skip
    with TemporaryDirectory() as folder:
        with rasterio.open(f"{folder}/a", "w", **profile) as raster:
            raster.write(bands)
        return Path(folder, "a").read_bytes()


def world_file(east_km: int, north_km: int) -> bytes:
    """Where `photo` lies: the build of GDAL that makes it writes no georeference into a JPEG 2000."""
    return f"4\n0\n0\n-4\n{east_km * 1000 + 2}\n{north_km * 1000 + 998}\n".encode()


def cadastre(*keys: str) -> bytes:
    """A package of the simplified cadastre, with a parcel for each municipality key."""
    rows = {
        "oid": [f"DENW11AL0000000{number}" for number in range(len(keys))],
        "flaeche": [400.0] * len(keys),
        "flstkennz": [f"055432002{number + 1:05}______" for number in range(len(keys))],
        "gmdschl": list(keys),
        "aktualit": ["2026-03-01"] * len(keys),
    }
    squares = [shapely.box(440_200 + 20 * n, 5_710_200, 440_220 + 20 * n, 5_710_220) for n in range(len(keys))]
    with TemporaryDirectory() as folder:
        path = Path(folder, "gru_vereinf.gpkg")
        gpd.GeoDataFrame(rows, geometry=squares, crs="EPSG:25832").to_file(path, layer="Flurstueck")
        return packed(**{path.name: path.read_bytes()})


def packed(**members: bytes) -> bytes:
    """A zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()
