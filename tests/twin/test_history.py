"""What happened when."""

from __future__ import annotations

from delivering import SOEST, WERL, deliver

import twin


def test_a_withdrawal_says_what_went_and_only_the_operator_is_told(t: twin.Twin) -> None:
    t.join(WERL, ["parcel"], "internal")
    deliver(t, ["a"], ags=WERL)
    t.withdraw(WERL, "parcel")
    t.withdraw(SOEST)
    told = [(entry.ags, entry.layer) for entry in t.history() if entry.action == "withdraw"]
    assert told == [((WERL,), "parcel"), ((SOEST,), "all")]
    assert [entry.layer for entry in t.history("parcel")] == ["parcel", "all"]
    assert [(entry.action, entry.layer) for entry in t.history("building_surface")] == [
        ("deliver", ""),
        ("withdraw", "all"),
    ]
    with twin.open(t.home.path, principal=twin.Principal.public()) as visitor:
        assert [entry.layer for entry in visitor.history() if entry.action == "withdraw"] == ["", ""]
        assert visitor.history("parcel") == []
