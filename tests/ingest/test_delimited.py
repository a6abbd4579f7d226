"""Delimited text in the dialects that authorities write."""

import math

import pytest

from ingest.delimited import delimiter, first_lines, number, rows, split
from ingest.source_file import SourceFile
from twin.errors import InvalidDelivery


def read(tmp_path, content, separator=";"):
    path = tmp_path / "made.csv"
    path.write_bytes(content)
    return list(rows(SourceFile(path), "Made", separator))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("12.5", 12.5), ("12,5", 12.5), (" 7 ", 7), ("1.234,5", 1234.5), ("-3", -3), ("32398242,002", 32398242.002)],
)
def test_numbers_with_point_or_comma(text, expected):
    assert number(text) == expected


@pytest.mark.parametrize("text", ["", "x", "1_000", "1,234.5", "1;2", "12 m", "--1", ","])
def test_what_is_no_number(text):
    assert math.isnan(number(text))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_umlauts_survive_any_encoding(tmp_path, encoding):
    assert read(tmp_path, "Straße;Höhe\nÄhrenweg;3\n".encode(encoding))[1] == (2, ["Ährenweg", "3"])


def test_quotes_comments_blank_lines_and_either_line_end(tmp_path):
    found = read(tmp_path, b'# made\r\na;b\r\n\r\n"x;\r\ny"; z \r\nlast;1')
    assert found == [(2, ["a", "b"]), (5, ["x;\r\ny", "z"]), (6, ["last", "1"])]


def test_endless_lines_and_values_are_refused(tmp_path):
    for content in (b"a" * (2 << 20), b"a;b\n" + b"1" * 100_000 + b";2\n"):
        with pytest.raises(InvalidDelivery, match=r"made\.csv"):
            read(tmp_path, content)


def test_a_quote_that_never_ends_is_refused(tmp_path):
    with pytest.raises(InvalidDelivery):
        read(tmp_path, b'a;"b\n' + b"1;2\n" * 100_000)


def test_the_head_tells_the_names_and_what_parts_them():
    (line,) = first_lines(b"\xef\xbb\xbf# note\n\nx,y,Baum\n1,2,3\n", 1)
    assert split(line, delimiter(line)) == ["x", "y", "Baum"]
    assert first_lines(b"a;b\x00", 1) == [] and first_lines(b"", 1) == []
