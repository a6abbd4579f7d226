"""What lies over a municipality is fetched once, whole, and again only when it has changed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable

import pytest

from ingest.fetch import fetching as module
from ingest.fetch.fetching import Fetching
from ingest.fetch.manifest import Manifest
from twin.errors import FetchError, InvalidDelivery, NoRoom, Unreachable, UnsafeDelivery

from .conftest import Noted
from .made_portal import BESIDE, DOP, INSIDE, LOD2, Hosted, building, photo

Make = Callable[..., Fetching]
TILE = f"{LOD2}LoD2_32_440_5710_1_NW.gml"


def names(places: list[tuple[int, int]]) -> list[str]:
    return [f"LoD2_32_{east}_{north}_1_NW.gml" for east, north in places]


def fates(call: Fetching) -> dict[str, int]:
    (report,) = call.report.products
    return {fate: count for fate, count in report.fates.items() if count}


def test_tiles_over_the_municipality_come_and_no_other_of_its_box(hosted: Hosted, fetching: Make) -> None:
    call, noted = fetching(), Noted()
    found = call.run(noted)
    assert [path.name for path in found] == names(INSIDE)
    assert {path.read_bytes() for path in found} == {hosted.files[LOD2 + name] for name in names(INSIDE)}
    assert not hosted.requests(names([BESIDE])[0])
    assert (noted.files, noted.done) == (3, 3)
    assert fates(call) == {"fetched": 3}
    assert not list(call.folder.rglob("*.part"))


def test_the_manifest_says_where_it_is_from(hosted: Hosted, fetching: Make) -> None:
    call = fetching()
    call.run(Noted())
    with Manifest(call.home / module.FOLDER) as manifest:
        kept = manifest.files("nrw", "lod2")[names(INSIDE)[0]]
    assert kept.url == hosted.url + TILE
    assert (kept.licence, kept.timestamp, kept.size) == (
        "dl-de/zero-2-0",
        "2024-03-05T10:11:12",
        len(hosted.files[TILE]),
    )
    assert kept.etag and kept.last_modified and kept.fetched_at.startswith("20")
    assert len(kept.sha256) == 64


def test_a_second_call_fetches_nothing_but_asks_for_the_list(hosted: Hosted, fetching: Make) -> None:
    fetching().run(Noted())
    hosted.asked.clear()
    call = fetching()
    assert len(call.run(Noted())) == 3
    assert fates(call) == {"kept": 3}
    assert [(path.rpartition("/")[2], status, size) for path, status, size, _ in hosted.asked] == [
        ("index.json", 304, 0)
    ]
    assert call.report.received == 0


@pytest.mark.parametrize("listed", [{"timestamp": "2025-01-01T00:00:00"}, {}])
def test_a_changed_tile_is_noticed_and_it_alone_fetched(hosted: Hosted, fetching: Make, listed: dict[str, str]) -> None:
    fetching().run(Noted())
    hosted.asked.clear()
    hosted.files[TILE] = building(440, 5710, height=12.25)
    hosted.listed[TILE] = listed
    call = fetching()
    found = call.run(Noted())
    assert fates(call) == {"changed": 1, "kept": 2}
    assert [path for path, *_ in hosted.requests()] == [TILE]
    assert next(iter(found)).read_bytes() == hosted.files[TILE]


def test_a_tile_that_is_only_listed_anew_does_not_come_again(hosted: Hosted, fetching: Make) -> None:
    fetching().run(Noted())
    hosted.asked.clear()
    for path in hosted.files:
        hosted.listed[path] = {"timestamp": "2025-01-01T00:00:00"}
    call = fetching()
    call.run(Noted())
    assert {(status, size) for _, status, size, _ in hosted.requests()} == {(304, 0)}
    assert fates(call) == {"kept": 3}
    hosted.asked.clear()
    fetching().run(Noted())
    assert not hosted.requests()


def test_a_tile_that_the_list_has_no_more_is_said_and_kept(hosted: Hosted, fetching: Make) -> None:
    fetching().run(Noted())
    del hosted.files[TILE]
    for _ in range(2):
        call = fetching()
        assert len(call.run(Noted())) == 2
        assert call.report.products[0].gone == names(INSIDE)[:1]
        assert (call.folder / "lod2" / names(INSIDE)[0]).is_file()


def test_a_tile_that_is_listed_but_not_there_is_said_and_the_others_come(hosted: Hosted, fetching: Make) -> None:
    hosted.answers[TILE] = [(404, {})]
    call = fetching()
    assert [path.name for path in call.run(Noted())] == names(INSIDE)[1:]
    assert "404" in call.report.products[0].failed[names(INSIDE)[0]]
    assert not call.report.succeeded
    assert len(hosted.requests(TILE)) == 1


def test_a_damaged_file_is_fetched_again(hosted: Hosted, fetching: Make) -> None:
    first, second, _ = fetching().run(Noted())
    hosted.asked.clear()
    first.write_bytes(b"x" * first.stat().st_size)
    second.touch()
    call = fetching()
    call.run(Noted())
    assert fates(call) == {"fetched": 1, "kept": 2}
    assert first.read_bytes() == hosted.files[TILE]


def test_damage_that_does_not_show_is_found_when_asked_for(hosted: Hosted, fetching: Make) -> None:

    path, *_ = fetching().run(Noted())
    found = path.stat()
    path.write_bytes(b"x" * found.st_size)
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
    call = fetching()
    call.run(Noted())
    assert fates(call) == {"kept": 3}
    call = fetching(thorough=True)
    call.run(Noted())
    assert fates(call) == {"fetched": 1, "kept": 2}


@pytest.mark.parametrize(
    "listed",
    [{"size": "4000000"}, {"size": "17"}, {"sha256": "0" * 64}],
)
def test_what_is_not_as_listed_is_refused(hosted: Hosted, fetching: Make, listed: dict[str, str]) -> None:
    hosted.listed[TILE] = listed
    call = fetching()
    assert len(call.run(Noted())) == 2
    assert list(call.report.products[0].failed) == names(INSIDE)[:1]
    assert not list((call.folder / "lod2").glob("*_440_5710_*"))


def test_a_page_is_no_tile(hosted: Hosted, fetching: Make) -> None:
    hosted.files[TILE] = b"<html>Wartungsarbeiten</html>"
    call = fetching()
    assert len(call.run(Noted())) == 2
    assert "html" in call.report.products[0].failed[names(INSIDE)[0]]


@pytest.mark.parametrize(
    "content",
    [
        b"<html>",
        b"{}",
        b'{"datasets": 3}',
        b'{"datasets": [{"files": [{"name": "../../etc/passwd", "size": "1"}]}]}',
        b"[" * 200_000,
        b"\xff\xfe\x00",
    ],
)
def test_a_list_that_is_none_is_refused_and_not_kept(hosted: Hosted, fetching: Make, content: bytes) -> None:
    hosted.lists[f"{LOD2}index.json"] = content
    with pytest.raises(InvalidDelivery):
        fetching().run(Noted())
    hosted.lists.clear()
    assert len(fetching().run(Noted())) == 3


def test_a_list_may_be_the_page_that_people_see(hosted: Hosted, fetching: Make) -> None:
    files = "".join(
        f'<file name="{name}" size="{len(hosted.files[LOD2 + name])}" timestamp="2024-03-05T10:11:12"/>'
        for name in names(INSIDE)
    )
    hosted.answers[f"{LOD2}index.json"] = [(404, {})]
    hosted.files[f"{LOD2}index.html"] = f'<?xml version="1.0"?><folder xmlns="urn:x">{files}</folder>'.encode()
    call = fetching()
    assert len(call.run(Noted())) == 3
    assert fates(call) == {"fetched": 3}


def test_a_page_with_entities_is_no_list(hosted: Hosted, fetching: Make) -> None:
    hosted.lists[f"{LOD2}index.json"] = (
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x><file name="LoD2_32_440_5710_1_NW.gml"/>&a;</x>'
    )
    with pytest.raises(InvalidDelivery, match="DOCTYPE"):
        fetching().run(Noted())


def test_a_product_whose_list_is_missing_does_not_keep_the_others(hosted: Hosted, fetching: Make) -> None:
    call = fetching("alkis", "lod2")
    assert len(call.run(Noted())) == 3
    assert not call.report.succeeded
    assert "404" in call.report.products[0].failed["index.json"]
    with pytest.raises(Unreachable, match="404"):
        fetching("alkis").run(Noted())


def test_a_list_of_strange_names_is_said_with_one_of_them(hosted: Hosted, fetching: Make) -> None:
    files = [{"name": "LOD2_440_5710.gml", "size": "5"}]
    hosted.lists[f"{LOD2}index.json"] = json.dumps({"datasets": [{"files": files}]}).encode()
    with pytest.raises(InvalidDelivery, match=r"LOD2_440_5710\.gml"):
        fetching().run(Noted())


def test_a_huge_list_is_not_read(hosted: Hosted, fetching: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.fetch.listing.LARGEST", 100)
    with pytest.raises(UnsafeDelivery):
        fetching().run(Noted())


def test_a_list_names_files_never_addresses(hosted: Hosted, fetching: Make) -> None:
    files = [
        {"name": name, "size": str(len(hosted.files[LOD2 + name])), "url": "http://10.0.0.1/x"}
        for name in names(INSIDE)
    ]
    files += [{"name": "http://10.0.0.1/LoD2_32_440_5710_1_NW.gml"}, {"name": 3}, "x", {"name": ".hidden"}]
    hosted.lists[f"{LOD2}index.json"] = json.dumps({"datasets": [{"files": files}]}).encode()
    assert len(fetching().run(Noted())) == 3


def test_without_a_version_in_the_list_the_server_is_asked(hosted: Hosted, fetching: Make) -> None:
    for path in hosted.files:
        hosted.listed[path] = {"timestamp": "", "size": ""}
    fetching().run(Noted())
    hosted.asked.clear()
    hosted.files[TILE] = building(440, 5710, height=12.25)
    call = fetching()
    call.run(Noted())
    assert fates(call) == {"changed": 1, "kept": 2}
    assert sorted(status for _, status, _, _ in hosted.requests()) == [200, 304, 304]


def test_nothing_comes_where_more_would_than_may(hosted: Hosted, fetching: Make) -> None:
    with pytest.raises(FetchError, match="--max-size"):
        fetching(most=5_000).run(Noted())
    assert not hosted.requests()


def test_what_the_list_tells_no_size_of_ends_where_too_much_has_come(hosted: Hosted, fetching: Make) -> None:
    for path in hosted.files:
        hosted.listed[path] = {"size": ""}
        hosted.files[path] += b"<!--" + b"x" * 3_000_000 + b"-->"
    with pytest.raises(FetchError, match="--max-size"):
        fetching(most=2_000_000).run(Noted())
    assert not list(fetching().folder.rglob("*.gml"))


def test_a_rename_that_a_kill_has_prevented_is_made_up_for(hosted: Hosted, fetching: Make) -> None:
    path, *_ = fetching().run(Noted())
    path.rename(f"{path}.part")
    hosted.asked.clear()
    call = fetching()
    call.run(Noted())
    assert fates(call) == {"kept": 3}
    assert path.read_bytes() == hosted.files[TILE]
    assert not hosted.requests()


def test_two_calls_at_once_do_not_spoil_each_other(hosted: Hosted, fetching: Make) -> None:
    call = fetching()
    with call._alone(), pytest.raises(FetchError, match="another fetch"):
        fetching().run(Noted())


def test_a_full_disk_is_said_before(hosted: Hosted, fetching: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SPARE", 1 << 60)
    with pytest.raises(NoRoom):
        fetching().run(Noted())
    assert not hosted.requests()


def test_a_dry_run_says_what_would_come(hosted: Hosted, fetching: Make) -> None:
    call = fetching()
    assert call.run(Noted(), dry_run=True) == {}
    assert not hosted.requests()
    (report,) = call.report.products
    size = sum(len(hosted.files[LOD2 + name]) for name in names(INSIDE))
    assert (report.coming, report.coming_bytes) == (3, size)


def test_a_portal_that_is_not_there_is_said(fetching: Make) -> None:
    with pytest.raises(Unreachable):
        fetching(base_url="http://127.0.0.1:9/").run(Noted())


def test_a_product_is_looked_for_where_it_has_been_before(hosted: Hosted, fetching: Make) -> None:
    hosted.files[f"{DOP}dop10rgbi_32_440_5710_1_nw_2021.jp2"] = photo(440, 5710)
    hosted.files[f"{DOP}dop10rgbi_32_440_5710_1_nw_2024.jp2"] = photo(440, 5710)
    call = fetching("dop")
    assert [path.name for path in call.run(Noted())] == ["dop10rgbi_32_440_5710_1_nw_2024.jp2"]
    assert [status for path, status, *_ in hosted.asked if path.endswith("index.json")] == [404, 200]


def test_purging_removes_what_lies_over_the_municipality(fetching: Make) -> None:
    fetching().run(Noted())
    call = fetching()
    call.purge()
    assert call.report.products[0].fates["purged"] == 3
    assert not list((call.folder / "lod2").iterdir())
    again = fetching()
    again.run(Noted())
    assert fates(again) == {"fetched": 3}
