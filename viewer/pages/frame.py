"""What all pages share: colours, and a document in the visitor's language."""

from __future__ import annotations

from functools import cache
from importlib import resources

from jinja2 import Template
from panel_material_ui.base import BASE_TEMPLATE, _env

from twin.language import Language

PALETTE = {
    "palette": {"primary": {"main": "#1F5F8B"}, "secondary": {"main": "#B05C42"}},
    "shape": {"borderRadius": 8},
}

LINKS = """
.links { display: flex; gap: 16px; padding: 8px 4px; }
.links a { color: #FFFFFF; text-decoration: none; font-weight: 500; }
.links a:hover, .links a:focus { text-decoration: underline; }
"""


@cache
def page_template(language: Language) -> Template:
    """Page template with the document's language: the one of panel-material-ui is fixed to English."""
    source = resources.files("panel_material_ui").joinpath("_templates", "base.html").read_text("utf-8")
    assert BASE_TEMPLATE is not None
    template: Template = _env.from_string(source.replace('<html lang="en"', f'<html lang="{language}"', 1))
    return template
