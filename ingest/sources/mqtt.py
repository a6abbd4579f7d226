"""Readings from an MQTT broker: pushed, kept by the broker while nobody listens, acknowledged once they are stored."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ingest.mqtt.broker import broker
from ingest.mqtt.device import devices
from ingest.mqtt.listener import Listener
from ingest.mqtt.message import Dialect
from ingest.mqtt.plain import plain
from ingest.mqtt.things import Things
from ingest.mqtt.topic import Topic, topics
from ingest.source import Gatherer, Option, Setting, Source
from twin.errors import FeedError
from twin.feeds.feed import Feed
from twin.language import Text

_UNKNOWN = Text(
    "Option dialect: erwartet sensor_things oder plain, gefunden „{found}“.",
    "option dialect: expected sensor_things or plain, found “{found}”.",
)


def _open(setting: Setting) -> Gatherer:
    feed, options = setting.feed, setting.feed.options
    asked = topics(options.get("topic", ""), feed.name)
    there = broker(options, setting.secret, asked, _client_id(setting), feed.name)
    return Listener(setting, there, _dialect(feed, asked))


def _dialect(feed: Feed, asked: tuple[Topic, ...]) -> Dialect:
    options, found = feed.options, feed.options.get("dialect", "sensor_things")
    if found == "sensor_things":
        return Things(asked, options.get("service", ""), feed.name)
    if found == "plain":
        listed = devices(Path(options["devices"]).expanduser(), feed.name) if options.get("devices") else ()
        return plain({"sensor": options.get("host", ""), **options}, asked, listed, feed.name)
    raise FeedError(feed=feed.name, problem=_UNKNOWN.filled(found=found[:80]))


def _client_id(setting: Setting) -> str:
    """The same for as long as the feed lives, and no other home's: the broker keeps our messages under it."""
    kept = setting.cursor.get("client")
    if isinstance(kept, str) and kept:
        return kept
    # When it was declared tells it from feeds of that name elsewhere; where other options begin anew, so does a session.  # noqa: E501
    own = "\0".join((setting.feed.saved_at or str(setting.folder), setting.feed.ags, setting.feed.name))
    # 23 characters of letters and digits are what every broker has to take.
    return f"twin{hashlib.sha256(own.encode()).hexdigest()[:19]}"


# An option is read as one line.
# fmt: off
SOURCE = Source(
    name="mqtt",
    title=Text("MQTT-Broker", "MQTT broker"),
    description=Text(
        "Hört auf einem Broker mit (MQTT 5 oder 3.1.1, QoS 1, dauerhafte Sitzung) und bestätigt eine Nachricht erst, wenn ihr Messwert gespeichert ist. "  # noqa: E501
        "Zwei Mundarten: sensor_things (Observations eines SensorThings-Dienstes) und plain (Zahl oder JSON). Der Broker braucht max_queued_messages 0 und persistence true: mit seiner Voreinstellung verwirft er, was über 1000 Nachrichten wartet.",  # noqa: E501
        "Listens to a broker (MQTT 5 or 3.1.1, QoS 1, persistent session) and acknowledges a message only when its reading is stored. "  # noqa: E501
        "Two dialects: sensor_things (Observations of a SensorThings service) and plain (a number or JSON). The broker needs max_queued_messages 0 and persistence true: by default it throws away what waits beyond 1000 messages.",  # noqa: E501
    ),
    options=(
        Option("host", Text("Rechner des Brokers", "Host of the broker"), required=True),
        Option("port", Text("Port; sonst 1883, mit TLS 8883", "Port; else 1883, with TLS 8883")),
        Option("topic", Text("Themen, durch Leerzeichen getrennt; + und # wie bei MQTT, {sensor} steht, wo der Name des Sensors ist", "Topics, separated by blanks; + and # as in MQTT, {sensor} stands where the sensor's name is"), required=True),  # noqa: E501
        Option("dialect", Text("sensor_things oder plain", "sensor_things or plain"), default="sensor_things"),
        Option("service", Text("sensor_things: Wurzel des Dienstes, damit Kennungen dieselben sind wie bei seiner Abfrage", "sensor_things: root of the service, so that ids are the same as where it is polled")),  # noqa: E501
        Option("sensor", Text("plain: was vor dem Namen des Sensors in seiner Kennung steht; sonst der Broker", "plain: what stands before the sensor's name in its id; else the broker")),  # noqa: E501
        Option("value_key", Text("plain: Schlüssel des Werts in JSON, Punkte führen hinein", "plain: key of the value in JSON, dots lead into it"), default="value"),  # noqa: E501
        Option("time_key", Text("plain: Schlüssel der Zeit (ISO 8601 oder Sekunden seit 1970); fehlt sie, gilt, wann die Nachricht kam", "plain: key of the time (ISO 8601 or seconds since 1970); without one it is when the message came"), default="time"),  # noqa: E501
        Option("unit_key", Text("plain: Schlüssel der Einheit, falls Nachrichten sie nennen", "plain: key of the unit, if messages name it")),  # noqa: E501
        Option("devices", Text("plain: CSV oder JSON der Geräte mit Spalten sensor, value, name, thing, property, unit, longitude, latitude; nur diese werden genommen", "plain: CSV or JSON of the devices with columns sensor, value, name, thing, property, unit, longitude, latitude; only these are taken")),  # noqa: E501
        Option("name", Text("plain ohne devices: Name", "plain without devices: name")),
        Option("property", Text("plain ohne devices: Messgröße", "plain without devices: observed property")),
        Option("unit", Text("plain ohne devices: Einheit", "plain without devices: unit")),
        Option("longitude", Text("plain ohne devices: Länge", "plain without devices: longitude")),
        Option("latitude", Text("plain ohne devices: Breite", "plain without devices: latitude")),
        Option("tls", Text("true für eine verschlüsselte Verbindung", "true for an encrypted connection"), default="false"),  # noqa: E501
        Option("ca", Text("Datei mit Zertifikaten, denen geglaubt wird (PEM); sonst die des Systems", "File of certificates that are trusted (PEM); else the system's")),  # noqa: E501
        Option("user", Text("Benutzername beim Broker", "User name at the broker")),
        Option("version", Text("5 oder 3.1.1", "5 or 3.1.1"), default="5"),
        Option("client_id", Text("Name der Sitzung beim Broker; sonst ein eigener", "Name of the session at the broker; else one of its own")),  # noqa: E501
    ),
    open=_open,
    every=30,
    secret=Text("Passwort beim Broker", "Password at the broker"),
    example="twin feed add 05974040 parken --source mqtt --option host=mqtt.example.org --option tls=true --option user=twin --secret env:MQTT_PASSWORD --option dialect=plain --option 'topic=parken/{sensor}/frei' --option unit=1",  # noqa: E501
)
