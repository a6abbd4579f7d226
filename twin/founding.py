"""A twin begins: its folder, its registry, and the municipalities that the reference data lists."""

from __future__ import annotations

import shutil
from pathlib import Path

from twin.errors import HomeExists, TwinError, UnknownMunicipality
from twin.home import Home
from twin.municipalities import listed, register
from twin.registry import Registry, insert, next_moment, now


def found(path: str | Path, district: str, name: str, config: str) -> Home:
    """Make the home of a twin; the parameters are those of `twin.twin.Twin.init`.

    Raises
    ------
    HomeExists
        If a twin or anything else lies at `path`, or another twin's registry on the server.
    NoRegistry
        If the server of the registry cannot be reached.
    UnknownMunicipality
        If `district` is not a 5-digit key.
    """
    if not (len(district) == 5 and district.isdigit()):
        raise UnknownMunicipality(ags=district)
    try:
        home = Home.create(path, config)
    except HomeExists:
        raise HomeExists(path=path, district=_district_at(path)) from None
    try:
        registry = Registry(home, create=True)
        there = registry.setting("district")
        if there:
            raise HomeExists(path=registry.engine.url.render_as_string(hide_password=True), district=there)
    except TwinError:
        # A registry on a server may refuse; nothing is left behind that would stand in the way of another try.
        shutil.rmtree(home.path)
        raise
    title, known = listed(district)
    settings = {"district": district, "district_name": name or title or district, "created_at": now()}
    with registry.write() as transaction:
        insert(transaction, "setting", [{"name": key, "value": value} for key, value in settings.items()])
        register(transaction, known)
        next_moment(transaction, "init")
    return home


def _district_at(path: str | Path) -> str:
    try:
        return Registry(Home.open(path)).setting("district")
    except TwinError:
        return "?"
