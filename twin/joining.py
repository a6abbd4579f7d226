"""Joining: a municipality, or the district itself, shares layers, and gets its lake."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from twin.consent import Consent, grant, layers
from twin.errors import UnknownMunicipality
from twin.municipalities import Municipality, register
from twin.registry import Transaction, insert, next_moment, scalar
from twin.store import Store
from twin.withdrawal import finish_withdrawals


def join(store: Store, terms: Consent, names: Iterable[str], title: str = "") -> None:
    """Record consent to layers and make the lake.

    Parameters
    ----------
    store : Store
        Where.
    terms : Consent
        Who, with whom, for what and how long; its `layer` is not used.
    names : iterable of str
        Layers or consent classes, or ``all``.
    title : str
        Registers a municipality that no list knows.

    Raises
    ------
    UnknownMunicipality, UnknownName
    """
    ags = terms.ags
    with store.registry.commit_lock():
        finish_withdrawals(store)
        with store.registry.write() as transaction:
            _admit(transaction, ags, title, store.district_in(transaction))
            for name in names:
                declared = layers().get(name)
                grant(transaction, replace(terms, layer=declared.consent_class if declared else name))
        store.lake(ags).create(store.connection)
        with store.registry.write() as transaction:
            seq = next_moment(transaction, "join", ags=ags)
            if not scalar(transaction, "SELECT 1 FROM head WHERE ags = :ags", ags=ags):
                insert(transaction, "head", [{"ags": ags, "seq": seq, "snapshot": 0}])


def _admit(transaction: Transaction, ags: str, title: str, district: str) -> None:
    if ags == district:
        return
    known = scalar(transaction, "SELECT 1 FROM municipality WHERE ags = :ags", ags=ags)
    if not (len(ags) == 8 and ags.isdigit()) or not (known or title):
        raise UnknownMunicipality(ags=ags)
    if title:
        register(transaction, [Municipality(ags, title)])
