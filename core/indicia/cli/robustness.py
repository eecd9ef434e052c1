"""indicia robustness"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from indicia.cli import options as o
from indicia.cli.expect import expectation
from indicia.cli.given_draws import GivenOptions, Printing, strip, whole
from indicia.cli.index_options import CodeOptions, IndexOptions
from indicia.cli.language import reader_language
from indicia.cli.row_options import EngineOptions
from indicia.errors import DefinitionError

if TYPE_CHECKING:
    import polars as pl

    from indicia.robustness import Robust

_ROWS = 512
"""The size of the samples at which the intervals of Sobol' indices are narrow enough for a publication."""


def robustness(
    *,
    source: o.Source = None,
    options: IndexOptions,
    draws: Annotated[int | None, typer.Option("--draws", help="Number of Monte Carlo draws; default: 10000.")] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", help="Seed of the random numbers; default: a new one, which is printed.")
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option(
            "--weights",
            help="Draw weights: ±25% (each times 0.75 to 1.25), simplex, dirichlet(100), constraints such as "
            "'health >= 2 income; air <= 30%', or from a table.",
        ),
    ] = None,
    imputations: Annotated[
        int | None,
        typer.Option(
            "--imputations", min=2, help="Impute several times by a random method, and pool the scores: 20 times."
        ),
    ] = None,
    leave_out: Annotated[
        list[str], typer.Option("--leave-out", help="indicators or dimensions: each draw leaves out one or none.")
    ] = [],
    noise: Annotated[
        float | None,
        typer.Option(
            "--noise",
            help="Redraw the values around what was observed, with errors of this share of the value (standard "
            "deviation). The ranks then show a spread, and no confidence set.",
        ),
    ] = None,
    sensitivity: Annotated[
        int | None,
        typer.Option("--sensitivity", help="Add Sobol' indices of the choices: rows of a sample, a power of two."),
    ] = None,
    morris: Annotated[
        int | None,
        typer.Option("--morris", help="Add elementary effects of each weight and choice: trajectories, such as 20."),
    ] = None,
    levels: Annotated[
        int | None, typer.Option("--levels", help="With --morris: the levels of a weight, an even number; default: 4.")
    ] = None,
    design: Annotated[
        str | None,
        typer.Option(
            "--design",
            metavar="TABLE",
            help="Runs of your own: a row a run, a column a stage, a part left out, or the weight of a part.",
        ),
    ] = None,
    of: Annotated[
        str | None, typer.Option("--of", help="With --sensitivity or --morris: explain the rank of this unit.")
    ] = None,
    at: o.Period = None,
    given: GivenOptions,
    show: o.ShowRobust = None,
    node: Annotated[
        str | None,
        typer.Option(
            "--node",
            metavar="NAME",
            help="--show exact_… or weight_…: the dimension whose weights vary; default: index.",
        ),
    ] = None,
    format: o.Format = None,
    output: o.Output = None,
    escape: o.EscapeFormulas = False,
    lang: o.Language = None,
    expect: o.Expect = None,
    engine: EngineOptions,
    code: CodeOptions,
) -> None:
    """Vary every uncertain choice at random and print how far each rank can be trusted (uncertainty analysis).

    [robustness] of the index file, or the options below, list the choices that vary. Commas separate methods. With
    --given, the draws are those of a table.
    """
    o.check_format(format, output, escape)
    from indicia.robustness.declared import NODE_TABLES

    if node is not None and show not in NODE_TABLES:
        raise DefinitionError(
            f"--node is for the tables of one dimension: {', '.join(sorted(NODE_TABLES))}",
            remedy="--show exact_central_weights, or leave --node out",
        )
    if given.given is not None:
        others = {
            "--draws": draws, "--seed": seed, "--weights": weights, "--imputations": imputations, "--noise": noise,
            "--leave-out": leave_out, "--sensitivity": sensitivity, "--of": of, "--expect": expect,
            "--morris": morris, "--design": design, "--engine": engine.engine,
        }  # fmt: skip
        given.print_tables(source, options, code, at, others, Printing(show, format, output, escape))
        return
    given.check_unused()
    o.check_output(output, design)
    expected = expectation(expect)
    index, table = options.open(source, code, output)
    # imported when the command runs, so that --help and completion start without polars
    from indicia.cli.output import print_line, print_table, progress_bar
    from indicia.data import escape_formulas

    lang = reader_language(lang, index.definition)
    left_out: dict[str, Any] = {_check_kind_left_out(word): "leave_one_out" for word in leave_out}
    with progress_bar() as progress:
        robust = index.robustness(
            table,
            period=at,
            engine=engine.engine or "memory",
            scheduler=engine.scheduler,
            workers=engine.workers,
            progress=progress,
            draws=draws,
            seed=seed,
            imputations=imputations,
            weights=weights,
            **options.alternatives,
            **left_out,
            data=None if noise is None else {"noise": noise},
            sensitivity=sensitivity,
            morris=morris,
            levels=levels,
            design=design,
        )
    if node is not None:
        robust = robust.at_node(node)
    if show is None and output is None and format in (None, "table"):
        _page(robust, of, lang)
    else:
        frame = robust.frame(show or "units") if of is None else _of_unit(robust, of, show)
        manifest = {**robust.manifest, "table": show or "units"} if output else None
        print_table(escape_formulas(frame) if escape else frame, format, output, robust.titled(lang), manifest)
        if output or format not in (None, "table"):
            for line in (f"seed {robust.seed}", *robust.notes):
                print_line(f"note: {line}", err=True)
    if expected:
        expected.compare(robust.manifest)


def _check_kind_left_out(word: str) -> str:
    if word not in ("indicators", "dimensions"):
        raise DefinitionError(
            f'--leave-out takes indicators or dimensions, not "{word}"', remedy="--leave-out indicators"
        )
    return word


def _page(robust: Robust, of: str | None, language: str | None) -> None:
    from indicia.cli.output import ROWS, print_grid, print_line
    from indicia.definition import text
    from indicia.tables.table import reader_names

    # before anything is printed, since --of without --sensitivity raises an error
    shares = effects = None
    if robust.sensitivity_runs or (of and not robust.trajectories):
        shares = robust.sensitivity_of(of) if of else robust.sensitivity
    if robust.trajectories:
        effects = robust.elementary_effects_on(of) if of else robust.elementary_effects
    print_line(robust.titled(language))
    data, units = robust.definition.data, robust.units
    label = text(data.label, language) or str(data.unit)
    tops = [column for column in units.columns if column.startswith("top_")]
    headings = ["rank", label, "5–95 %", "median", "where its ranks lie", *(f"top {t[4:]}" for t in tops), "tier"]
    rows = [
        [
            whole(row["rank"]),
            name,
            f"{whole(row['lower'])}–{whole(row['upper'])}" if row["tier"] else "–",
            whole(row["median"]),
            strip(row["lower"], row["median"], row["upper"], len(units)),
            *(f"{row[top]:.0%}" if row["tier"] else "–" for top in tops),
            str(row["tier"] or "–"),
        ]
        for name, row in zip(reader_names(units, data, language), units.iter_rows(named=True), strict=True)
    ]
    print_grid(headings, rows[:ROWS], right={"rank", "median", *headings[5:]})
    names = robust.reader_names(language)
    for note in robust.notes:
        print_line(note.in_language(language, names))
    if robust.varied.imputations is not None:
        typer.echo(f"--show pooled lists the scores pooled over {robust.varied.imputations} imputations")
    subject = f"the rank of {of}" if of else "the average rank shift"
    if shares is not None:
        _sensitivity(shares, subject)
    if effects is not None:
        _effects(effects, subject)
    if shares is not None or effects is not None or robust.given is not None:
        return
    if len(robust.varied_factors) > 1:
        base = max(_ROWS, 2 ** len(robust.varied_factors))
        more = base * (len(robust.varied_factors) + 2)
        typer.echo(f"--sensitivity {base} shows which choice moves the ranks most; it takes {more:,} more draws")


def _of_unit(robust: Robust, of: str, show: str | None) -> pl.DataFrame:
    """Return a table on the rank of one unit; other tables are the same for every unit."""
    if show == "elementary_effects":
        return robust.elementary_effects_on(of)
    if show == "sensitivity":
        return robust.sensitivity_of(of)
    return robust.frame(show or "units")  # type: ignore[arg-type]


def _effects(effects: pl.DataFrame, subject: str) -> None:
    """Print the elementary effects of each input on the subject, the largest first."""
    from indicia.cli.output import ROWS, print_grid, print_section

    headings = ["input", "mean |effect|", "mean ± 2 standard errors", "deviation"]
    rows = [
        [
            row["input"],
            _figure(row["mu_star"]),
            f"{_figure(row['mu'])} ± {_figure(row['upper'] - row['mu'])}" if row["upper"] is not None else "–",
            _figure(row["sigma"]),
        ]
        for row in effects.head(ROWS).iter_rows(named=True)
    ]
    print_section("Which input moves the ranks?", [f"Change of {subject} as one input moves (elementary effects):"])
    print_grid(headings, rows, right=set(headings[1:]), length=len(effects))


def _figure(number: float | None) -> str:
    """Write a number with two decimals; zero has no sign."""
    return "–" if number is None else f"{round(number, 2) + 0.0:.2f}"


def _sensitivity(shares: pl.DataFrame, subject: str) -> None:
    """Print the share of the subject's variance that is due to each choice."""
    from indicia.cli.output import print_grid, print_section

    if shares["total"].null_count():
        print_section("Which choice moves the ranks?", [f"None: {subject} is the same in every run."])
        return
    headings = ["choice", "alone", "95 % interval", "with interactions", "95 % interval "]
    rows = [
        [
            row["factor"],
            *(
                cell
                for order in ("first", "total")
                for cell in (f"{row[order]:.0%}", f"{row[f'{order}_lower']:.0%} to {row[f'{order}_upper']:.0%}")
            ),
        ]
        for row in shares.iter_rows(named=True)
    ]
    print_section("Which choice moves the ranks?", [f"How much of the variation of {subject} is due to each choice:"])
    print_grid(headings, rows, right=set(headings[1:]))
