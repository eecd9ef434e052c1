"""indicia report"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from indicia.cli import options as o


def report(
    source: o.Source = None,
    config: o.Config = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="The page to write.")] = Path("report.html"),
    imputation: o.Imputation = None,
    treatment: o.Treatment = None,
    normalisation: o.Normalisation = None,
    weighting: o.Weighting = None,
    aggregation: o.Aggregation = None,
    setting: o.Settings = [],
    variant: o.Variant = None,
    plugin: o.Plugins = [],
    unit: o.Unit = None,
    label: o.Label = None,
    period: o.Period = None,
    group: o.Groups = [],
    indicator: o.Indicators = [],
    cost: o.Costs = [],
    at: Annotated[str | None, typer.Option("--at", help="Of a panel, the period to show; default: the last.")] = None,
    draws: Annotated[
        int | None, typer.Option("--draws", min=1, help="How often to score anew for the intervals of ranks.")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="Of the random numbers; default: 1.")] = None,
    lang: o.Language = None,
) -> None:
    """Write one HTML page with all there is to see: it needs no network, and no script to be read.

    Ranking, structure, profiles, rank intervals (of [robustness], or of weights ±25 %), the [variants], correlations,
    coverage, methodology. The page opens in --lang, and switches between English and Chinese.
    """
    index, table = o.open_index(
        source,
        config,
        plugin,
        table_options={
            "unit": unit,
            "label": label,
            "period": period,
            "groups": group,
            "indicators": indicator or None,
            "costs": cost,
        },
        variant=variant,
        settings=o.settings(setting),
        imputation=imputation,
        treatment=treatment,
        normalisation=normalisation,
        weighting=weighting,
        aggregation=aggregation,
    )
    from indicia import report as pages
    from indicia.cli import show as shown
    from indicia.data import write

    with shown.progress() as progress:
        page = pages.report(index, table, period=at, language=lang, draws=draws, seed=seed, progress=progress)
    write(page.encode(), output)
    typer.echo(f"wrote {output}", err=True)
