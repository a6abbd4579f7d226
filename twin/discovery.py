"""Finds layers, formats, indicators, commands …: one file declares one constant, and nothing else has to know of it."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from importlib.metadata import entry_points
from typing import Any

from twin.errors import UnknownName

_ROOMS: dict[str, tuple[str, ...]] = {
    "LAYER": ("layers",),
    "FORMAT": ("ingest.formats",),
    "SOURCE": ("ingest.sources",),
    "STATE": ("ingest.fetch",),
    "CHECK": ("ingest.checks",),
    "INDICATOR": ("twin.indicators",),
    "COMMAND": ("twin.commands", "ingest.commands", "viewer.commands"),
    "DERIVATIVE": ("viewer.scene",),
    "PICTURE": ("viewer.scene",),
    "EXPORT": ("twin.export",),
    "VIEWS": ("twin.scenario", "twin.observations"),
    "DESK": ("ingest.steward",),
}
"""Which packages are walked for which constant. Private ones come by entry points of group ``twin.<constant>``."""


@cache
def discover(constant: str) -> dict[str, Any]:
    """All declarations of one kind, by name.

    Parameters
    ----------
    constant : str
        ``LAYER``, ``FORMAT``, ``SOURCE`` (where feeds get readings), ``STATE`` (whose open-data portal is fetched
        from), ``CHECK`` (what is looked for in each delivery), ``INDICATOR``, ``COMMAND``, ``DERIVATIVE`` (what is made
        from the tables when a delivery has landed, such as tiles), ``PICTURE`` (what `Twin.plot` can draw), ``VIEWS``
        (what is added to every state of the tables that is read, such as scenarios), ``EXPORT`` (what tables can be
        written in) or ``DESK`` (who takes deliveries in for the dashboard).

    Returns
    -------
    found : dict of str to declaration
        Sorted by name.

    Raises
    ------
    ValueError
        If two files declare the same name.
    """
    found: dict[str, Any] = {}
    for module in _modules(_ROOMS[constant]):
        declaration = getattr(module, constant, None)
        if declaration is not None:
            _add(found, declaration, module.__name__)
    for point in entry_points(group=f"twin.{constant.lower()}"):
        _add(found, point.load(), point.value)
    return dict(sorted(found.items()))


def find(constant: str, name: str) -> Any:
    """The declaration of one kind called `name`.

    Raises
    ------
    UnknownName
        If there is none; the error lists those there are.
    """
    found = _of_file(constant, name)
    if found is None:
        every = discover(constant)
        if name not in every:
            raise UnknownName(kind=constant.lower(), name=name, known=", ".join(every) or "–")
        found = every[name]
    return found


@cache
def _of_file(constant: str, name: str) -> Any:
    """The declaration in the file of that name, where it nearly always is: the other files need not be imported."""
    for package in _ROOMS[constant] if name.isidentifier() else ():
        try:
            declaration = getattr(importlib.import_module(f"{package}.{name}"), constant, None)
        except ModuleNotFoundError as missing:
            if missing.name is None or not f"{package}.{name}".startswith(missing.name):
                raise
            continue
        if declaration is not None and declaration.name == name:
            return declaration
    return None


def _modules(packages: tuple[str, ...]) -> list[Any]:
    modules: list[Any] = []
    for package_name in packages:
        try:
            package = importlib.import_module(package_name)
        except ModuleNotFoundError as missing:
            # A machine that only ingests has no viewer; a package that fails inside is an error.
            if missing.name is None or not package_name.startswith(missing.name):
                raise
            continue
        modules.extend(
            importlib.import_module(entry.name) for entry in pkgutil.iter_modules(package.__path__, package_name + ".")
        )
    return modules


def _add(found: dict[str, Any], declaration: Any, where: str) -> None:
    if declaration.name in found:
        raise ValueError(f"{where} declares {declaration.name!r} a second time")
    found[declaration.name] = declaration
