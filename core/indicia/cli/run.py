"""indicia run"""

from __future__ import annotations

from typing import Annotated, Literal

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
    show: Annotated[
        Literal["scores", "ranks", "normalised", "weights", "contributions", "prepared", "cells", "left_out", "trends"],
        typer.Option("--show", help="What to print or write."),
    ] = "scores",
    format: o.Format = None,
    output: o.Output = None,
    lang: o.Language = None,
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

    shown.result(index.score(table), show, format, output, lang)
