"""Trees that grow in the demo: species, how large they become and how fast, and where each is planted."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Species:
    """A species of tree.

    Attributes
    ----------
    botanical, german : str
        Names.
    height, crown : float
        Size of the full-grown tree. [m]
    years : float
        Age at which it has 63 % of that.
    green : (int, int, int)
        Colour of its crown from above in early summer.
    """

    botanical: str
    german: str
    height: float
    crown: float
    years: float
    green: tuple[int, int, int] = (70, 92, 48)


SPECIES = {
    "linden": Species("Tilia cordata", "Winterlinde", 25, 13, 38, (76, 100, 48)),
    "maple": Species("Acer platanoides", "Spitzahorn", 23, 13, 32, (80, 102, 46)),
    "sycamore": Species("Acer pseudoplatanus", "Bergahorn", 27, 15, 36, (72, 94, 46)),
    "oak": Species("Quercus robur", "Stieleiche", 29, 19, 60, (78, 90, 44)),
    "chestnut": Species("Aesculus hippocastanum", "Gewöhnliche Rosskastanie", 24, 15, 42, (62, 86, 40)),
    "plane": Species("Platanus x hispanica", "Ahornblättrige Platane", 30, 19, 40, (88, 106, 58)),
    "ash": Species("Fraxinus excelsior", "Gewöhnliche Esche", 30, 15, 36, (78, 98, 54)),
    "hornbeam": Species("Carpinus betulus 'Fastigiata'", "Säulen-Hainbuche", 14, 6, 24, (70, 96, 46)),
    "beech": Species("Fagus sylvatica", "Rotbuche", 32, 19, 55, (66, 86, 40)),
    "copper beech": Species("Fagus sylvatica 'Atropunicea'", "Blutbuche", 27, 18, 55, (84, 58, 52)),
    "birch": Species("Betula pendula", "Hänge-Birke", 22, 9, 22, (96, 116, 62)),
    "rowan": Species("Sorbus aucuparia", "Vogelbeere", 12, 6, 18, (84, 106, 54)),
    "robinia": Species("Robinia pseudoacacia", "Gewöhnliche Robinie", 22, 11, 28, (98, 116, 62)),
    "cherry": Species("Prunus avium", "Vogel-Kirsche", 16, 10, 22, (74, 92, 46)),
    "ornamental cherry": Species("Prunus serrulata 'Kanzan'", "Japanische Zierkirsche", 9, 7, 15, (92, 96, 62)),
    "pear": Species("Pyrus calleryana 'Chanticleer'", "Chinesische Wildbirne", 12, 5, 18, (82, 106, 52)),
    "apple": Species("Malus domestica", "Kultur-Apfel", 7, 6, 14, (92, 110, 62)),
    "plum": Species("Prunus domestica", "Pflaume", 7, 5, 14, (82, 98, 58)),
    "walnut": Species("Juglans regia", "Walnuss", 18, 14, 32, (88, 106, 56)),
    "willow": Species("Salix alba", "Silber-Weide", 22, 15, 22, (116, 130, 92)),
    "alder": Species("Alnus glutinosa", "Schwarz-Erle", 21, 9, 24, (60, 82, 44)),
    "poplar": Species("Populus nigra 'Italica'", "Säulen-Pappel", 29, 6, 20, (86, 106, 52)),
    "spruce": Species("Picea abies", "Gewöhnliche Fichte", 32, 8, 36, (46, 66, 42)),
    "pine": Species("Pinus sylvestris", "Waldkiefer", 26, 10, 42, (66, 82, 54)),
    "yew": Species("Taxus baccata", "Gewöhnliche Eibe", 12, 8, 60, (42, 58, 36)),
}

PLANTED = {
    "street": ("linden", "maple", "oak", "plane", "hornbeam", "rowan", "robinia", "ash", "ornamental cherry", "pear"),
    "road": ("linden", "oak", "ash", "maple", "apple", "cherry"),
    "park": ("oak", "beech", "copper beech", "linden", "chestnut", "sycamore", "plane", "hornbeam", "birch", "ash",
             "pine"),
    "wall": ("linden", "chestnut", "linden", "oak", "beech"),
    "cemetery": ("linden", "birch", "yew", "hornbeam", "oak", "pine"),
    "yard": ("maple", "linden", "plane", "oak", "rowan", "chestnut"),
    "church": ("linden", "linden", "oak", "chestnut"),
    "sport": ("birch", "maple", "hornbeam", "poplar", "oak"),
    "garden": ("apple", "apple", "plum", "cherry", "walnut", "birch", "spruce", "ornamental cherry", "maple", "yew"),
    "bank": ("willow", "alder", "alder", "ash", "willow"),
    "edge": ("oak", "beech", "cherry", "rowan", "birch", "sycamore", "spruce"),
    "farm": ("oak", "linden", "walnut", "chestnut", "ash"),
}  # fmt: skip
"""Species by where they are planted."""

NAMED = {
    "Linden": "linden", "Kastanien": "chestnut", "Ahorn": "maple", "Buchen": "beech", "Eichen": "oak", "Eschen": "ash",
    "Birken": "birch", "Tannen": "spruce", "Weiden": "willow", "Erlen": "alder", "Pappel": "poplar",
    "Robinien": "robinia", "Kirsch": "ornamental cherry", "Apfel": "apple", "Birnen": "pear", "Nuss": "walnut",
    "Pflaumen": "plum",
}  # fmt: skip
"""Beginnings of street names that tell what grows there."""
