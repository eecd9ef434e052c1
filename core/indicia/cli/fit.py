"""indicia fit"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from indicia.cli import options as o


def fit(
    output: Annotated[Path, typer.Option("--output", "-o", help="The file of the fitted index, in JSON.")],
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
) -> None:
    """Freeze the statistics and weights of an index, to score other units or a new period with them."""
    index, table = o.open_index(
        source,
        config,
        plugin,
        table_options={},
        variant=variant,
        settings=o.settings(setting),
        imputation=imputation,
        treatment=treatment,
        normalisation=normalisation,
        weighting=weighting,
        aggregation=aggregation,
    )
    from indicia import fitted

    found = fitted.fit(index, table)
    found.write(output)
    typer.echo(f"wrote {output}, fitted to {found.origin['data']['rows']} rows", err=True)
