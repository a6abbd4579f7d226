import io

import pytest
from lxml import etree

from ingest.damage import place


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
