"""Lists of devices as stewards write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.mqtt.device import Device, bounds, devices
from twin.errors import FeedError


def listed(tmp_path: Path, content: str | bytes) -> tuple[Device, ...]:
    path = tmp_path / "devices"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return devices(path, "f")


def test_csv_and_json_say_the_same(tmp_path: Path) -> None:
    expected = (Device("a", "t", "Markt", "", "air_temperature", "°C", (8.1, 51.5)), Device("b", unit="cm"))
    table = (
        "\ufeffGerät,Wert,Name,Messgröße,Einheit,Lon,Lat\r\na,t,Markt,air_temperature,°C,8.1,51.5\r\n\r\nb,,,,cm,,\r\n"
    )
    objects = (
        '{"devices": [{"sensor": "a", "value": "t", "name": "Markt", "property": "air_temperature", "unit": "°C",'
        ' "lon": 8.1, "lat": 51.5}, {"sensor": "b", "unit": "cm", "lat": null}, {"unit": "cm"}, 5]}'
    )
    assert listed(tmp_path, table) == expected
    assert listed(tmp_path, objects) == expected


@pytest.mark.parametrize(
    "content",
    [
        "",
        "sensor,unit\n",
        "a,b\n1,2\n",
        "[",
        '{"devices": 5}',
        b"\xff\xfe\x00",
        "sensor,unit\nx,Fässer\n",
        "sensor\nx\n",
        b"\0" * 9,
    ],
)
def test_lists_that_are_none(tmp_path: Path, content: str | bytes) -> None:
    with pytest.raises(FeedError):
        listed(tmp_path, content)


def test_a_list_that_is_not_there_and_one_too_large(tmp_path: Path, monkeypatch) -> None:
    with pytest.raises(FeedError):
        devices(tmp_path / "nowhere.csv", "f")
    monkeypatch.setattr("ingest.mqtt.device._LARGEST", 10)
    with pytest.raises(FeedError):
        listed(tmp_path, "sensor,unit\na,cm\n")


def test_bounds_are_in_the_device_s_unit() -> None:
    lowest, highest = bounds(Device("a", property="air_temperature", unit="°C"))
    assert -100 < lowest < 0 < highest < 100
    assert bounds(Device("a", property="unheard of", unit="°C")) == (float("-inf"), float("inf"))
