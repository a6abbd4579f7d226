"""What a delivery is before it lands, and what it did afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DeliveryHeader:
    """What a delivery is.

    Attributes
    ----------
    file : str
        Name of what was handed in: file, archive, folder.
    format : str
        Name of the format; part of the rule which older rows a delivery replaces.
    sha256 : str
        Of the bytes handed in; empty if they are not a file's, as with a scenario.
    ags, crs : str
        What the user named (``--ags``, ``--crs``): the same bytes with other options are another delivery.
    author : str
        Who handed it in.
    layers : tuple of str
        Layers that the format fills, so that a full delivery without any row of one retires the old rows;
        empty for just those that come.
    tenants : tuple of str
        Whose rows it may bring, replace and retire, as of a municipality's own staff; empty for all.
    continues : str
        Delivery that this one goes on with (see `twin.continuation`); empty for one of its own.
    """

    file: str
    format: str
    sha256: str = ""
    ags: str = ""
    crs: str = ""
    author: str = ""
    layers: tuple[str, ...] = ()
    tenants: tuple[str, ...] = ()
    continues: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a delivery did.

    Attributes
    ----------
    delivery_id : str
        Its id, as in every row.
    loaded : dict
        layer → ags → rows inserted.
    refused : dict
        layer → ags → rows left out for want of consent.
    retired : dict
        layer → rows that went without a successor.
    kept_better : dict
        layer → incoming rows left out because a better one of another format is there.
    """

    delivery_id: str
    loaded: dict[str, dict[str, int]] = field(default_factory=dict)
    refused: dict[str, dict[str, int]] = field(default_factory=dict)
    retired: dict[str, int] = field(default_factory=dict)
    kept_better: dict[str, int] = field(default_factory=dict)
