"""The counter: where turns hand over what they bring, and one thread does it all, one after another."""

from __future__ import annotations

import queue
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as NotYet
from typing import TypeVar

Found = TypeVar("Found")


class Closed(Exception):
    """Nobody wants the result any more: the runner ends, or the feed was removed, changed or given up."""


class Counter:
    """Work for one thread, brought by many; there is never more of it than there are turns, for each waits for its own.

    Parameters
    ----------
    trouble : callable
        Is told of errors that nobody waits for.
    """

    def __init__(self, trouble: Callable[[Exception], None]) -> None:
        # Simple: a signal's handler may put something into it, whatever its thread is doing.
        self._work: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._trouble = trouble
        self._closed = False

    def put(self, work: Callable[[], None]) -> None:
        """Have something done; from any thread."""
        self._work.put(work)

    def ask(self, work: Callable[[], Found], wanted: Callable[[], bool]) -> Found:
        """Have something done and wait for what it gives; from any thread but the counter's own.

        Parameters
        ----------
        work : callable
            What is done in the counter's thread; what it raises is raised here.
        wanted : callable
            Whether it is still to be done when its turn has come; asked there.

        Raises
        ------
        Closed
            If it is not.
        """
        future: Future[Found] = Future()

        def do() -> None:
            if self._closed or not wanted():
                future.cancel()
                return
            try:
                found = work()
            except Exception as error:
                future.set_exception(error)
            else:
                future.set_result(found)

        self._work.put(do)
        while True:
            try:
                return future.result(timeout=1.0)
            except CancelledError:
                raise Closed from None
            except NotYet:
                if self._closed:
                    raise Closed from None

    def serve(self, seconds: float) -> None:
        """Do one thing, or wait for one; in the counter's thread."""
        try:
            work = self._work.get(timeout=max(seconds, 0.001))
        except queue.Empty:
            return
        try:
            work()
        except Exception as error:
            self._trouble(error)

    def close(self) -> None:
        """Do nothing more that anybody waits for."""
        self._closed = True

    def drain(self) -> None:
        """Do what nobody waits for."""
        while not self._work.empty():
            self.serve(0.0)
