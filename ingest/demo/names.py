"""Names of streets and farms of the demo, as they occur all over Germany."""

from __future__ import annotations

GATE_STREETS = (
    "Weststraße", "Hainer Straße", "Nordstraße", "Birker Straße", "Oststraße", "Brückstraße", "Steinstraße",
)  # fmt: skip
"""Streets from the market to the gates, in the order of the gates."""

TOWN_LANES = (
    "Rosengasse", "Brüdergasse", "Kornstraße", "Salzgasse", "Webergasse", "Schmiedegasse", "Töpfergasse",
    "Gerbergasse", "Kirchgasse", "Nonnengasse", "Badergasse", "Kesselgasse", "Thomägasse", "Hellgasse",
    "Eselsgasse", "Färbergasse", "Wollgasse", "Krumme Gasse", "Enge Gasse", "Pfannengasse", "Lindengasse",
    "Klostergasse", "Müllergasse", "Sattlergasse", "Küfergasse", "Wiesengasse", "Hirschgasse", "Bäckergasse",
    "Fischergasse", "Turmgasse",
)  # fmt: skip
"""Lanes within the town wall."""

TOWN_STREETS = (
    "Goethestraße", "Schillerstraße", "Lessingstraße", "Mozartstraße", "Beethovenstraße", "Bachstraße",
    "Händelstraße", "Kantstraße", "Humboldtstraße", "Gartenstraße", "Parkstraße", "Lindenallee", "Kastanienweg",
    "Ahornweg", "Buchenweg", "Eichenweg", "Ulmenweg", "Eschenweg", "Birkenweg", "Tannenweg", "Amselweg",
    "Drosselweg", "Finkenweg", "Lerchenweg", "Meisenweg", "Nachtigallenweg", "Schwalbenweg", "Starenweg",
    "Fliederweg", "Rosenweg", "Tulpenweg", "Nelkenweg", "Asternweg", "Dahlienweg", "Veilchenweg", "Ginsterweg",
    "Holunderweg", "Wacholderweg", "Schlehenweg", "Weißdornweg", "Breslauer Straße", "Danziger Straße",
    "Königsberger Straße", "Stettiner Straße", "Feldstraße", "Wiesenstraße", "Ackerstraße", "Mühlenstraße",
    "Schulstraße", "Sportplatzweg", "Friedhofstraße", "Windmühlenweg", "Ziegeleiweg", "Kalkofenweg", "Steinweg",
    "Sandweg", "Kampstraße", "Am Anger", "Zum Brunnen", "Haselweg", "Kirschweg", "Apfelweg", "Birnenweg",
    "Pflaumenweg", "Quittenweg", "Mispelweg", "Nussweg", "Erlenweg", "Weidenweg", "Pappelweg", "Robinienweg",
    "Sonnenweg", "Mondweg", "Sternweg", "Heideweg", "Moorweg", "Hangweg", "Panoramaweg", "Talblick", "Bergblick",
    "Rapsweg", "Kleeweg", "Mohnweg", "Kornblumenweg", "Gerstenweg", "Haferweg", "Roggenweg", "Weizenweg",
    "Hopfenweg", "Flachsweg", "Leinenweg", "Hasenweg", "Igelweg", "Fuchsweg", "Dachsweg", "Rehweg", "Hirschweg",
)  # fmt: skip
"""Streets of the town outside the wall."""

VILLAGE_LANES = (
    "Dorfstraße", "Kirchweg", "Hofweg", "Backhausweg", "Am Teich", "Lindenweg", "Unterdorf", "Oberdorf",
    "Zur Mühle", "Auf dem Kamp", "Im Winkel", "Brunnenweg", "Schäferweg", "Hirtenweg", "Am Bach", "Schmiedeweg",
    "Zum Esch", "Rottweg", "Am Hang", "Grüner Weg",
)  # fmt: skip
"""Lanes of the villages."""

ESTATE_STREETS = (
    "Blumenweg", "Vogelsang", "Sonnenhang", "Am Steinacker", "Auf der Höhe", "Im Obstgarten", "Neuer Weg",
    "Wiesengrund",
)  # fmt: skip
"""Streets of the villages' new estates."""

FARMS = (
    "Brink", "Kamp", "Esch", "Lohe", "Hagen", "Busch", "Horst", "Berg", "Bach", "Teich", "Wiese", "Linde", "Eiche",
    "Buche", "Birke", "Erle", "Weide", "Ulme", "Stein", "Sand", "Lehm", "Moor", "Heide", "Rott", "Feld", "Acker",
    "Mühle", "Schäfer", "Schulte", "Meier", "Vogt", "Hof", "Grund", "Höhe", "Tal", "Quelle", "Brunnen", "Furt",
    "Steg", "Brück", "Winkel", "Eck", "Rain", "Anger", "Born", "Klee", "Roggen", "Hafer",
)  # fmt: skip
"""Names of farms: Hof Brink …"""

INDUSTRY_STREETS = (
    "Industriestraße", "Siemensstraße", "Dieselstraße", "Röntgenstraße", "Boschweg", "Ottostraße",
    "Lise-Meitner-Straße", "Benzstraße", "Planckstraße", "Zusestraße",
)  # fmt: skip
"""Streets of the industrial estate."""
