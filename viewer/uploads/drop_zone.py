"""Where files are dropped: a Panel component over ``drop_zone.js``."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import param
from panel.custom import JSComponent


class DropZone(JSComponent):
    """Takes files by mouse, keyboard or touch and sends them to `viewer.uploads.handlers` in pieces."""

    words = param.Dict(default={}, doc="`title`, `hint`, `cancel` and `offline`, in the visitor's language.")
    language = param.Selector(default="de", objects=["de", "en"], doc="Language of numbers.")
    disabled = param.Boolean(default=False, doc="Takes nothing while this is set.")
    finished = param.Dict(
        default=None, allow_None=True, doc='`{"key", "names"}` of the last upload that has arrived whole.'
    )

    _esm = Path(__file__).with_name("drop_zone.js")
    _stylesheets: ClassVar[list[str]] = [
        """
:host { display: block; font-family: Roboto, sans-serif; }
.zone { position: relative; display: flex; flex-direction: column; align-items: center; gap: 4px; padding: 28px 20px; cursor: pointer;
  border: 2px dashed rgba(31, 95, 139, 0.45); border-radius: 12px; text-align: center; transition: background 120ms, border-color 120ms; }
.zone:hover, .zone.over, .zone:focus-within { border-color: #1F5F8B; background: rgba(31, 95, 139, 0.07); }
.zone.disabled { opacity: 0.5; cursor: default; }
.zone input { position: absolute; inset: 0; opacity: 0; cursor: inherit; }
.zone.busy input { display: none; }
.icon { font-size: 30px; line-height: 1; color: #1F5F8B; }
.title { font-size: 1.02rem; font-weight: 500; }
.hint, .told { font-size: 0.84rem; opacity: 0.75; font-variant-numeric: tabular-nums; }
progress { width: min(420px, 90%); height: 8px; appearance: none; border-radius: 4px; overflow: hidden; background: rgba(128, 128, 128, 0.25); border: 0; }
progress::-webkit-progress-bar { background: rgba(128, 128, 128, 0.25); }
progress::-webkit-progress-value { background: #1F5F8B; }
progress::-moz-progress-bar { background: #1F5F8B; }
button { position: relative; margin-top: 6px; padding: 4px 14px; border-radius: 6px; border: 1px solid currentColor; background: none; color: inherit; font: inherit; cursor: pointer; }
"""  # noqa: E501 – one rule a line reads best
    ]
