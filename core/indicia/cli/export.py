"""indicia export"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from indicia.cli import options as o


def export(
    source: o.Source = None,
    config: o.Config = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write; its ending says the form.")] = Path(
        "index.xlsx"
    ),
    format: Annotated[
        Literal["xlsx", "json", "csv", "tsv", "parquet", "md", "latex", "html"] | None,
        typer.Option("--format", "-f", help="The form, whatever the ending."),
    ] = None,
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
    lang: o.Language = None,
) -> None:
    """Write the whole result: a workbook that computes, one JSON document, or one long table.

    \b
    Examples:
      indicia export index.toml -o index.xlsx      data, weights to be changed, scores and ranks as formulas
      indicia export index.toml -o index.json      one document, its JSON Schema beside it
      indicia export index.toml -o index.csv       a row per value, with the columns and codes of SDMX
      indicia export index.toml -o ranking.tex     the ranking; also .md and .html

    The first sheet of the workbook says which stages are formulas, and which stand as values because no formula of a
    spreadsheet says them.
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
    from indicia import export as forms

    result = index.score(table)
    written = forms.export(result, output, lang, format)
    for line in result.notes:
        typer.echo(f"note: {line}", err=True)
    typer.echo(f"wrote {' and '.join(map(str, written))}", err=True)
