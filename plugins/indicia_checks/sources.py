"""The publications behind several checks."""

from __future__ import annotations

COINR = "Becker et al. (2022), COINr, Journal of Open Source Software 7(78), 4567, https://doi.org/10.21105/joss.04567"
GII_AUDIT = (
    "European Commission, JRC (2023), Statistical audit of the Global Innovation Index, "
    "https://knowledge4policy.ec.europa.eu/publication/"
    "joint-research-centre-jrc-statistical-audit-2023-global-innovation-index_en"
)
GUIDE = (
    "European Commission, JRC (2019), 10-Step Pocket Guide to Composite Indicators and Scoreboards, "
    "https://knowledge4policy.ec.europa.eu/sites/default/files/"
    "10-step-pocket-guide-to-composite-indicators-and-scoreboards.pdf"
)
HANDBOOK = "OECD/JRC (2008), Handbook on Constructing Composite Indicators, https://doi.org/10.1787/9789264043466-en"
SAISANA = (
    "Saisana, Saltelli & Tarantola (2005), Journal of the Royal Statistical Society A 168(2), "
    "https://doi.org/10.1111/j.1467-985X.2005.00350.x"
)
SALTELLI = "Saltelli et al. (2010), Computer Physics Communications 181(2), https://doi.org/10.1016/j.cpc.2009.09.018"
