"""An open-source digital twin of a district.

>>> import twin
>>> t = twin.open("twin-home")                            # doctest: +SKIP
>>> t.sql("SELECT ags, count(*) FROM building GROUP BY 1").df()  # doctest: +SKIP
>>> t.read("building")                                    # doctest: +SKIP
"""

from __future__ import annotations

from pathlib import Path

from twin.consent import Consent, Principal
from twin.delivery import DeliveryHeader, Outcome
from twin.errors import TwinError
from twin.home import Home
from twin.twin import Twin
from twin.withdrawal import Receipt

__version__ = "0.1.0"

__all__ = ["Consent", "DeliveryHeader", "Outcome", "Principal", "Receipt", "Twin", "TwinError", "init", "open"]

init = Twin.init


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
    return Twin(Home.open(home), principal or Principal.operator())
