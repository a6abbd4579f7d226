"""Addresses of both xAL versions; persons are passed over."""

import pytest
from lxml import etree

from ingest.citygml.address import address

XAL2 = """<a xmlns:x="urn:oasis:names:tc:ciq:xsdschema:xAL:2.0"><x:AddressDetails>
<x:Addressee>Erika Mustermann</x:Addressee>
<x:Country><x:CountryName>Germany</x:CountryName><x:Locality><x:LocalityName>Wesel</x:LocalityName><x:Thoroughfare>
<x:ThoroughfareNumber>302</x:ThoroughfareNumber><x:ThoroughfareNumberSuffix>a</x:ThoroughfareNumberSuffix>
<x:ThoroughfareName>Brüner  Landstraße</x:ThoroughfareName></x:Thoroughfare><x:PostalCode><x:PostalCodeNumber>46485
</x:PostalCodeNumber></x:PostalCode></x:Locality></x:Country></x:AddressDetails></a>"""

XAL3 = """<a xmlns:x="urn:oasis:names:tc:ciq:xal:3"><x:Address>
<x:Country><x:NameElement>Germany</x:NameElement></x:Country>
<x:Locality><x:NameElement>Wesel</x:NameElement></x:Locality><x:Thoroughfare><x:NameElement>Brüner Landstraße
</x:NameElement><x:Number><x:Identifier>302a</x:Identifier></x:Number></x:Thoroughfare><x:PostCode><x:Identifier>46485
</x:Identifier></x:PostCode><x:Organisation>
<x:NameElement>Erika Mustermann</x:NameElement></x:Organisation></x:Address></a>"""


@pytest.mark.parametrize("text", [XAL2, XAL3])
def test_both_versions_say_the_same(text):
    assert address(etree.fromstring(text)) == "Brüner Landstraße 302a, 46485 Wesel"


def test_what_is_missing_leaves_no_trace():
    only_place = '<a xmlns:x="urn:oasis:names:tc:ciq:xsdschema:xAL:2.0"><x:LocalityName>Wesel</x:LocalityName></a>'
    assert address(etree.fromstring(only_place)) == "Wesel"
    assert address(etree.fromstring("<a/>")) == ""
