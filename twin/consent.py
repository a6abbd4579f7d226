"""Consent: who shares which layer with whom, and what a principal may therefore see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, cast, get_args

from twin.discovery import discover
from twin.errors import NotJoined, NotVisible, UnknownMunicipality, UnknownName
from twin.layer import Layer
from twin.registry import Registry, Transaction, execute, insert, moment_text, now, rows, scalar

Audience = Literal["internal", "district", "open"]
Role = Literal["public", "county", "staff", "operator"]

AUDIENCES: tuple[Audience, ...] = get_args(Audience)
"""From narrow to wide: own staff; all participants and the county; everyone."""

ALL = "all"
"""Consent to every consent class that there is or will be."""

MUNICIPALITIES = "municipality"
"""The one consent class that needs none: official facts about the municipalities, in the district's lake."""

FINDINGS = "finding"
"""The consent class that nobody can open: what the checks say is for those whose data it is, and for the operator."""

Pair = tuple[str, str]
"""(ags, consent class)."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks.

    Attributes
    ----------
    role : {"public", "county", "staff", "operator"}
        What they are.
    ags : str
        Whose staff they are; empty for the other roles.
    """

    role: Role
    ags: str = ""

    def __post_init__(self) -> None:
        if self.role not in get_args(Role) or bool(self.ags) != (self.role == "staff"):
            raise ValueError(f"no such principal: {self.role!r} of {self.ags!r}")

    def __str__(self) -> str:
        return f"{self.role} {self.ags}".strip()

    @classmethod
    def public(cls) -> Principal:
        """Anyone."""
        return cls("public")

    @classmethod
    def county(cls) -> Principal:
        """The district's administration."""
        return cls("county")

    @classmethod
    def staff(cls, ags: str) -> Principal:
        """Staff of a municipality."""
        return cls("staff", ags)

    @classmethod
    def operator(cls) -> Principal:
        """Whoever runs the machine."""
        return cls("operator")


@dataclass(frozen=True, slots=True)
class Consent:
    """One consent.

    Attributes
    ----------
    ags : str
        Who shares: key of a municipality, or of the district.
    layer : str
        Consent class, or ``all``.
    audience : {"internal", "district", "open"}
        With whom.
    purpose : str
        What for. A later consent to the same layer and purpose replaces the earlier one.
    valid_from, valid_until : str or None
        ISO 8601; the second is the first moment at which it holds no more. None for no limit.
    granted_by : str
        Who said so.
    granted_at : str
        When it was recorded.
    """

    ags: str
    layer: str
    audience: Audience
    purpose: str = ""
    valid_from: str | None = None
    valid_until: str | None = None
    granted_by: str = ""
    granted_at: str = ""

    def holds(self, at: str) -> bool:
        """Whether it is valid at moment `at`, in the registry's notation."""
        return (self.valid_from is None or self.valid_from <= at) and (
            self.valid_until is None or at < self.valid_until
        )


def layers() -> dict[str, Layer]:
    """All layers, by name."""
    return cast("dict[str, Layer]", discover("LAYER"))


def parent_key(layer: Layer) -> str | None:
    """Column that names the row of the consent-giving layer that a row of `layer` belongs to; None if there is none.

    Layers that only share a class of consent (``utility``: lines and nodes) have rows of their own.
    """
    if not layer.consent or layer.consent not in layers():
        return None
    first = layers()[layer.consent].key[0]
    return first if any(column.name == first for column in layer.columns) else None


def consent_classes() -> frozenset[str]:
    """All classes that a consent can name."""
    return frozenset(layer.consent_class for layer in layers().values()) - {MUNICIPALITIES, FINDINGS}


def audiences(principal: Principal, ags: str) -> tuple[Audience, ...]:
    """Audiences of `ags`'s consents that `principal` belongs to; the operator needs none and has all."""
    if principal.role == "operator" or (principal.role == "staff" and principal.ags == ags):
        return AUDIENCES
    return ("open",) if principal.role == "public" else ("district", "open")


def permitted(consents: Iterable[Consent], principal: Principal, at: str) -> frozenset[Pair]:
    """Pairs that some valid consent shows to `principal`. The operator also sees what is stored under a lapsed one."""
    found: set[Pair] = set()
    for consent in consents:
        lapsed = not consent.holds(at) and principal.role != "operator"
        if not lapsed and consent.audience in audiences(principal, consent.ags):
            found.update((consent.ags, name) for name in _expanded(consent.layer))
    return frozenset(found)


def visible(registry: Registry, principal: Principal, at: datetime | str | None = None) -> frozenset[Pair]:
    """What `principal` may see: the one function that everything which reads passes through.

    Parameters
    ----------
    registry : Registry
        Where the consents are.
    principal : Principal
        Who asks.
    at : datetime, str or None
        Moment at which the consents must hold; now if None.

    Returns
    -------
    pairs : frozenset of (ags, consent class)
        The district's own ``municipality`` table is always among them.
    """
    moment = now() if at is None else moment_text(at)
    with registry.read() as transaction:
        return visible_in(transaction, principal, moment)


def visible_in(transaction: Transaction, principal: Principal, moment: str) -> frozenset[Pair]:
    """`visible`, within a transaction that reads other things of the same state too."""
    district = rows(transaction, "SELECT value FROM setting WHERE name = 'district'")
    own = {(str(row["value"]), MUNICIPALITIES) for row in district}
    return permitted(consents(transaction), principal, moment) | own


def standstill(transaction: Transaction, moment: str) -> tuple[str, str]:
    """Moments from the first of which to before the second no consent begins or ends, around `moment`."""
    given = consents(transaction)
    turns = {turn for consent in given for turn in (consent.valid_from, consent.valid_until) if turn is not None}
    return max((turn for turn in turns if turn <= moment), default=""), min(
        (turn for turn in turns if turn > moment), default="~"
    )


def may_see_finding(pairs: frozenset[Pair], principal: Principal, ags: str, layer: str) -> bool:
    """Whether `principal` may see what is said of rows of `layer` of `ags`: its own staff, and the operator.

    Parameters
    ----------
    pairs : frozenset of (ags, consent class)
        What `principal` may see.
    ags, layer : str
        Whose and which; empty where it is not known, or concerns a file as a whole.
    """
    if principal.role != "operator" and (principal.role != "staff" or ags != principal.ags):
        return False
    declared = layers().get(layer)
    return not ags or declared is None or (ags, declared.consent_class) in pairs


def demand(pairs: frozenset[Pair], ags: str, layer: Layer, principal: Principal) -> None:
    """Raise `NotVisible` unless the layer of `ags` is among `pairs`."""
    if (ags, layer.consent_class) not in pairs:
        raise NotVisible(name=f"{ags}/{layer.name}", principal=principal)


def consents(transaction: Transaction, ags: str = "") -> list[Consent]:
    """All consents, or those of one municipality."""
    found = rows(transaction, "SELECT * FROM consent WHERE :ags IN ('', ags) ORDER BY ags, layer, purpose", ags=ags)
    return [Consent(**row) for row in found]


def accepted(transaction: Transaction, at: str) -> frozenset[Pair]:
    """Pairs whose rows may be stored at moment `at`: a consent of any audience holds."""
    return permitted((consent for consent in consents(transaction) if consent.holds(at)), Principal.operator(), at)


def grant(transaction: Transaction, consent: Consent) -> None:
    """Record a consent in place of earlier ones to the same layer and purpose.

    One to ``all`` takes the place of every layer's; one to a layer is taken out of an earlier ``all``.

    Raises
    ------
    UnknownName
        If there is no such consent class or audience.
    """
    known = consent_classes()
    if consent.layer != ALL and consent.layer not in known:
        raise UnknownName(kind="layer", name=consent.layer, known=", ".join([ALL, *sorted(known)]))
    if consent.audience not in AUDIENCES:
        raise UnknownName(kind="audience", name=consent.audience, known=", ".join(AUDIENCES))
    revoke(transaction, consent.ags, consent.layer, consent.purpose)
    insert(transaction, "consent", [{name: getattr(consent, name) for name in Consent.__slots__}])


def revoke(transaction: Transaction, ags: str, layer: str, purpose: str | None = None) -> None:
    """Take back consents to `layer` (``all``: to every one), for one purpose or for each.

    A consent to ``all`` becomes one to each of the other classes.
    """
    for consent in consents(transaction, ags):
        if purpose not in (None, consent.purpose) or (layer != ALL and layer not in _expanded(consent.layer)):
            continue
        key = {"ags": ags, "layer": consent.layer, "purpose": consent.purpose}
        execute(transaction, "DELETE FROM consent WHERE ags = :ags AND layer = :layer AND purpose = :purpose", **key)
        if layer != ALL and consent.layer == ALL:
            named = {other.layer for other in consents(transaction, ags) if other.purpose == consent.purpose}
            fields = {name: getattr(consent, name) for name in Consent.__slots__}
            rest = sorted(consent_classes() - {layer} - named)
            insert(transaction, "consent", [{**fields, "layer": name} for name in rest])


def moment_or_none(value: date | str | None) -> str | None:
    """`value` in the registry's notation."""
    return None if value is None or value == "" else moment_text(value)


def _expanded(layer: str) -> frozenset[str]:
    return consent_classes() if layer == ALL else frozenset({layer})


def demand_participant(transaction: Transaction, ags: str, layer: str = ALL) -> None:
    """See that a tenant takes part, with anything or with one layer; the district does.

    Raises
    ------
    UnknownMunicipality
        If nobody knows it.
    NotJoined
        If it shares nothing, or not this layer.
    """
    if ags == scalar(transaction, "SELECT value FROM setting WHERE name = 'district'"):
        return
    if not scalar(transaction, "SELECT count(*) FROM municipality WHERE ags = :ags", ags=ags):
        raise UnknownMunicipality(ags=ags)
    sql = "SELECT count(*) FROM consent WHERE ags = :ags AND (:layer = :all OR layer IN (:all, :layer))"
    if not scalar(transaction, sql, ags=ags, layer=layer, all=ALL):
        raise NotJoined(ags=ags, layer=layer)
