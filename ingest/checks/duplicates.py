"""Duplicates: keys that come more than once in a delivery."""

from __future__ import annotations

import numpy as np

from ingest.check import Check, Problem
from ingest.sheet import Sheet
from twin.language import Text
from twin.layer import Layer

PROBLEMS = {
    "key": Problem(
        "warning",
        Text("Kennung mehrfach", "Key that comes again"),
        Text(
            "Die Kennung kommt {count}-mal vor; erwartet einmal. Nur eines der Objekte wird gespeichert.",
            "The key comes {count} times; expected once. Only one of the features is stored.",
        ),
        Text(
            "Die doppelten Objekte in der Quelle zusammenführen oder neu benennen.",
            "Join the features in their source, or give them keys of their own.",
        ),
    ),
}


def _run(sheet: Sheet) -> None:
    assert sheet.places is not None
    groups = [np.unique(sheet.places.astype(str), return_inverse=True)[1]]
    known = np.ones(len(sheet), bool)
    for name in sheet.layer.key:
        if name == "ags":
            continue
        column = sheet.column(name)
        known &= column.is_valid().to_numpy(zero_copy_only=False)
        encoded = column.dictionary_encode()
        groups.append(encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False))
    rows = np.flatnonzero(known)
    order = rows[np.lexsort([group[rows] for group in groups])]
    if len(order) < 2:
        return
    same = np.ones(len(order) - 1, bool)
    for group in groups:
        same &= group[order][1:] == group[order][:-1]
    if not same.any():
        return
    starts = np.flatnonzero(np.append(True, ~same))
    sizes = np.diff(np.append(starts, len(order)))
    count = np.zeros(len(sheet), np.int64)
    again = sizes > 1
    # The first of the file stands for all of its key.
    first = order[starts[again]]
    count[first] = sizes[again]
    sheet.find("key", np.sort(first), count=count)


def _applies(layer: Layer) -> bool:
    return layer.placement == "feature" and not layer.consent


CHECK = Check("duplicates", Text("Doppelte Kennungen", "Duplicate keys"), PROBLEMS, _run, _applies, scope="delivery")
