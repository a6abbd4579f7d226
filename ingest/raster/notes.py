"""What a steward should read about a raster delivery."""

from __future__ import annotations

from ingest.raster.tiling import HIGHEST, LOWEST, Tally
from twin.language import Text


def notes(tally: Tally, warped_from: str, *further: Text) -> tuple[str, ...]:
    """Sentences about what was left out or changed, in the language of the moment.

    Parameters
    ----------
    tally : Tally
        What was met while tiling.
    warped_from : str
        CRS that the cells were resampled from; empty if they were taken as they are.
    *further : Text
        Sentences of the format's own, put last.
    """
    found: list[Text] = []
    if tally.missing:
        found.append(Text(f"{tally.missing} Zellen ohne Wert", f"{tally.missing} cells without value"))
    if tally.implausible:
        limits = f"{LOWEST:.0f} … {HIGHEST:.0f} m"
        found.append(
            Text(
                f"{tally.implausible} Zellen außerhalb von {limits} gelten als ohne Wert",
                f"{tally.implausible} cells beyond {limits} count as without value",
            )
        )
    if not tally.tiles:
        found.append(Text("keine Zelle hat einen Wert", "no cell has a value"))
    if warped_from:
        found.append(Text(f"aus {warped_from} umgerechnet (bilinear)", f"resampled from {warped_from} (bilinear)"))
    return tuple(str(sentence) for sentence in (*found, *further))
