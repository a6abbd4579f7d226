"""The connection to a broker: kept in a thread of its own, made again for as long as the feed lives."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from time import monotonic
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from ingest.mqtt.broker import Broker
from ingest.outside.address import address
from ingest.outside.trouble import trouble
from twin.errors import TwinError, Unreachable
from twin.language import Text

STATISTICS = ("$SYS/broker/publish/messages/dropped", "$SYS/broker/messages/dropped")
"""Where brokers say how many messages they have thrown away."""

WINDOW = 65_535
"""Messages that a broker hands over before the first is acknowledged: as many as MQTT can count."""

EXPIRY = 14 * 24 * 3600
"""How long the broker is asked to keep what comes while nobody listens. [s]"""

LARGEST_PACKET = 4 << 20
"""Messages beyond are not to be sent at all. [B]"""

_KEEPALIVE = 60
_CONNECT, _FAREWELL = 15.0, 5.0
_SHORTEST, _LONGEST = 1.0, 60.0
_TICK, _BURST = 0.25, 1_000
_REFUSED = Text(
    "der Broker weist die Anmeldung ab (Name, Passwort oder Rechte): {reason}",
    "the broker refuses the login (name, password or rights): {reason}",
)
_OTHER = Text("der Broker weist die Verbindung ab: {reason}", "the broker refuses the connection: {reason}")
_DENIED = Text("der Broker gibt die Themen nicht her: {topics}", "the broker does not hand out the topics: {topics}")
_ONCE = Text("der Broker bietet nur QoS 0 für {topics}", "the broker offers QoS 0 only for {topics}")
_LOST = Text("Verbindung verloren: {reason}", "connection lost: {reason}")
_SILENT = Text("keine Antwort nach {seconds:.0f} s", "no answer after {seconds:.0f} s")
_LOGIN = (0x86, 0x87, 0x85, 0x8C)


class Connection:
    """Hears a broker. Start it once, close it.

    Parameters
    ----------
    broker : Broker
        Where to listen.
    heard : callable
        ``(client, message)``: gets every message, in the connection's thread.
    begun : callable
        ``(session present)``: the broker knows us again, or begins anew; before the first message.
    rest : callable
        ``(seconds)``: returns at once while there is room for messages, else after a while.

    Attributes
    ----------
    problem : Text or None
        Why there is no connection; None while there is one.
    """

    def __init__(
        self,
        broker: Broker,
        heard: Callable[[paho.Client, paho.MQTTMessage], None],
        begun: Callable[[bool], None],
        rest: Callable[[float], bool],
    ) -> None:
        self._broker, self._heard, self._begun, self._rest = broker, heard, begun, rest
        self._changed = threading.Condition()
        self._ready = self._stopping = False
        self.problem: Text | None = None
        self._attempts = 0
        self._thread = threading.Thread(target=self._run, name=f"mqtt {broker.client_id}", daemon=True)

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()

    @property
    def ready(self) -> bool:
        """Whether it is connected and listening."""
        return self._ready

    def wait(self, seconds: float) -> bool:
        """Wait until it is connected and listening, or an attempt has failed; whether it is connected."""
        with self._changed:
            attempts = self._attempts
            self._changed.wait_for(lambda: self._ready or self._attempts != attempts or self._stopping, seconds)
            return self._ready

    def close(self) -> None:
        """Send what is still to be acknowledged and leave; the broker keeps the session."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join(_FAREWELL + _CONNECT)

    def _run(self) -> None:
        delay = _SHORTEST
        while not self._stopping:
            began = monotonic()
            try:
                _Visit(self, self._broker).stay()
            except TwinError as problem:
                self._failed(_reason(problem))
            except Exception as problem:  # a broker can make its client stumble in ways that nobody has thought of
                self._failed(Text(*(2 * [str(problem)[:200] or type(problem).__name__])))
            delay = _SHORTEST if monotonic() - began > _LONGEST else min(2 * delay, _LONGEST)
            with self._changed:
                # Jitter: feeds of one broker that was away do not come back all at once.
                self._changed.wait_for(lambda: self._stopping, delay * random.uniform(0.5, 1.0))  # noqa: S311

    def _failed(self, problem: Text) -> None:
        with self._changed:
            self._ready, self.problem = False, problem
            self._attempts += 1
            self._changed.notify_all()

    def listening(self) -> None:
        """Messages come from now on."""
        with self._changed:
            self._ready, self.problem = True, None
            self._changed.notify_all()

    @property
    def stopping(self) -> bool:
        """Whether to leave."""
        return self._stopping

    def begun(self, present: bool) -> None:
        """The broker has let us in."""
        self._begun(present)

    def heard(self, client: paho.Client, message: paho.MQTTMessage) -> None:
        """A message has come."""
        self._heard(client, message)

    def rest(self) -> bool:
        """Whether there is no room for more messages; waits a little if so."""
        return self._rest(_TICK)


class _Visit:
    """One connection, from its beginning to its end.

    Each has a client of its own, so that the numbers of messages of one are never taken for those of another.
    """

    def __init__(self, connection: Connection, broker: Broker) -> None:
        self._connection, self._broker = connection, broker
        self._asked = -1
        self._problem: Text | None = None
        self._listening = False
        self._count = 0
        protocol = MQTTProtocolVersion.MQTTv5 if broker.modern else MQTTProtocolVersion.MQTTv311
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            broker.client_id,
            clean_session=None if broker.modern else False,
            protocol=protocol,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        client.connect_timeout = _CONNECT
        if broker.user or broker.password:
            client.username_pw_set(broker.user or None, broker.password or None)
        if broker.tls is not None:
            client.tls_set_context(broker.tls)
        client.on_connect, client.on_subscribe = self._connected, self._subscribed
        client.on_disconnect, client.on_message = self._disconnected, self._message
        # Acknowledgements come from another thread: they are queued, and written by this one alone.
        client.on_socket_register_write = lambda *_: None
        self._client = client

    def stay(self) -> None:
        """Connect, listen and hear until the end.

        Raises
        ------
        Unreachable
            If it cannot be made, or breaks.
        UnsafeDelivery
            If the broker's address is not public.
        """
        broker, client = self._broker, self._client
        try:
            # Resolved once, and connected to just that; the certificate is checked against the name all the same.
            found = address(broker.host, broker.port, broker.shown)
            if broker.modern:
                client.connect(found, broker.port, _KEEPALIVE, clean_start=False, properties=_properties())
            else:
                client.connect(found, broker.port, _KEEPALIVE)
        except (OSError, ValueError) as problem:
            raise Unreachable(file=broker.shown, found=trouble(problem)) from problem
        try:
            self._hear()
        finally:
            client.on_disconnect = None
            client.disconnect()
            client.loop(0)

    def _hear(self) -> None:
        until = monotonic() + _CONNECT
        while not self._connection.stopping:
            if self._listening and self._connection.rest():
                continue  # what is not read stays with the broker
            code = self._client.loop(_TICK) or self._burst()
            if self._problem is not None:
                raise Unreachable(file=self._broker.shown, found=self._problem)
            if code != MQTTErrorCode.MQTT_ERR_SUCCESS:
                raise Unreachable(file=self._broker.shown, found=_LOST.filled(reason=paho.error_string(code)))
            if not self._listening and monotonic() > until:
                raise Unreachable(file=self._broker.shown, found=_SILENT.filled(seconds=_CONNECT))
        until = monotonic() + _FAREWELL
        while self._client.want_write() and monotonic() < until:
            if self._client.loop(_TICK) != MQTTErrorCode.MQTT_ERR_SUCCESS:
                return

    def _burst(self) -> MQTTErrorCode:
        """Read on while messages come: to ask the system each time whether there is one takes as long as reading it."""
        code = MQTTErrorCode.MQTT_ERR_SUCCESS
        for _ in range(_BURST):
            before = self._count
            code = self._client.loop_read()
            if code or self._count == before or self._connection.rest():
                break
        return code

    def _connected(
        self, client: paho.Client, _: Any, flags: paho.ConnectFlags, reason: ReasonCode, __: Properties | None
    ) -> None:
        if reason.is_failure:
            self._problem = (_REFUSED if reason.value in _LOGIN else _OTHER).filled(reason=reason)
            return
        self._connection.begun(flags.session_present)
        asked = [topic.asked for topic in self._broker.topics]
        self._asked = client.subscribe([self._subscription(topic, 1) for topic in asked])[1] or -1
        # Who may not read them cannot be told of losses; readings come all the same.
        client.subscribe([self._subscription(topic, 0) for topic in STATISTICS])

    def _subscription(self, topic: str, qos: int) -> Any:
        if not self._broker.modern:
            return topic, qos
        keep = SubscribeOptions.RETAIN_SEND_IF_NEW_SUB if qos else SubscribeOptions.RETAIN_SEND_ON_SUBSCRIBE
        return topic, SubscribeOptions(qos=qos, retainHandling=keep)

    def _subscribed(
        self, _: paho.Client, __: Any, number: int, reasons: list[ReasonCode], ___: Properties | None
    ) -> None:
        if number != self._asked:
            return
        asked = [topic.asked for topic in self._broker.topics]
        denied = [topic for topic, reason in zip(asked, reasons, strict=False) if reason.is_failure]
        once = [topic for topic, reason in zip(asked, reasons, strict=False) if reason.value == 0]
        if denied or once:
            self._problem = (_DENIED if denied else _ONCE).filled(topics=", ".join(denied or once)[:200])
            return
        self._listening = True
        self._connection.listening()

    def _disconnected(
        self, _: paho.Client, __: Any, flags: paho.DisconnectFlags, reason: ReasonCode, ___: Properties | None
    ) -> None:
        if self._problem is None and flags.is_disconnect_packet_from_server:
            self._problem = _LOST.filled(reason=reason)

    def _message(self, client: paho.Client, _: Any, message: paho.MQTTMessage) -> None:
        self._count += 1
        self._connection.heard(client, message)


def _properties() -> Properties:
    found = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call] # paho's is not typed
    found.SessionExpiryInterval = EXPIRY
    found.ReceiveMaximum = WINDOW
    found.MaximumPacketSize = LARGEST_PACKET
    return found


def _reason(problem: TwinError) -> Text:
    found = problem.fields.get("found", "")
    if not isinstance(problem, Unreachable):
        return problem.sentence.filled(**problem.fields)
    return found if isinstance(found, Text) else Text(str(found), str(found))
