"""HTML that changes in place: a Panel component over ``live_board.js``."""

from __future__ import annotations

from pathlib import Path

import param
from panel.custom import JSComponent


class LiveBoard(JSComponent):
    """Shows HTML whose every next state is reached by changing only what differs, so that focus and selection stay.

    An element with ``data-key`` is the same one as long as its siblings hold that key. A ``<button data-ask="what"
    data-of="whom">`` or ``<select data-ask="what">`` sets `asked`. Whoever writes `html` escapes what is data.
    """

    html = param.String(default="", doc="What is shown.")
    every = param.Number(default=0, doc="Seconds between two beats while the page can be seen; 0 for none.")
    beat = param.Integer(default=0, doc="Counts up, by the browser, when it is time to look again.")
    asked = param.Dict(
        default=None, allow_None=True, doc='`{"what", "of", "value", "count"}` of the last click or choice.'
    )
    heard = param.Integer(
        default=0, doc="Counts up, by the server, when what was asked is done: it may be asked again."
    )

    _esm = Path(__file__).with_name("live_board.js")
