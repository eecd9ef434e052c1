"""indicia run"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from indicia.cli import options as o


def run(
    source: o.Source = None,
    config: o.Config = None,
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
    show: o.Shown = "scores",
    format: o.Format = None,
    output: o.Output = None,
    lang: o.Language = None,
    expect: Annotated[
        Path | None,
        typer.Option("--expect", help="The manifest of an earlier run: say which plugins, versions or data differ."),
    ] = None,
) -> None:
    """Score and rank; print the ranking, or write it with a manifest beside it."""
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
    from indicia.cli import show as shown

    result = index.score(table)
    if expect:
        from indicia.result.replay import read_manifest

        for line in result.departures(read_manifest(expect)):
            typer.echo(f"warning: not as in {expect.name}: {line}", err=True)
    shown.result(result, show, format, output, lang)
