"""What the demo's sensors measure: names, units and digits, as their services write them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity that is measured.

    Attributes
    ----------
    code : str
        Of ``data/codes/observed_property.json``.
    name, description : str
        In the words of German services.
    unit, symbol : str
        Name and symbol of the unit.
    digits : int
        After the decimal sign.
    """

    code: str
    name: str
    description: str
    unit: str
    symbol: str
    digits: int = 0


LEVEL = Quantity("water_level", "Wasserstand", "Wasserstand über Pegelnull", "Zentimeter", "cm")
BASIN = Quantity("water_level", "Wasserstand", "Wasserstand über der Beckensohle", "Zentimeter", "cm")
DISCHARGE = Quantity("discharge", "Abfluss", "Abfluss im Gewässerquerschnitt", "Kubikmeter je Sekunde", "m³/s", 2)
WATER_TEMPERATURE = Quantity("water_temperature", "Wassertemperatur", "Temperatur des Wassers", "Grad Celsius", "°C", 1)
GROUNDWATER = Quantity("groundwater_level", "Grundwasserstand", "Grundwasserstand über NHN", "Meter", "m", 2)
SOIL = Quantity("soil_moisture", "Bodenfeuchte", "Volumetrischer Wassergehalt in 30 cm Tiefe", "Prozent", "%", 1)
TEMPERATURE = Quantity("air_temperature", "Lufttemperatur", "In 2 m Höhe", "Grad Celsius", "°C", 1)
HUMIDITY = Quantity("relative_humidity", "Relative Luftfeuchte", "In 2 m Höhe", "Prozent", "%")
RADIATION = Quantity("global_radiation", "Globalstrahlung", "Mittel der letzten Stunde", "Watt je Quadratmeter", "W/m²")
RAIN = Quantity("precipitation", "Niederschlag", "Höhe in der letzten Stunde", "Millimeter", "mm", 1)
RAIN_SIGN = Quantity("precipitation_indicator", "Indikator Niederschlag ja/nein", "", "", "numerischer Code")
RAIN_FORM = Quantity("precipitation_form", "Niederschlagsform", "", "", "numerischer Code")
WIND = Quantity("wind_speed", "Windgeschwindigkeit", "In 10 m Höhe", "Meter je Sekunde", "m/s", 1)
WIND_DIRECTION = Quantity("wind_direction", "Windrichtung", "In 10 m Höhe", "Grad", "Grad")
NO2 = Quantity("no2", "Stickstoffdioxid NO2", "Stundenmittel", "Mikrogramm je Kubikmeter", "µg/m³")
PM10 = Quantity("pm10", "Feinstaub PM10", "Stundenmittel", "Mikrogramm je Kubikmeter", "µg/m³")
PM2_5 = Quantity("pm2_5", "Feinstaub PM2,5", "Stundenmittel", "Mikrogramm je Kubikmeter", "µg/m³")
O3 = Quantity("o3", "Ozon O3", "Stundenmittel", "Mikrogramm je Kubikmeter", "µg/m³")
NOISE = Quantity("noise", "Schallpegel", "Äquivalenter Dauerschallpegel LAeq einer Stunde", "Dezibel A", "dB(A)", 1)
PARKING = Quantity("parking_free", "Freie Parkplätze", "Zur Zeit freie Plätze", "Anzahl", "1")
VEHICLES = Quantity("vehicle_count", "Kfz", "Kfz in der letzten Stunde, beide Richtungen", "Anzahl", "1")
BICYCLES = Quantity("bicycle_count", "Fahrräder", "Fahrräder in der letzten Stunde, beide Richtungen", "Anzahl", "1")
SOLAR = Quantity("power", "Elektrische Leistung", "Einspeisung der Photovoltaik", "Kilowatt", "kW", 1)
DEMAND = Quantity("power", "Elektrische Leistung", "Bezug des Gebäudes", "Kilowatt", "kW", 1)
