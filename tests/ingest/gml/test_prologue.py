"""The beginning of a document is told in linear time, whatever stands before the root."""

from __future__ import annotations

import codecs

import pytest

from ingest.gml.prologue import Prologue, prologue


@pytest.mark.parametrize(
    ("head", "root", "doctype"),
    [
        (b"<a:b c='d'>", "b", False),
        (codecs.BOM_UTF8 + b"<?xml version='1.0'?>\n<!-- <x> -->\n<root xmlns='u'><a/>", "root", False),
        ("\ufeff<?xml version='1.0'?><wide>".encode("utf-16-le"), "wide", False),
        (b"<!DOCTYPE a><a>", "a", True),
        (b"<!DOCTYPE a [<!ENTITY b '>'>]><a>", "a", True),
        (b"<!-- <!DOCTYPE a> --><a>", "a", False),
        (b"<!-- never closed <a>", "", False),
        (b"<!DOCTYPE a [ never closed", "", True),
        (b"", "", False),
        (b"no markup", "", False),
        (b"<a never closed", "", False),
        (b"\x00\xff< <", "", False),
    ],
)
def test_root_and_doctype(head, root, doctype):
    found = prologue(head)
    assert (found.root, found.doctype) == (root, doctype)


@pytest.mark.parametrize("piece", [b"<!---->", b"<??>", b"<!x>", b"<!x[", b"<", b"<!--", b"<?", b"]", b"<a "])
def test_hostile_beginnings_end(piece):
    assert isinstance(prologue((piece * 65_536)[:65_536]), Prologue)
