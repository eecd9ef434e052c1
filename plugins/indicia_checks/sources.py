"""The publications behind several checks."""

from __future__ import annotations

GUIDE = (
    "European Commission, JRC (2019), 10-Step Pocket Guide to Composite Indicators and Scoreboards, "
    "https://knowledge4policy.ec.europa.eu/sites/default/files/"
    "10-step-pocket-guide-to-composite-indicators-and-scoreboards.pdf"
)
COINR = "Becker et al. (2022), COINr, Journal of Open Source Software 7(78), 4567, https://doi.org/10.21105/joss.04567"
HANDBOOK = "OECD/JRC (2008), Handbook on Constructing Composite Indicators, https://doi.org/10.1787/9789264043466-en"
