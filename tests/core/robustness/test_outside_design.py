"""Runs that the user brings: each row scores the index with its choices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from indicia.cli import main
from indicia.errors import DataError, DefinitionError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia.index import Index

    Make = Callable[..., Index]
    Data = Callable[..., pl.DataFrame]

ECONOMY = {"jobs": [1.0, 2.0, 3.0], "pay": [1.0, 1.0, 1.0], "debt": [2.0, 1.0, 0.0]}
CHOICES: dict[str, Any] = {"aggregation": ["geometric", None, "arithmetic"], "indicators": [None, "air", None]}


def test_each_row_scores_the_index_with_its_choices(made: Make, data: Data) -> None:
    answer = made().robustness(data(), design=pl.DataFrame({"run": [3, 1, 2], **CHOICES, **ECONOMY}))
    robust = answer.figures
    assert answer.title.endswith(" · aggregation, weights, indicators")
    weights = [{"jobs": row[0], "pay": row[1], "debt": row[2]} for row in zip(*ECONOMY.values(), strict=True)]
    for row, of_row in enumerate(weights):
        settings = {f"indicators.{part}.weight": weight for part, weight in of_row.items()}
        changed = made().with_options(settings=settings, aggregation=CHOICES["aggregation"][row])
        if row == 1:
            raw = {**changed.raw, "indicators": {k: v for k, v in changed.raw["indicators"].items() if k != "air"}}
            changed = made(indicators=raw["indicators"])
        wanted = changed.score(data()).frame("scores").sort("city")["score"]
        found = dict(zip(robust.names, robust.scores[row], strict=True))
        assert [found[name] for name in sorted(found)] == pytest.approx(wanted.to_list(), rel=1e-12)


def test_rows_may_name_sets_of_weights_errors_and_imputations(made: Make, data: Data, tmp_path: Path) -> None:
    persons = pl.DataFrame({"jobs": [1.0, 0.0], "pay": [0.0, 1.0], "debt": [1.0, 1.0]})
    persons.write_csv(tmp_path / "persons.csv")
    design = pl.DataFrame({"weights": [2, 1, 2], "data": [1, 1, 2]})
    stated: dict[str, Any] = {"weights": {"table": str(tmp_path / "persons.csv")}, "noise": 0.1}
    robust = made().robustness(data(), design=design, seed=1, **stated).figures
    alone = (
        made()
        .robustness(data(), design=persons[[1, 0, 1]].with_columns(data=pl.Series([1, 1, 2])), seed=1, noise=0.1)
        .figures
    )
    assert (robust.scores == alone.scores).all()
    assert (robust.scores[0] != robust.scores[2]).any()


@pytest.mark.thorough
def test_a_design_of_saltelli_has_indices_whichever_way_its_rows_are_listed(made: Make, data: Data) -> None:
    choices: dict[str, Any] = {
        "aggregation": ["arithmetic", "median", "harmonic"],
        "normalisation": ["min_max(lower=1, upper=9)", "z_score(mean=50, sd=8)", "min_max(lower=2, upper=3)"],
    }
    own = made().robustness(data(), draws=4, seed=1, sensitivity=16, **choices).figures
    names = [factor.name for factor in own.factors]
    methods = {
        name: [factor.alternatives[number] for number in own.design[:64, column]]
        for column, (name, factor) in enumerate(zip(names, own.factors, strict=True))
    }
    design = pl.DataFrame(methods)
    by_row = design[np.arange(64).reshape(4, 16)[[0, 2, 3, 1]].T.ravel().tolist()]
    wanted = own.sensitivity.sort("factor").select("factor", "first", "total")
    for table in (design, by_row, design.select(reversed(design.columns))):
        robust = made().robustness(data(), design=table, seed=1).figures
        assert robust.draws == 32
        found = robust.sensitivity.sort("factor").select("factor", "first", "total")
        assert found["factor"].to_list() == wanted["factor"].to_list()
        assert found.drop("factor").to_numpy() == pytest.approx(wanted.drop("factor").to_numpy(), abs=1e-12)
    assert made().robustness(data(), design=design[1:], seed=1).figures.sensitivity_runs == 0


FAULTS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"agregation": ["a"]}, {}, 'the column "agregation" of the design is no choice'),
    ({"run": [1]}, {}, "the design has no column of a choice"),
    ({"aggregation": ["geometrical"]}, {}, "geometrical"),
    ({"indicators": ["jobz"]}, {}, "the design leaves out jobz, which the index does not have among its indicators"),
    ({"jobs": [1.0], "pay": [2.0]}, {}, "the design has weights of jobs, pay, and none of debt beside them"),
    ({"jobs": [1.0], "pay": [2.0], "debt": [-1.0]}, {}, "the weight of debt in row 1 of the design is not a number"),
    ({"jobs": ["a"], "pay": [2.0], "debt": [1.0]}, {}, 'the column "jobs" of the design is no choice'),
    ({"jobs": [0], "pay": [0], "debt": [0]}, {}, "row 1 of the design has only weights of 0 for jobs, pay, debt"),
    ({"weights": [1]}, {}, "has numbers of rows of a table, and no table of weights is stated"),
    ({"weights": [1], "jobs": [1.0]}, {}, "has a column of sets of weights, and columns of weights of parts: jobs"),
    ({"data": [1]}, {}, "has numbers of sets of errors, and no errors are stated"),
    ({"data": [0.5]}, {"noise": 0.1}, "has a value that is no whole number from 1"),
    ({"aggregation": ["median"]}, {"draws": 5}, "states all choices of its runs, and draws changes none of them"),
    ({"aggregation": ["median"]}, {"normalisation": "rank"}, "and normalisation changes none of them"),
]


@pytest.mark.parametrize(("design", "words", "fault"), FAULTS)
def test_a_design_that_does_not_fit_is_refused(
    made: Make, data: Data, design: dict[str, Any], words: dict[str, Any], fault: str
) -> None:
    with pytest.raises((DataError, DefinitionError)) as refused:
        made().robustness(data(), design=pl.DataFrame(design), **words)
    assert fault in str(refused.value)
    assert refused.value.remedy


def test_an_index_file_names_its_design_and_the_command_another(
    made: Make, data: Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "index.toml").write_text(
        '[data]\npath = "cities.csv"\nunit = "city"\n[indicators]\njobs = {}\npay = {}\n'
        '[robustness]\ndesign = "design.csv"\nseed = 1\n'
    )
    pl.DataFrame({"city": ["a", "b", "c"], "jobs": [1.0, 2.0, 4.0], "pay": [9.0, 5.0, 1.0]}).write_csv(
        tmp_path / "cities.csv"
    )
    pl.DataFrame({"jobs": [1.0, 0.0], "pay": [0.0, 1.0]}).write_csv(tmp_path / "design.csv")
    pl.DataFrame({"indicators": ["jobs", "", "pay"]}).write_csv(tmp_path / "other.csv")
    monkeypatch.chdir(tmp_path)
    for arguments, wanted in (
        ((), ["run,a,b,c", "1,3.0,2.0,1.0", "2,1.0,2.0,3.0"]),
        (("--design", "other.csv"), ["run,a,b,c", "1,1.0,2.0,3.0", "2,1.0,3.0,1.0", "3,3.0,2.0,1.0"]),
    ):
        with pytest.raises(SystemExit) as exited:
            main(["robustness", *arguments, "--show", "ranks", "-f", "csv"])
        assert exited.value.code == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines == wanted
