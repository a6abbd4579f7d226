"""The derivative ``tiles``: 3D Tiles of all drawn layers, made again where a delivery has touched them."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from viewer.scene.products import PRODUCTS
from viewer.scene.tenant import Tenant, heads

if TYPE_CHECKING:
    from twin import Twin


class Tiles:
    """3D Tiles, by tenant and consent class.

    Attributes
    ----------
    name : str
        Name of the derivative and of its folder.
    """

    name = "tiles"

    def update(self, twin: Twin, touched: Mapping[str, Collection[str]] | None = None) -> dict[str, int]:
        """Bring the tiles of some tenants up to date.

        Parameters
        ----------
        twin : Twin
            Opened for the operator: tiles hold all rows and are handed out by consent.
        touched : mapping of ags to consent classes, or None
            What a delivery has changed; None for whatever is behind its lake.

        Returns
        -------
        written : dict of str to int
            Tiles written, by product.
        """
        written: dict[str, int] = {}
        known = heads(twin)
        for ags in sorted(known if touched is None else set(touched) & set(known)):
            tenant = Tenant(twin, ags)
            for product in PRODUCTS:
                # A head counts for the whole lake, so an untouched layer only confirms that its rows are the same.
                if (ags, product.consent_class) in twin.visible() and product.is_stale(tenant):
                    written[product.layer] = written.get(product.layer, 0) + product.update(tenant)
                # Asked at the end: a withdrawal takes the consent first and the tiles after it, so that tiles that
                # were written in between go here or there.
                if (ags, product.consent_class) not in twin.visible():
                    shutil.rmtree(product.folder(tenant), ignore_errors=True)
        return written

    def stale(self, twin: Twin) -> bool:
        """Whether some tiles are behind their lake."""
        visible = twin.visible()
        return any(
            (ags, product.consent_class) in visible and product.is_stale(Tenant(twin, ags))
            for ags in heads(twin)
            for product in PRODUCTS
        )


DERIVATIVE = Tiles()
