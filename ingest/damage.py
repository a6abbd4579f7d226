"""What is wrong with a damaged file, and where, in words of both languages and without a word of its content."""

from __future__ import annotations

import errno
import gzip
import json
import lzma
import re
import zipfile
import zlib
from typing import Any, cast

from lxml import etree

from twin.language import Text

WHOLE = Text("eine vollständige Datei", "a whole file")
WELL_FORMED = Text("wohlgeformtes XML", "well-formed XML")
NO_DOCTYPE = Text("XML ohne DOCTYPE", "XML without DOCTYPE")
"""What is expected of a file, or of a document."""

_PLACE = re.compile(r", line \d+, column \d+$")

_END = Text("ein zu frühes Ende", "an end that comes too early")
_PACKED = Text("beschädigte gepackte Daten", "damaged packed data")
_ARCHIVE = Text("kein Zip-Archiv oder ein beschädigtes", "no zip archive, or a damaged one")
_PACKING = Text("ein unbekanntes Packverfahren", "an unknown way of packing")
_NESTED = Text("eine zu tiefe Verschachtelung", "nesting that is too deep")
_NO_TEXT = Text("Bytes, die kein Text sind", "bytes that are no text")
_NO_JSON = Text("etwas, das dort kein JSON ist", "something that is no JSON there")
_DATABASE = Text("eine beschädigte Datenbank (SQLite)", "a damaged database (SQLite)")
_MEMORY = Text("mehr, als in den Arbeitsspeicher passt", "more than fits into memory")
_UNREADABLE = Text("nicht lesbare Daten", "data that cannot be read")

_MARKUP = Text("ein Tag, das nicht richtig endet", "a tag that does not end as it should")
_NO_ENCODING = Text("Bytes, die nicht zur Zeichenkodierung passen", "bytes that do not fit the character encoding")
_UNENDED = Text("etwas Begonnenes, das nicht endet", "something begun that does not end")
_ATTRIBUTE = Text("ein Attribut, das nicht gültig ist", "an attribute that is not valid")
_ENTITY = Text("eine Entität, die nicht bekannt ist", "an entity that is not known")
_XML = Text("etwas, das kein wohlgeformtes XML ist", "something that is no well-formed XML")

_OF_XML = {
    "ERR_DOCUMENT_EMPTY": Text("kein XML", "no XML"),
    "ERR_INTERNAL_ERROR": Text("nichts, das XML wäre", "nothing that would be XML"),
    "ERR_DOCUMENT_END": Text("etwas hinter dem Ende des Dokuments", "something after the end of the document"),
    "ERR_TAG_NOT_FINISHED": _END,
    "ERR_GT_REQUIRED": _MARKUP,
    "ERR_LTSLASH_REQUIRED": _MARKUP,
    "ERR_NAME_REQUIRED": Text("ein „<“ oder „&“ ohne Namen dahinter", "a “<” or “&” without a name after it"),
    "ERR_TAG_NAME_MISMATCH": Text("ein End-Tag, das zu keinem Anfang passt", "an end tag that fits no beginning"),
    "ERR_INVALID_CHAR": Text("ein Zeichen, das XML nicht erlaubt", "a character that XML does not allow"),
    "ERR_INVALID_ENCODING": _NO_ENCODING,
    "I18N_CONV_FAILED": _NO_ENCODING,
    "ERR_UNSUPPORTED_ENCODING": Text("eine unbekannte Zeichenkodierung", "an unknown character encoding"),
    "ERR_UNKNOWN_ENCODING": Text("eine unbekannte Zeichenkodierung", "an unknown character encoding"),
    "ERR_COMMENT_NOT_FINISHED": _UNENDED,
    "ERR_CDATA_NOT_FINISHED": _UNENDED,
    "ERR_PI_NOT_FINISHED": _UNENDED,
    "ERR_XMLDECL_NOT_FINISHED": _UNENDED,
    "ERR_ATTRIBUTE_REDEFINED": Text("ein Attribut, das zweimal vorkommt", "an attribute that comes twice"),
    "ERR_ATTRIBUTE_NOT_STARTED": _ATTRIBUTE,
    "ERR_ATTRIBUTE_NOT_FINISHED": _ATTRIBUTE,
    "ERR_ATTRIBUTE_WITHOUT_VALUE": _ATTRIBUTE,
    "ERR_LT_IN_ATTRIBUTE": _ATTRIBUTE,
    "ERR_UNDECLARED_ENTITY": _ENTITY,
    "WAR_UNDECLARED_ENTITY": _ENTITY,
    "ERR_ENTITYREF_SEMICOL_MISSING": _ENTITY,
    "NS_ERR_UNDEFINED_NAMESPACE": Text("ein Präfix ohne Namensraum", "a prefix without a namespace"),
    "ERR_RESOURCE_LIMIT": Text("zu tief Verschachteltes oder zu Langes", "something nested too deep, or too long"),
}
"""What libxml2's errors mean. Its own sentences may quote the document, and with it a person."""

_NAMES: dict[int, str] = {code: name for name, code in vars(etree.ErrorTypes).items() if isinstance(code, int)}
"""Of libxml2's errors, by number."""

_OF_SYSTEM = {
    errno.ENOENT: Text("keine Datei mehr an dieser Stelle", "no file in this place any more"),
    errno.EISDIR: Text("ein Ordner", "a folder"),
    errno.EACCES: Text("eine Datei, für die das Leserecht fehlt", "a file without the permission to read it"),
    errno.EPERM: Text("eine Datei, für die das Leserecht fehlt", "a file without the permission to read it"),
    errno.EIO: Text("ein Lesefehler des Datenträgers", "a read error of the disk"),
    errno.ENOSPC: Text("kein Platz mehr auf dem Datenträger", "no room left on the disk"),
    errno.EDQUOT: Text("kein zugeteilter Platz mehr", "no room left in the quota"),
}

_OF_KIND: tuple[tuple[type[BaseException], Text], ...] = (
    (EOFError, _END),
    (zipfile.BadZipFile, _ARCHIVE),
    (gzip.BadGzipFile, _PACKED),
    (zlib.error, _PACKED),
    (lzma.LZMAError, _PACKED),
    (UnicodeError, _NO_TEXT),
    (RecursionError, _NESTED),
    (NotImplementedError, _PACKING),
    (MemoryError, _MEMORY),
)

_OF_SENTENCE = (
    ("password", Text("verschlüsselte Daten", "encrypted data")),
    ("field limit", Text("ein viel zu langer Wert", "a value that is far too long")),
    ("UTF8", _NO_TEXT),
    ("disk image is malformed", _DATABASE),
    ("not a database", _DATABASE),
)
"""What zipfile, csv, Arrow and SQLite tell apart by their sentences only."""


def place(damaged: etree.XMLSyntaxError) -> tuple[int, str]:
    """Line, and name of libxml2's error, such as ``ERR_TAG_NAME_MISMATCH``; 0 where the line is not known."""
    # The log begins with what earlier documents of this process did: only its end is about this one.
    entries = list(cast(Any, damaged.error_log))
    line = damaged.lineno or (entries[-1].line if entries else 0)
    return int(line), str(entries[-1].type_name) if entries else "ERR_DOCUMENT_END"


def in_words(damage: BaseException) -> Text:
    """What an error of the parser or the system found, for the end of “expected …, found …”.

    Parameters
    ----------
    damage : BaseException
        What lxml, json, csv, an unpacker or the system has raised. Nothing of its own sentence is repeated: that
        may quote the content, and is in English.
    """
    if isinstance(damage, etree.XMLSyntaxError):
        # The first error, which lxml raises: the log goes on with what follows from it.
        return _OF_XML.get(_NAMES.get(cast(Any, damage).code, ""), _XML)
    if isinstance(damage, json.JSONDecodeError):
        broken_off = damage.msg.startswith("Unterminated") or damage.pos >= len(damage.doc.rstrip())
        return _END if broken_off and damage.doc.strip() else _NO_JSON
    known = next((words for kind, words in _OF_KIND if isinstance(damage, kind)), None)
    if known is None and isinstance(damage, OSError):
        # Those without a number come from unpackers: "Invalid data stream".
        return _OF_SYSTEM.get(damage.errno, _UNREADABLE) if damage.errno else _PACKED
    return known or next((words for part, words in _OF_SENTENCE if part in str(damage)), _UNREADABLE)


def of_library(damage: BaseException, sentence: str) -> Text | str:
    """The same in words where there are some, else the library's own `sentence`, in English."""
    words = in_words(damage)
    return sentence if words is _UNREADABLE and sentence else words


def quoted(damaged: etree.XMLSyntaxError) -> Text:
    """The same with libxml2's own sentence, in English: only for documents that hold nothing about persons."""
    # What follows the first line is the document itself; the place is said beside.
    sentence = _PLACE.sub("", str(damaged.msg).partition("\n")[0]).strip()[:120]
    words = in_words(damaged)
    return Text(f"{words.de} (libxml2: {sentence})", f"{words.en} (libxml2: {sentence})")
