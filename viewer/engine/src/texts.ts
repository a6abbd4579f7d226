/** What the map says by itself, in both languages. */

import type { Language } from "./types";

const TEXTS = {
  map: {
    de: "3D-Karte. Pfeiltasten verschieben, Umschalt und Pfeiltasten drehen und neigen, Plus und Minus zoomen, N nordet ein, H zeigt den ganzen Kreis.",
    en: "3D map. Arrow keys pan, shift and arrow keys rotate and tilt, plus and minus zoom, N faces north, H shows the whole district.",
  },
  zoomIn: { de: "Vergrößern", en: "Zoom in" },
  zoomOut: { de: "Verkleinern", en: "Zoom out" },
  home: { de: "Ganzer Kreis", en: "Whole district" },
  north: { de: "Nach Norden ausrichten", en: "Face north" },
  beautiful: { de: "Schöne Darstellung", en: "Beautiful rendering" },
  empty: { de: "nicht beigetreten", en: "not joined" },
  unshared: { de: "hier nicht freigegeben", en: "not shared here" },
  loading: { de: "Lädt …", en: "Loading …" },
  attribution: { de: "Datenquellen", en: "Data sources" },
  noWebGL: {
    de: "Dieser Browser kann keine 3D-Grafik zeigen (WebGL 2 fehlt oder ist abgeschaltet). Die Tabellen und die Suche funktionieren trotzdem.",
    en: "This browser cannot show 3D graphics (WebGL 2 is missing or switched off). Tables and search work all the same.",
  },
  lost: {
    de: "Die Grafik wurde unterbrochen und wird wiederhergestellt …",
    en: "Graphics were interrupted and are being restored …",
  },
  noScene: { de: "Die Karte konnte nicht geladen werden: ", en: "The map could not be loaded: " },
  noTiles: { de: "Nicht geladen: ", en: "Not loaded: " },
} satisfies Record<string, Record<Language, string>>;

export type TextName = keyof typeof TEXTS;

export function say(name: TextName, language: Language): string {
  return TEXTS[name][language];
}
