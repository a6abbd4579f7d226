"""What a JSON value is, in words: for whoever wrote another one than was asked for."""

from __future__ import annotations

from twin.language import Text

_KINDS: dict[type, Text] = {
    dict: Text("ein Objekt", "an object"),
    list: Text("eine Liste", "a list"),
    tuple: Text("eine Liste", "a list"),
    str: Text("ein Text", "a text"),
    bool: Text("true oder false", "true or false"),
    int: Text("eine Zahl", "a number"),
    float: Text("eine Zahl", "a number"),
    type(None): Text("nichts (null)", "nothing (null)"),
}
_OTHER = Text("etwas anderes", "something else")


def json_kind(kind: type) -> Text:
    """Name of a kind of JSON values, such as ``str``, with its article."""
    return _KINDS.get(kind, _OTHER)
