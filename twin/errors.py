"""Every error that a user of the twin can meet.

::

    TwinError
    ├── HomeError
    │   ├── NotAHome             no twin lies at this path
    │   ├── HomeExists           a twin lies here already
    │   ├── HomeTooNew           written by a newer version of this program
    │   └── NoRegistry           the server that holds the registry cannot be reached, or its URL is wrong
    ├── ConsentError
    │   ├── UnknownMunicipality  no list and no registration knows this key
    │   ├── NotJoined            the municipality has not joined, or not with this layer
    │   └── NotVisible           the asking principal may not see this
    ├── DeliveryError
    │   ├── Unreachable          the file or URL cannot be opened
    │   ├── UnknownFormat        not a format that we know
    │   │   ├── UnmappedTable    a table or vector file that no mapping fits
    │   │   └── NoDelivery       known for what it is, and nothing to take in
    │   ├── InvalidDelivery      a format that we know, but not valid
    │   ├── MissingCRS           no coordinate reference system named
    │   ├── UnplacedFeatures     neither attribute nor boundary nor --ags names a municipality
    │   └── UnsafeDelivery       refused for safety before it was read
    ├── QueryError               SQL that cannot run
    ├── UnknownName              no layer, table, scenario, indicator … of this name
    ├── ScenarioError            an edit that cannot be made
    ├── UploadRefused            files that a browser may not send: too many, too large, no room
    ├── MappingError             a mapping that makes no sense, or does not fit its file
    ├── FeedError                a feed that cannot be declared, or does not work
    │   ├── AlertError           a rule that alerts cannot follow
    │   └── SecretError          a password or token that cannot be had safely
    ├── FetchError               what a portal has cannot be fetched
    │   ├── NoBorder             the twin holds no border of the municipality
    │   └── NoRoom               the disk has too little room
    └── MissingComponent         an optional package or system library is not installed

Every class holds its sentence in both languages; the keyword arguments of the constructor fill it.
"""

from __future__ import annotations

from typing import ClassVar

from twin.language import Text


class TwinError(Exception):
    """Root of the tree. Its text says what was expected, what was found, and where.

    Parameters
    ----------
    **fields : object
        Values for the braces of the class's `sentence`; kept as attribute `fields`.
    """

    sentence: ClassVar[Text] = Text("{problem}", "{problem}")

    def __init__(self, **fields: object) -> None:
        self.fields = fields
        super().__init__(fields)

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process borders; exceptions with keyword arguments do not pickle by themselves.
        return _rebuild, (type(self), self.fields)

    def __str__(self) -> str:
        return self.sentence.format(**self.fields)


def _rebuild(kind: type[TwinError], fields: dict[str, object]) -> TwinError:
    return kind(**fields)


class HomeError(TwinError):
    """The folder or server that holds the twin is not usable."""


class NotAHome(HomeError):
    """No twin lies at `path`."""

    sentence = Text(
        "In {path} liegt kein Zwilling. Mit 'twin --home {path} init --district SCHLÜSSEL' wird einer angelegt.",
        "There is no twin in {path}. 'twin --home {path} init --district KEY' makes one.",
    )


class HomeExists(HomeError):
    """A twin lies at `path` already."""

    sentence = Text(
        "In {path} liegt schon der Zwilling von {district}; er bleibt, wie er ist.",
        "The twin of {district} is in {path} already; it stays as it is.",
    )


class HomeTooNew(HomeError):
    """The registry at `path` has schema `found`, this program knows up to `expected`."""

    sentence = Text(
        "{path} hat Registerversion {found}; dieses Programm kennt höchstens {expected}. Bitte das Programm erneuern.",
        "{path} has registry version {found}; this program knows {expected} at most. Please update the program.",
    )


class NoRegistry(HomeError):
    """The registry of the twin at `path` cannot be opened; `found` is what the server or the driver says."""

    sentence = Text(
        "Das Register des Zwillings in {path} ist nicht zu öffnen (registry in config.toml): {found}",
        "The registry of the twin in {path} cannot be opened (registry in config.toml): {found}",
    )


class ConsentError(TwinError):
    """A municipality's consent does not cover what was asked."""


class UnknownMunicipality(ConsentError):
    """No list and no registration knows the key `ags`."""

    sentence = Text(
        "Der Gemeindeschlüssel {ags} ist unbekannt. Mit 'twin join {ags} --name NAME …' wird die Gemeinde aufgenommen.",
        "The municipality key {ags} is unknown. 'twin join {ags} --name NAME …' registers it.",
    )


class NotJoined(ConsentError):
    """Municipality `ags` has given no consent for `layer`."""

    sentence = Text(
        "{ags} hat für „{layer}“ keine Zustimmung gegeben.",
        "{ags} has given no consent for “{layer}”.",
    )


class NotVisible(ConsentError):
    """The asking principal may not see `name`."""

    sentence = Text(
        "„{name}“ ist für {principal} nicht freigegeben.",
        "“{name}” is not shared with {principal}.",
    )


class DeliveryError(TwinError):
    """A delivery could not be taken in; nothing of it was stored."""


class Unreachable(DeliveryError):
    """`file`, a path or URL, cannot be opened; `found` says why."""

    sentence = Text("{file} ist nicht zu öffnen: {found}.", "{file} cannot be opened: {found}.")


class UnknownFormat(DeliveryError):
    """`file` is in no format that the twin knows; `found` says what its first bytes look like."""

    sentence = Text(
        "{file}: kein bekanntes Format (gefunden: {found}; erwartet: {expected}).",
        "{file}: not a format we know (found: {found}; expected: {expected}).",
    )


class UnmappedTable(UnknownFormat):
    """`file` is a readable table or vector file (`kind`); `found` tells of its mappings, `likely` what it may hold.

    `remedy` is the command that makes a mapping, or uses the one that nearly fits.
    """

    sentence = Text(
        "{file}: lesbar ({kind}), aber {found}. Vermutlich: {likely}. Abhilfe: {remedy}",
        "{file}: readable ({kind}), but {found}. Probably: {likely}. Remedy: {remedy}",
    )


class NoDelivery(UnknownFormat):
    """`file` is known for what it is (`found`), and holds nothing to take in; `advice` says what to do instead."""

    sentence = Text("{file}: {found} – {advice}.", "{file}: {found} – {advice}.")


class InvalidDelivery(DeliveryError):
    """`file` is in a known format, but damaged or not valid at `where`."""

    sentence = Text(
        "{file}: {format}, aber nicht gültig – {where}: erwartet {expected}, gefunden {found}.",
        "{file}: {format}, but not valid – {where}: expected {expected}, found {found}.",
    )


class MissingCRS(DeliveryError):
    """`file` names no coordinate reference system, or one that is not known (`found`)."""

    sentence = Text(
        "{file}: kein Koordinatenreferenzsystem (gefunden: {found}). Bitte nennen, etwa --crs EPSG:25832.",
        "{file}: no coordinate reference system (found: {found}). Please name it, for instance --crs EPSG:25832.",
    )


class UnplacedFeatures(DeliveryError):
    """`count` features of `file` lie in no municipality that attribute, boundary or --ags names."""

    sentence = Text(
        "{file}: {count} Objekte sind keiner Gemeinde zuzuordnen. Bitte --ags SCHLÜSSEL angeben oder Grenzen laden.",
        "{file}: {count} features belong to no municipality. Please name --ags KEY or ingest boundaries.",
    )


class UnsafeDelivery(DeliveryError):
    """`file` was refused before reading: `found` breaks the limit `expected`."""

    sentence = Text(
        "{file}: aus Sicherheitsgründen abgelehnt: {found} (erlaubt: {expected}).",
        "{file}: refused for safety: {found} (allowed: {expected}).",
    )


class UploadRefused(TwinError):
    """A browser may not send its files; `problem` says why."""

    sentence = Text("Upload nicht möglich: {problem}.", "The upload is not possible: {problem}.")


class QueryError(TwinError):
    """SQL that cannot run; `problem` is the engine's own sentence."""

    sentence = Text("Die Abfrage ist nicht ausführbar: {problem}", "The query cannot run: {problem}")


_KINDS = {
    "alert": "Meldung",
    "alert rule": "Melderegel",
    "audience": "Zielgruppe",
    "command": "Befehl",
    "delivery": "Lieferung",
    "derivative": "Ableitung",
    "drape": "Bodenbild",
    "export": "Export",
    "feed": "Datenstrom",
    "format": "Format",
    "indicator": "Indikator",
    "layer": "Schicht",
    "mapping": "Zuordnung",
    "moment": "Zeitpunkt",
    "picture": "Bild",
    "picture layer": "Schicht des Bildes",
    "scenario": "Szenario",
    "sensor": "Sensor",
    "source": "Quelle",
    "state": "Land",
    "table": "Tabelle",
    "theme": "Thema",
}
"""What can be unknown, in German."""


class UnknownName(TwinError):
    """There is no `kind` called `name`; `known` lists those there are."""

    sentence = Text(
        "„{name}“ ist nicht bekannt ({kind}). Bekannt sind: {known}.",
        "“{name}” is not known ({kind}). Known are: {known}.",
    )

    def __init__(self, **fields: object) -> None:
        kind = fields.get("kind")
        if isinstance(kind, str) and kind in _KINDS:
            fields["kind"] = Text(_KINDS[kind], kind)
        super().__init__(**fields)


class ScenarioError(TwinError):
    """An edit of a scenario that cannot be made."""

    sentence = Text(
        "Szenario „{scenario}“: {problem}",
        "Scenario “{scenario}”: {problem}",
    )


class MappingError(TwinError):
    """A mapping called `mapping` that makes no sense, or does not fit its file."""

    sentence = Text("Zuordnung „{mapping}“: {problem}.", "Mapping “{mapping}”: {problem}.")


class FeedError(TwinError):
    """A feed called `feed` that cannot be declared as it is, or does not work."""

    sentence = Text("Datenstrom „{feed}“: {problem}", "Feed “{feed}”: {problem}")


class AlertError(FeedError):
    """A rule of alerts, `rule`, that cannot be declared as it is."""

    sentence = Text("Melderegel „{rule}“: {problem}", "Alert rule “{rule}”: {problem}")


class SecretError(FeedError):
    """A secret that `reference` names cannot be had, or lies where others can read it. Its value is never shown."""

    sentence = Text("Geheimnis „{reference}“: {problem}", "Secret “{reference}”: {problem}")


class FetchError(TwinError):
    """What `portal` has cannot be fetched; `problem` says why."""

    sentence = Text("Abruf von „{portal}“: {problem}", "Fetching from “{portal}”: {problem}")


class NoBorder(FetchError):
    """The twin holds no border of municipality `ags`, so nobody knows what lies over it."""

    sentence = Text(
        "Von {ags} ist keine Grenze geladen; was darüber liegt, ist nicht zu sagen. Zuerst: twin ingest GRENZEN.gpkg",
        "No border of {ags} is loaded, so what lies over it is not known. First: twin ingest BOUNDARIES.gpkg",
    )


class NoRoom(FetchError):
    """The disk under `path` has `found` bytes free where `expected` are needed."""

    sentence = Text(
        "Zu wenig Platz auf der Platte unter {path}: frei {found}, nötig {expected}.",
        "Too little room on the disk under {path}: {found} free, {expected} needed.",
    )


class MissingComponent(TwinError):
    """`component` is needed for `purpose` and is not installed; `remedy` is the command that installs it."""

    sentence = Text(
        "{component} fehlt (nötig für {purpose}). Abhilfe: {remedy}",
        "{component} is missing (needed for {purpose}). Remedy: {remedy}",
    )
