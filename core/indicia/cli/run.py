"""indicia run"""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from indicia.cli import options as o


def run(
    source: o.Source = None,
    config: o.Config = None,
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
        Literal["scores", "normalised", "weights", "contributions", "prepared"],
        typer.Option("--show", help="What to print or write."),
    ] = "scores",
    format: o.Format = None,
    output: o.Output = None,
    lang: Annotated[
        str | None, typer.Option("--lang", help="Language of names, where the index file has several.")
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
        normalisation=normalisation,
        weighting=weighting,
        aggregation=aggregation,
    )
    from indicia.cli import show as shown

    shown.result(index.score(table), show, format, output, lang)
