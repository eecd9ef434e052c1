"""Write the six simulated columns of cities.csv; the same figures every time.

No usable city table exists for them. Each is drawn around a power of the city's GDP with log-normal noise; the
scales are rough magnitudes of Chinese cities in 2022. Nothing here looks at a published ranking.
"""

import csv
import math
from pathlib import Path
from random import Random

SEED = 2022
CITIES = Path(__file__).with_name("cities.csv")

# indicator: (figure of a city whose GDP is one trillion yuan, elasticity to GDP, spread of the noise)
COUNTS = {
    "high_tech_firms": (5000, 1.1, 0.35),
    "smart_factories": (3, 1.0, 0.5),
    "smart_scenes": (10, 1.2, 0.5),
    "little_giants": (95, 1.25, 0.45),
    "a_share_listed": (70, 1.3, 0.45),
}
CAPABILITY = (1, 1.0, 0.5)  # only its rank among the cities is written


def simulate(cities: list[dict[str, str]]) -> None:
    """Fill the six columns in; a draw depends on the name of the city, not on its place in the file."""
    capability = {}
    for city in cities:
        draw = Random(f"{SEED} {city['city']}")
        gdp = float(city["secondary_va"]) / float(city["secondary_share"]) / 100  # trillion yuan
        for indicator, parameters in COUNTS.items():
            city[indicator] = str(round(figure(draw, gdp, *parameters)))
        capability[city["city"]] = figure(draw, gdp, *CAPABILITY)
    ranking = sorted(capability, key=capability.__getitem__, reverse=True)
    for city in cities:
        city["innovation_rank"] = str(1 + ranking.index(city["city"]))


def figure(draw: Random, gdp: float, scale: float, elasticity: float, spread: float) -> float:
    """Draw a figure of a city with this GDP."""
    return scale * math.pow(gdp, elasticity) * draw.lognormvariate(0, spread)


if __name__ == "__main__":
    with CITIES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    simulate(rows)
    with CITIES.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
