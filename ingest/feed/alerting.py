"""Alerts beside the feeds: rules look at what has landed and at the clock; messages go out from another thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from ingest.alert.message import deliver
from ingest.alert.watch import look

if TYPE_CHECKING:
    from twin import Twin


class Alerting:
    """The alerts of a twin whose feeds run. Whatever goes wrong with them keeps no feed waiting.

    Parameters
    ----------
    twin : Twin
        The operator's.
    trouble : callable
        Is told of what nobody expected, from any thread.
    """

    def __init__(self, twin: Twin, trouble: Callable[[Exception], None]) -> None:
        self._twin, self._trouble = twin, trouble
        self._post: threading.Thread | None = None

    def look(self, delivery_id: str | None = None) -> None:
        """Open and close alerts by what a delivery brought, or by the time that has passed; send what is to tell."""
        try:
            look(self._twin, delivery_id)
        except Exception as error:
            self._trouble(error)
        if not self.busy:
            self._post = threading.Thread(target=self._send, name="alert messages", daemon=True)
            self._post.start()

    @property
    def busy(self) -> bool:
        """Whether messages are on their way."""
        return self._post is not None and self._post.is_alive()

    def finish(self, seconds: float) -> None:
        """Wait for messages that are on their way; those that are not go out another time."""
        if self._post is not None:
            self._post.join(seconds)

    def _send(self) -> None:
        try:
            deliver(self._twin)
        except Exception as error:
            self._trouble(error)
