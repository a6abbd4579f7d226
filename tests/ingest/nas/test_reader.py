"""The reader tells damaged, unsafe and unfinished documents apart, and needs little memory."""

from __future__ import annotations

import gzip
import subprocess
import sys

import pytest

from ingest.nas.reader import Reader, identifier
from twin.errors import InvalidDelivery, UnsafeDelivery


@pytest.mark.parametrize("subset", ["", ' [<!ENTITY a "b">]', ' SYSTEM "http://localhost/x.dtd"'])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_are_refused(nas, subset, encoding):
    declared = f'<?xml version="1.0" encoding="{encoding}"?>'
    text = nas.extract(nas.parcel()).replace(
        '<?xml version="1.0" encoding="utf-8"?>',
        f"{declared}<!-- {'x' * 100} --><!DOCTYPE AX_Bestandsdatenauszug{subset}>",
    )
    with pytest.raises(UnsafeDelivery):
        list(Reader(nas.write(text.encode(encoding)), frozenset()))


def test_document_type_behind_a_long_comment_is_refused(nas):
    text = nas.extract(nas.parcel()).replace("<AX_Best", f"<!-- {'x' * 100_000} --><!DOCTYPE a><AX_Best", 1)
    with pytest.raises(UnsafeDelivery):
        list(Reader(nas.write(text), frozenset({"AX_Flurstueck"})))


def test_a_single_object_is_known_but_not_whole(nas):
    text = nas.parcel().replace(
        "<AX_Flurstueck", f'<AX_Flurstueck xmlns="http://www.adv-online.de/namespaces/adv/gid/7.1" {SPACES}', 1
    )
    with pytest.raises(InvalidDelivery) as refused:
        nas.read(text)
    assert "AX_Bestandsdatenauszug" in str(refused.value)


SPACES = 'xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:xlink="http://www.w3.org/1999/xlink"'


def test_a_cut_off_file_is_invalid_not_empty(nas):
    packed = gzip.compress(nas.extract(*[nas.parcel()] * 200).encode())
    assert len(nas.read(packed, "nas.xml.gz").rows["parcel"]) == 200
    with pytest.raises(InvalidDelivery):
        list(Reader(nas.write(packed[: len(packed) // 2], "nas.xml.gz"), frozenset({"AX_Flurstueck"})))
    with pytest.raises(InvalidDelivery):
        nas.read(nas.extract(nas.parcel())[:-40])


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("DENW18AL0000pewY", "DENW18AL0000pewY"),
        ("DENW18AL0000pewY20131011T071138Z", "DENW18AL0000pewY"),
        ("urn:adv:oid:DENW18AL0000pewY", "DENW18AL0000pewY"),
        (" x y ", ""),
        (None, ""),
        ("a" * 65, ""),
    ],
)
def test_identifiers_lose_urn_and_time_stamp(text, key):
    assert identifier(text) == key


def test_references_and_data_types_are_no_objects(nas):
    inner = '<zeigtAuf><AX_Gebaeude gml:id="DENW00000000000B"/></zeigtAuf>'
    found = nas.read(nas.extract(nas.parcel(inner=inner)))
    assert set(found.rows) == {"parcel"}


_PEAKS = """
import resource, sys
from pathlib import Path
from ingest.format import Options
from ingest.formats.nas import read
from ingest.source_file import SourceFile
for name in sys.argv[1:]:
    list(read(SourceFile(Path(name)), Options()))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.parametrize("container", ["featureMember", "Insert"])
def test_memory_does_not_grow_with_the_document(nas, container):
    other = nas.thing("AX_Gelaendekante", "DENW0000000000K1", nas.surface(nas.square()) * 40)
    files = []
    for count in (20, 600):
        whole = (
            nas.extract(*[other] * count)
            if container == "featureMember"
            else nas.update(f"<wfs:Insert>{other * count}</wfs:Insert>")
        )
        files.append(nas.write(whole, f"{count}.xml").path)
    done = subprocess.run([sys.executable, "-c", _PEAKS, *files], capture_output=True, check=True, text=True)
    small, large = map(int, done.stdout.split())
    assert files[1].stat().st_size > 15e6
    assert large < small + 15_000  # [kB]; as a tree, the document takes more than 100 000
