"""Deliveries that have been read and checked, and wait for somebody to say whether they may land."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

import shapely

from ingest.finding import Finding
from ingest.intake import Intake
from ingest.report import DeliveryReport, Report
from twin.discovery import find
from twin.layer import CRS, Layer

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    import pandas as pd

PREVIEWED = 1_000
"""Features of each layer that a preview may show."""


class Examination:
    """What `ingest.job.examine` gives: staged and checked, not published.

    It lives as long as this process: what a process leaves staged when it ends is removed by the next. Publish or
    discard it, or use it as a context, which discards what has not been published.

    Parameters
    ----------
    intakes : list of (Intake, DeliveryReport)
        The deliveries, each as far as its commit.
    report : Report
        What was found, as of a dry run; after `publish`, what was stored.
    finish : callable
        Renews what is made from the tables, and ends the run.

    Attributes
    ----------
    report : Report
        One entry a delivery, findings included.
    """

    def __init__(
        self, intakes: list[tuple[Intake, DeliveryReport]], report: Report, finish: Callable[[bool], None]
    ) -> None:
        self.report = report
        self._intakes, self._finish = intakes, finish
        self._open = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()

    @property
    def findings(self) -> list[Finding]:
        """Findings of all deliveries, grave ones first."""
        return [finding for delivery in self.report.deliveries for finding in delivery.findings.sorted()]

    @property
    def publishable(self) -> bool:
        """Whether there is anything that `publish` would store: it is open, and some delivery has no error."""
        return self._open and any(intake.ready for intake, _ in self._intakes)

    def preview(self, most: int = 200) -> dict[str, gpd.GeoDataFrame | pd.DataFrame]:
        """The first rows of each layer as they would be stored, with their municipality.

        Parameters
        ----------
        most : int
            Rows of each layer, up to `PREVIEWED`.

        Returns
        -------
        frames : dict of str to GeoDataFrame
            In EPSG:25832; a DataFrame where a layer has no geometry.
        """
        import geopandas as gpd  # noqa: PLC0415 - a third of a second, which no ingest needs
        import pandas as pd  # noqa: PLC0415

        parts: dict[str, list[pd.DataFrame]] = {}
        for intake, _ in self._intakes:
            for name, table in intake.previews.items():
                parts.setdefault(name, []).append(table.slice(0, most).to_pandas())
        frames: dict[str, gpd.GeoDataFrame | pd.DataFrame] = {}
        for name, found in parts.items():
            frame = pd.concat(found, ignore_index=True).head(most)
            layer: Layer = find("LAYER", name)
            if layer.geometry and "geom" in frame:
                geometry = shapely.from_wkb(frame["geom"].to_numpy(object), on_invalid="ignore")
                frame = gpd.GeoDataFrame(frame.drop(columns="geom"), geometry=geometry, crs=CRS)
            frames[name] = frame
        return frames

    def publish(self) -> Report:
        """Let the deliveries land, and say what became of them. Those with an error stay out.

        Raises
        ------
        RuntimeError
            If it has been published or discarded before.
        """
        if not self._open:
            raise RuntimeError("this examination has been published or discarded")
        self._open = False
        try:
            for intake, report in self._intakes:
                intake.publish(report)
        finally:
            self._close(changed=True)
        return self.report

    def discard(self) -> None:
        """Remove what is staged; harmless after `publish`."""
        if self._open:
            self._open = False
            self._close(changed=False)

    def _close(self, *, changed: bool) -> None:
        for intake, _ in self._intakes:
            intake.close()
        self._finish(changed)
