import bz2
import csv
import gzip
import io
import json
import lzma
import re
import zipfile
import zlib
from pathlib import Path

import pyarrow as pa
import pytest
from lxml import etree

from ingest.damage import in_words, place, quoted


def parse(text):
    for _ in etree.iterparse(io.BytesIO(text)):
        pass


def test_the_line_is_of_this_document_whatever_was_read_before():
    with pytest.raises(etree.XMLSyntaxError):
        parse(b"<a>\n" * 40 + b"</b>")
    with pytest.raises(etree.XMLSyntaxError) as damaged:
        parse(b"<a>\n<b>\n</c></a>")
    line, kind = place(damaged.value)
    assert line == 3
    assert kind == "ERR_TAG_NAME_MISMATCH"


def raised(work):
    try:
        work()
    except Exception as damage:
        return damage
    raise AssertionError("nothing was raised")


WHOLE = b"<a>\n<b c='1'>Anna Muster</b>\n</a>"

XML = {
    "no XML": b"Anna Muster",
    "nothing that would be XML": b"",
    "something after the end of the document": WHOLE + b"<Anna/>",
    "an end that comes too early": WHOLE[:-10],
    "a tag that does not end as it should": WHOLE[:-1],
    "a “<” or “&” without a name after it": WHOLE.replace(b"Anna", b"Anna & "),
    "an end tag that fits no beginning": WHOLE.replace(b"</b>", b"</Anna>"),
    "a character that XML does not allow": WHOLE.replace(b"Anna", b"Anna\x01"),
    "bytes that do not fit the character encoding": WHOLE.replace(b"Anna", b"\xe4\xf6\xfc\xff"),
    "an unknown character encoding": b'<?xml version="1.0" encoding="anna"?>' + WHOLE,
    "something begun that does not end": WHOLE.replace(b"Anna", b"<![CDATA[Anna"),
    "an attribute that comes twice": WHOLE.replace(b"c='1'", b"c='1' c='2'"),
    "an attribute that is not valid": WHOLE.replace(b"'1'", b"'<Anna'"),
    "an entity that is not known": WHOLE.replace(b"Anna", b"&anna;"),
    "a prefix without a namespace": WHOLE.replace(b"<b", b"<anna:b").replace(b"</b", b"</anna:b"),
    "something nested too deep, or too long": b"<a>" * 300,
}


@pytest.mark.parametrize(("words", "content"), XML.items(), ids=lambda value: str(value)[:30])
def test_damage_of_xml_is_said_in_words_without_a_word_of_the_document(words, content):
    damage = raised(lambda: parse(content))
    said = in_words(damage)
    assert said.en == words
    assert said.de != said.en
    assert "nna" not in said.de + said.en
    assert not re.search(r"[A-Z]{2,}_[A-Z]", said.de + said.en)


def test_a_quote_is_the_first_line_of_libxml2_and_not_the_document_after_it():
    said = quoted(raised(lambda: parse(XML["something begun that does not end"])))
    assert said.de == "etwas Begonnenes, das nicht endet (libxml2: CData section not finished)"
    assert said.en == "something begun that does not end (libxml2: CData section not finished)"


def locked():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.txt", "Anna Muster")
    # The bit that says so, in the entry and in the list at the end.
    data = bytearray(content.getvalue())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    zipfile.ZipFile(io.BytesIO(bytes(data))).read("a.txt")


def too_wide():
    list(csv.reader(["a" * 200_000]))


OTHER = {
    "an archive cut off": (lambda: zipfile.ZipFile(io.BytesIO(b"PK\x03\x04Anna")), "no zip archive, or a damaged one"),
    "an archive with a password": (locked, "encrypted data"),
    "gzip cut off": (lambda: gzip.decompress(gzip.compress(b"Anna" * 99)[:-9]), "an end that comes too early"),
    "gzip of rubbish": (lambda: gzip.decompress(b"\x1f\x8bAnna Muster"), "damaged packed data"),
    "zlib of rubbish": (lambda: zlib.decompress(b"Anna Muster"), "damaged packed data"),
    "bzip2 of rubbish": (lambda: bz2.decompress(b"BZh9Anna Muster"), "damaged packed data"),
    "xz of rubbish": (lambda: lzma.decompress(b"Anna Muster"), "damaged packed data"),
    "JSON cut off": (lambda: json.loads('{"Anna": '), "an end that comes too early"),
    "JSON cut off in a text": (lambda: json.loads('{"Anna": "Mus'), "an end that comes too early"),
    "no JSON": (lambda: json.loads("Anna"), "something that is no JSON there"),
    "no JSON at all": (lambda: json.loads(""), "something that is no JSON there"),
    "JSON nested deep": (lambda: json.loads("[" * 100_000), "nesting that is too deep"),
    "no text": (b"Anna\xff".decode, "bytes that are no text"),
    "no text for Arrow": (
        lambda: pa.array([b"Anna\xff"]).cast(pa.string()).validate(full=True),
        "bytes that are no text",
    ),
    "a value without an end": (too_wide, "a value that is far too long"),
    "no file": (Path("/nonexistent/Anna").read_bytes, "no file in this place any more"),
    "a folder": (Path("/").read_bytes, "a folder"),
    "another packing": (lambda: (_ for _ in ()).throw(NotImplementedError("Anna")), "an unknown way of packing"),
    "anything": (lambda: (_ for _ in ()).throw(RuntimeError("Anna")), "data that cannot be read"),
}


@pytest.mark.parametrize(("work", "words"), OTHER.values(), ids=OTHER)
def test_damage_of_anything_else_is_said_in_words(work, words):
    said = in_words(raised(work))
    assert said.en == words
    assert said.de != said.en
    assert "Anna" not in said.de + said.en
