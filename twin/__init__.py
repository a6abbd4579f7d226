"""An open-source digital twin of a district.

>>> import twin
>>> t = twin.open("twin-home")                            # doctest: +SKIP
>>> t.sql("SELECT ags, count(*) FROM building GROUP BY 1").df()  # doctest: +SKIP
>>> t.read("building")                                    # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twin.consent import Consent, Principal
    from twin.delivery import DeliveryHeader, Outcome
    from twin.errors import TwinError
    from twin.twin import Twin
    from twin.withdrawal import Receipt

    init = Twin.init

__version__ = "0.1.0"

__all__ = ["Consent", "DeliveryHeader", "Outcome", "Principal", "Receipt", "Twin", "TwinError", "init", "open"]

_HOMES = {
    "Consent": "consent",
    "DeliveryHeader": "delivery",
    "Outcome": "delivery",
    "Principal": "consent",
    "Receipt": "withdrawal",
    "Twin": "twin",
    "TwinError": "errors",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for: a process that only reads files needs neither the database nor pandas."""
    if name == "init":
        found = importlib.import_module("twin.twin").Twin.init
    elif name in _HOMES:
        found = getattr(importlib.import_module(f"twin.{_HOMES[name]}"), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def open(home: str | Path, principal: Principal | None = None) -> Twin:
    """Open the twin that lies at `home`.

    Parameters
    ----------
    home : str or Path
        Its folder.
    principal : Principal or None
        Who asks; the operator if None.

    Raises
    ------
    NotAHome, HomeTooNew
        If there is none, or if a newer version of this program wrote it.
    """
    from twin.consent import Principal  # noqa: PLC0415 – as above
    from twin.home import Home  # noqa: PLC0415
    from twin.twin import Twin  # noqa: PLC0415

    return Twin(Home.open(home), principal or Principal.operator())
