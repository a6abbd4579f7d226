import re
from pathlib import Path

from viewer.engine.component import DistrictMap

SOURCES = Path(__file__).parents[3] / "viewer" / "engine" / "src"


def test_the_parameters_are_those_of_the_architecture():
    architecture = (Path(__file__).parents[3] / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = architecture.split("## Browser engine")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert len(named) > 10
    assert named <= set(DistrictMap.param)


def test_the_typescript_model_has_the_same_properties():
    code = (SOURCES / "main.ts").read_text(encoding="utf-8")
    model = code.split("interface Model {")[1].split("\n}")[0]
    properties = set(re.findall(r"^  (\w+): ", model, re.M))
    own = set(DistrictMap.param) - set(DistrictMap.__mro__[1].param)
    assert properties == own


def test_a_map_starts_plain():
    plain = DistrictMap()
    assert (plain.theme, plain.scenario, plain.selection, plain.marker) == ("", "", None, None)
    assert plain.state["loading"] is True
