"""What all pages share: colours, and a document in the visitor's language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

import panel as pn
import panel_material_ui as pmui
from jinja2 import Template
from panel_material_ui.base import BASE_TEMPLATE, _env

from twin import Principal
from twin.language import Language, Text
from viewer.pages.address import Address
from viewer.pages.markup import escaped

PALETTE = {
    "palette": {"primary": {"main": "#1F5F8B"}, "secondary": {"main": "#B05C42"}},
    "shape": {"borderRadius": 8},
}

LINKS = """
.links { display: flex; gap: 16px; padding: 8px 4px; }
.links a { color: #FFFFFF; text-decoration: none; font-weight: 500; }
.links a:hover, .links a:focus { text-decoration: underline; }
"""

_MAP = Text("Karte", "Map")
_PAGES = {"data": Text("Daten", "Data"), "operations": Text("Betrieb", "Operations")}
_STEWARD = {
    "staff": Text("Datenpflege: {name}", "Steward: {name}"),
    "county": Text("Datenpflege: Kreis", "Steward: district"),
    "operator": Text("Datenpflege: Betreiber", "Steward: operator"),
}


@cache
def page_template(language: Language) -> Template:
    """Page template with the document's language: the one of panel-material-ui is fixed to English."""
    source = resources.files("panel_material_ui").joinpath("_templates", "base.html").read_text("utf-8")
    assert BASE_TEMPLATE is not None
    template: Template = _env.from_string(source.replace('<html lang="en"', f'<html lang="{language}"', 1))
    return template


def header(here: str, language: Language, steward: Principal | None, names: Mapping[str, str]) -> pmui.Row:
    """Header of a page beside the map: who the visitor is, and the way to the other pages.

    Parameters
    ----------
    here : {"data", "operations"}
        The page.
    language : {"de", "en"}
        Of the visitor.
    steward : Principal or None
        Whose data the visitor looks after.
    names : mapping of str to str
        Tenants' names by key.
    """
    other: Language = "en" if language == "de" else "de"
    own = Address(language=language).query()
    links = [("./" + own, _MAP.within(language))]
    links += [
        (name + own, _PAGES[name].within(language)) for name in _PAGES if name != here and (steward or name != "data")
    ]
    links.append((here + Address(language=other).query(), other.upper()))
    parts: list[object] = [pn.layout.HSpacer()]
    if steward is not None:
        label = _STEWARD[steward.role].within(language).format(name=names.get(steward.ags, steward.ags))
        parts.append(
            pmui.Chip(
                label=label, variant="outlined", size="small", sx={"color": "inherit"}, align="center", margin=(0, 4)
            )
        )
    anchors = "".join(f'<a href="{escaped(where)}">{escaped(title)}</a>' for where, title in links)
    parts.append(pn.pane.HTML(f'<nav class="links">{anchors}</nav>', stylesheets=[LINKS]))
    return pmui.Row(*parts, sizing_mode="stretch_width")
