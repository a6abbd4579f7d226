"""Publishes observations of 100 datastreams at a steady rate, by QoS 1, over restarts of the broker.

``python publisher.py PORT COUNT RATE``: ends when the broker has acknowledged every one of them.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime, timedelta

import paho.mqtt.client as paho

STREAMS = 100
BEGIN = datetime(2026, 6, 1, tzinfo=UTC)


def message(number: int) -> tuple[str, str]:
    """The topic and payload of a message: no two readings are the same."""
    time_ = (BEGIN + timedelta(seconds=number // STREAMS)).isoformat().replace("+00:00", "Z")
    return f"v1.1/Datastreams({number % STREAMS})/Observations", json.dumps({"phenomenonTime": time_, "result": number})


def main(port: int, count: int, rate: float) -> None:
    client = paho.Client(paho.CallbackAPIVersion.VERSION2, "publisher", clean_session=False)
    client.max_inflight_messages = 1000
    client.reconnect_delay_set(1, 1)
    acknowledged = set()
    client.on_publish = lambda _, __, number, *___: acknowledged.add(number)
    client.connect("127.0.0.1", port)
    client.loop_start()
    begin = time.monotonic()
    for number in range(count):
        client.publish(*message(number), qos=1)  # what the broker is not there for waits here
        ahead = number / rate - (time.monotonic() - begin)
        if ahead > 0.005:
            time.sleep(ahead)
    while len(acknowledged) < count:
        time.sleep(0.05)
    client.disconnect()
    client.loop_stop()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
