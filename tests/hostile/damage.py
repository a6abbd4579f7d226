"""Ways to damage a file: each gives bytes from bytes, the same for the same random numbers."""

from __future__ import annotations

import io
import re
import stat
import zipfile
from collections.abc import Callable, Iterator
from random import Random

NUMBER = re.compile(rb"(?<![\w.])-?\d+(?:[.,]\d+)?(?![\w.])")

RUINED = (
    b"NaN", b"nan", b"inf", b"-inf", b"1e308", b"-1e308", b"1e400", b"0", b"-1", b"", b" ", b"1,5", b"1.234.567,8",
    b"5,71E+06", b"999999999999999999999", b"0x10", b"\xc3\xa9", b"2147483648", b"-9223372036854775809",
)  # fmt: skip

DOCTYPE = b'<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;&x;&x;"><!ENTITY z SYSTEM "file:///etc/passwd">]>'


def truncated(whole: bytes, random: Random) -> bytes:
    """Cut off at some percent."""
    return whole[: len(whole) * random.randrange(100) // 100]


def flipped(whole: bytes, random: Random) -> bytes:
    """Some bits are the other way round."""
    content = bytearray(whole)
    for _ in range(random.choice((1, 1, 2, 4, 16))):
        content[random.randrange(len(content))] ^= 1 << random.randrange(8)
    return bytes(content)


def overwritten(whole: bytes, random: Random) -> bytes:
    """A stretch is zeros, ones or rubbish."""
    start = random.randrange(len(whole))
    length = min(random.choice((1, 8, 512)), len(whole) - start)
    filling = random.choice((b"\0" * length, b"\xff" * length, random.randbytes(length)))
    return whole[:start] + filling + whole[start + length :]


def repeated(whole: bytes, random: Random) -> bytes:
    """A stretch comes twice."""
    start = random.randrange(len(whole))
    stretch = whole[start : start + random.choice((16, 256, 4096))]
    return whole[:start] + stretch * 2 + whole[start + len(stretch) :]


def missing(whole: bytes, random: Random) -> bytes:
    """A stretch is gone."""
    start = random.randrange(len(whole))
    return whole[:start] + whole[start + random.choice((1, 16, 256)) :]


def renumbered(whole: bytes, random: Random) -> bytes:
    """Some numbers of a text are no numbers, or such as nobody expects."""
    places = [match.span() for match in NUMBER.finditer(whole)]
    if not places:
        return flipped(whole, random)
    content = whole
    for start, end in sorted(random.sample(places, min(len(places), random.choice((1, 1, 3, 30)))), reverse=True):
        content = content[:start] + random.choice(RUINED) + content[end:]
    return content


def recoded(whole: bytes, random: Random) -> bytes:
    """A text in an encoding that it does not name."""
    try:
        text = whole.decode("utf-8")
    except UnicodeDecodeError:
        return overwritten(whole, random)
    coding = random.choice(("utf-16", "utf-32", "utf-8-sig", "cp037", "utf-7"))
    return random.choice((text, text.replace("e", "ä"))).encode(coding, "replace")


def declared(whole: bytes, random: Random) -> bytes:
    """A document type with entities before the root, and one of them used."""
    if not whole.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<"):
        return repeated(whole, random)
    end = whole.find(b"?>") + 2 if whole.lstrip().startswith(b"<?xml") else 0
    content = whole[:end] + DOCTYPE + whole[end:]
    places = [match.start() for match in re.finditer(rb">[^<>]+<", content)]
    at = random.choice(places) + 1 if places else len(content)
    return content[:at] + random.choice((b"&y;", b"&z;", b"&unknown;")) + content[at:]


def nested(whole: bytes, random: Random) -> bytes:
    """100 000 levels deep, of whatever brackets the file has."""
    depth = 100_000
    if whole.lstrip().startswith(b"<"):
        end = whole.rfind(b"</")
        return whole[:end] + b"<a>" * depth + (b"</a>" * depth if random.random() < 0.5 else b"") + whole[end:]
    if whole.lstrip().startswith((b"{", b"[")):
        places = [place for place, byte in enumerate(whole) if byte in b":["]
        at = random.choice(places) + 1
        return whole[:at] + b"[" * depth + b"]" * (depth if random.random() < 0.5 else 0) + b"," + whole[at:]
    return repeated(whole, random)


def monotonous(whole: bytes, random: Random) -> bytes:
    """One character a hundred thousand times, somewhere."""
    at = random.randrange(len(whole))
    return (
        whole[:at]
        + random.choice((b" ", b"\n", b"[", b"<", b"<!---->", b'"', b";", b",", b"0", b"a", b"_", b"-", b".", b"("))
        * 100_000
        + whole[at:]
    )


DAMAGES: tuple[Callable[[bytes, Random], bytes], ...] = (
    truncated, flipped, overwritten, repeated, missing, renumbered, renumbered, recoded, declared, nested, monotonous,
)  # fmt: skip


def archives(name: str, whole: bytes) -> Iterator[tuple[str, bytes]]:
    """Zip archives that nobody should unpack, with the file in them."""
    yield "up", _zip({f"../../{name}": whole})
    yield "root", _zip({f"/etc/{name}": whole})
    yield "drive", _zip({f"C:\\{name}": whole})
    yield "backslash", _zip({f"..\\..\\{name}": whole})
    yield "ratio", _zip({name: whole, f"more-{name}": whole + b" " * (300 << 20)})
    yield "count", _zip({f"{number}/{name}": b"" for number in range(100_001)}, zipfile.ZIP_STORED)
    yield "nested", _zip({"a.zip": _zip({"b.zip": _zip({"c.zip": _zip({name: whole})})})})
    yield "twice", _zip_of([(name, whole), (name, whole)])
    yield "link", _zip_of([(_link("link"), b"/etc/passwd"), (name, whole)])
    packed = _zip({name: whole})
    yield "cut", packed[: len(packed) // 2]
    yield "lying", packed.replace(len(whole).to_bytes(4, "little"), (1).to_bytes(4, "little"))
    yield (
        "encrypted",
        packed.replace(b"PK\x03\x04\x14\x00\x00", b"PK\x03\x04\x14\x00\x01").replace(
            b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"
        ),
    )


def _link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return entry


def _zip(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    return _zip_of(list(files.items()), method)


def _zip_of(files: list[tuple[str | zipfile.ZipInfo, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method, compresslevel=1) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return target.getvalue()
