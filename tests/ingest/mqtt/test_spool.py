"""Messages between the thread that hears and the one that lands: in order, none acknowledged too early."""

from __future__ import annotations

from ingest.mqtt.spool import LARGEST, MOST, Entry, Spool, remembered


class Wire:
    def __init__(self) -> None:
        self.acknowledged: list[int] = []

    def ack(self, mid: int, qos: int) -> None:
        assert qos == 1
        self.acknowledged.append(mid)


def entry(link: Wire, mid: int, *lines: str, digest: int = 0, timed: bool = True) -> Entry:
    return Entry(link, mid, digest or mid, lines, timed=timed)


def test_acknowledged_in_their_order_and_only_once_done() -> None:
    spool, wire = Spool(), Wire()
    for number in range(1, 8):
        spool.add(entry(wire, number, *("line",) * (number % 3)))
    spool.add(entry(wire, 0, "of QoS 0"))
    first = spool.take(3, LARGEST)
    assert [one.mid for one in first] == [1, 2, 3]
    assert wire.acknowledged == []
    spool.give_back(first)
    everything = spool.take(100, LARGEST)
    assert [one.mid for one in everything] == [1, 2, 3, 4, 5, 6, 7, 0]
    spool.done(everything)
    assert wire.acknowledged == [1, 2, 3, 4, 5, 6, 7]
    assert spool.take(100, LARGEST) == []


def test_one_is_taken_however_large_it_is() -> None:
    spool, wire = Spool(), Wire()
    spool.add(entry(wire, 1, "a", "b", "c"))
    spool.add(entry(wire, 2, "a"))
    assert [one.mid for one in spool.take(1, 1)] == [1]
    assert [one.mid for one in spool.take(10, 1)] == [2]


def test_what_comes_again_by_another_connection_is_acknowledged_there() -> None:
    spool, before, after = Spool(), Wire(), Wire()
    for number in (1, 2, 3):
        spool.add(entry(before, number, "line"))
    out = spool.take(1, LARGEST)
    assert spool.known(after, 1, 1)
    assert spool.known(after, 2, 2)
    assert not spool.known(after, 3, 99)  # another message under the same number
    spool.done(out)
    assert (before.acknowledged, after.acknowledged) == ([], [1])
    # What had landed when the connection broke comes again, and is only acknowledged.
    spool.done(spool.take(10, LARGEST))
    assert spool.known(after, 3, 3)
    again = spool.take(10, LARGEST)
    assert [one.lines for one in again] == [()]
    spool.done(again)
    assert after.acknowledged == [1, 2, 3]


def test_a_new_session_counts_anew() -> None:
    spool, wire = Spool(), Wire()
    spool.add(entry(wire, 1, "line"))
    spool.forget_session()
    assert not spool.known(wire, 1, 1)
    assert [one.lines for one in spool.take(10, LARGEST)] == [("line",)]  # it lands all the same


def test_what_has_landed_is_known_by_another_process() -> None:
    wire, next_ = Wire(), Spool()
    text = remembered(
        [entry(wire, 1, "line", timed=False), entry(wire, 2, "line"), entry(wire, 65_535, "x", timed=False)]
    )
    next_.recall(text)
    assert next_.known(wire, 1, 1)
    assert next_.known(wire, 65_535, 65_535)
    assert not next_.known(wire, 2, 2)  # it says its own time: landing it again changes nothing
    for broken in ("", "a", "äöü", "AAAA", "=" * 50):
        Spool().recall(broken)


def test_it_is_full_by_number_and_by_size() -> None:
    spool, wire = Spool(), Wire()
    for number in range(MOST):
        spool.add(entry(wire, number % 65_535 + 1))
    assert spool.full
    spool.wait_for_room(0.01)
    spool.done(spool.take(1, LARGEST))
    while not spool.full:
        spool.add(entry(wire, 0))
    large = Spool()
    for number in range(LARGEST // 1_000_000 + 1):
        large.add(entry(wire, number + 1, "x" * 1_000_000))
    assert large.full
    large.done(large.take(50, LARGEST))
    assert not large.full
