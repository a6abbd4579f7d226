"""The words that a state's open-data portal is declared in: a file of this room holds one as ``STATE``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from twin.errors import UnknownName
from twin.language import Text
from twin.provenance import Licence

Coverage = Literal["tile", "key"]


@dataclass(frozen=True, slots=True)
class Product:
    """One product of a portal: a folder of files and a list of them, or a service.

    Attributes
    ----------
    name : str
        Short, lower case: the word on the command line.
    title : Text
        As the publisher calls it.
    layers : tuple of str
        Layers that come of it: without a consent for any of them, nothing is fetched.
    folders : tuple of str
        Where it lies, below the portal's base, with a slash at the end. Portals move their folders: the first one that
        has a list counts.
    pattern : str
        Regular expression of the whole name of a file. Of a tile, groups ``east`` and ``north`` are the whole
        kilometres of its south-west corner; of a package, group ``key`` is the 8-digit key of a municipality, or that
        of a district with three zeros. Group ``year``, if there is one, says which of two is the newer.
    licence : Licence
        What it is published under.
    crs : str
        Reference system of its files and of the kilometres in their names.
    begins : tuple of bytes
        How its files begin; a page that says "maintenance" does not.
    edge : int
        Edge of a tile. [m]
    reach : float
        How far what belongs to a tile may lie outside of it. [m]
    largest : int
        A file is never larger than that. [B]
    service : str
        URL of a web feature service that gives the product instead of folders; empty if none does.
    companions : tuple of str
        Endings of what may lie beside a file and belongs to it, such as ``.j2w``: fetched where the portal lists it.
    indexes : tuple of str
        Names that the list of files may have, in the same folder; the first that is there counts.
    """

    name: str
    title: Text
    layers: tuple[str, ...]
    folders: tuple[str, ...]
    pattern: str
    licence: Licence
    crs: str
    begins: tuple[bytes, ...]
    edge: int = 1_000
    reach: float = 0.0
    largest: int = 1 << 30
    service: str = ""
    companions: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ("index.json", "index.html")

    @property
    def coverage(self) -> Coverage:
        """Whether a file covers a square or the area of a key."""
        return "key" if "key" in re.compile(self.pattern).groupindex else "tile"

    def date(self, name: str, timestamp: str) -> str:
        """Of when a file's content is, for files that do not say: the year in its name, else the day it was put there.

        Parameters
        ----------
        name : str
            Of the file.
        timestamp : str
            As the portal lists it.

        Returns
        -------
        date : str
            ``2021`` or ``2024-03-05``; empty if nothing is known.
        """
        match = re.fullmatch(self.pattern, name)
        year = match.groupdict().get("year") if match else None
        return year or (timestamp[:10] if re.match(r"\d{4}-\d{2}-\d{2}", timestamp) else "")


@dataclass(frozen=True, slots=True)
class State:
    """The open-data portal of a state.

    Attributes
    ----------
    name : str
        Short, lower case: the word on the command line.
    title : Text
        Of the state.
    publisher : str
        Who publishes.
    base_url : str
        What all folders lie below, with a slash at the end.
    prefix : str
        How municipality keys of the state begin.
    products : tuple of Product
        In the order in which they are best ingested.
    """

    name: str
    title: Text
    publisher: str
    base_url: str
    prefix: str
    products: tuple[Product, ...]

    def product(self, name: str) -> Product:
        """The product called `name`.

        Raises
        ------
        UnknownName
            If there is none; the error lists those there are.
        """
        for product in self.products:
            if product.name == name:
                return product
        known = ", ".join(sorted(product.name for product in self.products))
        raise UnknownName(kind=_KIND.filled(state=self.name), name=name, known=known)


_KIND = Text("Produkt von {state}", "product of {state}")
