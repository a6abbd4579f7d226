"""Where an XML document is damaged, without a word of its content."""

from __future__ import annotations

from typing import Any, cast

from lxml import etree


def place(damaged: etree.XMLSyntaxError) -> tuple[int, str]:
    """Line, and name of libxml2's error, such as ``ERR_TAG_NAME_MISMATCH``; 0 where the line is not known."""
    # The log begins with what earlier documents of this process did: only its end is about this one.
    entries = list(cast(Any, damaged.error_log))
    line = damaged.lineno or (entries[-1].line if entries else 0)
    return int(line), str(entries[-1].type_name) if entries else "ERR_DOCUMENT_END"
