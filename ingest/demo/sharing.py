"""Who shares what in the demo: the town nearly everything, one village with the county alone, one keeps its pipes."""

from __future__ import annotations

from twin.consent import consent_classes

DISTRICT_LAYERS = ("terrain", "orthophoto")
"""What the district's own survey office opens."""

KEPT_BACK = ("plan", "utility")
"""What Hainberg has not decided about: it is refused at the door."""

CONSENTS: dict[str, dict[str, tuple[str, ...]]] = {
    # Pipes are critical infrastructure: the county may plan with them, the public does not see them.
    "05099010": {"open": ("all",), "district": ("utility",)},
    # The gaps in the broadband are for everyone to see; the pipes stay in the town hall.
    "05099020": {"district": ("all",), "open": ("broadband",), "internal": ("utility",)},
    "05099030": {"open": tuple(sorted(consent_classes() - set(KEPT_BACK)))},
}
"""By municipality and audience, the widest consent first: a later one to a layer is taken out of an earlier ``all``."""
