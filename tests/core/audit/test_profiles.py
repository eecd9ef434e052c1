"""Profiles of an audit: thresholds, severities, checks that are off, and the order of the files that state them."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import indicia
from indicia.catalogue import installed
from indicia.errors import DefinitionError, IndiciaError, MethodError
from indicia_audit import AuditSettings
from indicia_audit.inspection.chosen_checks import CheckSettings, choose_checks
from indicia_audit.profile import read_profile, shipped_profiles

if TYPE_CHECKING:
    from pathlib import Path

TOWNS = pl.DataFrame(
    {
        "town": [f"T{row}" for row in range(10)],
        "income": [None, None, *(float(row * row % 17) for row in range(8))],  # 8 of 10 present
        "parks": [float(row * 3 % 10) for row in range(10)],
    }
)
INDEX = """\
[data]
unit = "town"
[indicators]
income = { direction = "benefit" }
parks = { direction = "benefit" }
[methodology]
missing = "skip"
"""
PROFILE = """\
name = "house"
description = "the rules of the house"
draws = 50

[checks.D01]
share = 0.9
severity = "error"

[checks.D05]
on = false
"""
DESIGN = "[robustness]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "house.toml").write_text(PROFILE, encoding="utf-8")
    (tmp_path / "index.toml").write_text(INDEX + '[audit]\nprofile = "house.toml"\n', encoding="utf-8")
    return tmp_path


def check(folder: Path, **settings: Any) -> Any:
    dotted = {key.replace("__", "."): value for key, value in settings.items()}
    return indicia.read(folder / "index.toml").with_options(settings=dotted).check(TOWNS)


def severities(outcome: Any, code: str) -> list[str]:
    return [entry.severity for entry in outcome.reported_findings if entry.code == code]


def test_a_profile_sets_a_threshold_and_a_severity(folder: Path) -> None:
    assert severities(check(folder), "D01") == ["error"]


def test_the_index_file_replaces_a_threshold_of_the_profile(folder: Path) -> None:
    assert severities(check(folder, checks__D01={"share": 0.5}), "D01") == []


def test_the_index_file_replaces_a_severity_of_the_profile(folder: Path) -> None:
    assert severities(check(folder, checks__D01={"severity": "information"}), "D01") == ["information"]


def test_a_check_that_is_off_is_skipped_and_the_reason_names_the_profile(folder: Path) -> None:
    (skipped,) = (skip for skip in check(folder).skipped_checks if skip.check.code == "D05")
    assert skipped.reason == "off in the profile house: on = false in [checks.D05]"


def test_the_index_file_switches_a_check_on_again(folder: Path) -> None:
    skipped = [skip.check.code for skip in check(folder, checks__D05={"on": True}).skipped_checks]
    assert "D05" not in skipped


def test_the_severity_of_a_profile_replaces_that_of_the_check_and_no_other() -> None:
    catalogue = installed(kinds=["check"])
    index = indicia.read({"indicators": {"gdp": {}}, "checks": {"D01": {"severity": "error"}}})
    settings = CheckSettings.of_file(index.definition, index.origin)
    (chosen,) = (check for check in choose_checks(catalogue, [settings]) if check.code == "D01")
    finding = indicia.checks.Finding("gdp", None, None, "")
    assert chosen.severity_of(finding) == "error"
    mild = indicia.checks.Finding("gdp", None, None, "", severity="information")
    assert chosen.severity_of(mild) == "information"


@pytest.mark.parametrize(
    ("change", "problem", "line", "remedy"),
    [
        (("draws = 50", "drawz = 50"), 'unknown key "drawz" in the file', "house.toml:3", 'did you mean "draws"?'),
        (("draws = 50", "draws = 0"), "draws must be", "house.toml:3", "1, or more"),
        (("[checks.D05]", "[checks.D5]"), 'unknown check "D5"', "house.toml:9", "did you mean"),
        (("share =", "shar ="), 'D01 has no parameter "shar"', "house.toml:6", 'did you mean "share"?'),
        (("= 0.9", "= 9"), "D01: share = 9", "house.toml:6", None),
        (('"error"', '"grave"'), "severity of D01 must be error, warning or information", "house.toml:7", "known"),
        (("on = false", 'on = "no"'), "on of D05 must be true or false", "house.toml:10", "on = false"),
        (("draws = 50", "draws = "), "is not TOML", "house.toml:3", "quotes"),
        (("[checks.D05]\non = false", "[robustness]\ndraws = 5"), "draws stands at the top", "house.toml:10", None),
        (
            ("[checks.D05]\non = false", "[robustness]\nweigths = {}"),
            'unknown key "weigths"',
            "house.toml:10",
            "weights",
        ),
    ],
)
def test_an_error_of_a_profile_names_the_line_and_the_remedy(
    folder: Path, change: tuple[str, str], problem: str, line: str, remedy: str | None
) -> None:
    (folder / "house.toml").write_text(PROFILE.replace(*change), encoding="utf-8")
    with pytest.raises(IndiciaError) as caught:
        check(folder)
    assert problem in caught.value.what
    assert (caught.value.where or "").startswith(line)
    assert remedy is None or remedy in (caught.value.remedy or "")


@pytest.mark.parametrize(
    ("name", "remedy"),
    [("strct", 'did you mean "strict"?'), ("hous.toml", 'did you mean "house.toml"?'), ("x/y", "jrc")],
)
def test_an_unknown_profile_is_an_error_with_the_line_and_the_nearest_name(
    folder: Path, name: str, remedy: str
) -> None:
    (folder / "index.toml").write_text(f'{INDEX}[audit]\nprofile = "{name}"\n', encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        check(folder)
    assert caught.value.what == f'no profile "{name}"'
    assert (caught.value.where or "").startswith("index.toml:9")
    assert remedy in (caught.value.remedy or "")


def test_an_option_replaces_the_profile_the_draws_and_the_seed_of_the_index_file(folder: Path) -> None:
    index = indicia.read(folder / "index.toml").with_options(settings={"audit.seed": 7})
    stated = AuditSettings.of(index)
    assert (stated.profile.name, stated.draws, stated.seed) == ("house", 50, 7)
    chosen = AuditSettings.of(index, profile="strict", seed=3)
    assert (chosen.profile.name, chosen.draws, chosen.seed) == ("strict", 10_000, 3)
    assert AuditSettings.of(index, draws=20).draws == 20
    assert AuditSettings.of(index.with_options(settings={"audit.draws": 30})).draws == 30


def test_the_path_of_an_option_is_relative_to_the_working_directory(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "house.toml").write_text('name = "another house"\n', encoding="utf-8")
    monkeypatch.chdir(elsewhere)
    index = indicia.read(folder / "index.toml")
    assert AuditSettings.of(index).profile.name == "house"
    optional = index.with_options(settings={"audit.profile": "house.toml"})
    assert AuditSettings.of(optional).profile.name == "another house"


def test_an_unknown_method_of_a_profile_is_an_error_with_its_line(folder: Path) -> None:
    (folder / "house.toml").write_text(DESIGN + 'normalisation = ["zscore"]\n', encoding="utf-8")
    with pytest.raises(MethodError, match='unknown normalisation "zscore"') as caught:
        AuditSettings.of(indicia.read(folder / "index.toml"))
    assert (caught.value.where or "").startswith("house.toml:2")
    assert 'did you mean "z_score"?' in (caught.value.remedy or "")


def test_an_audit_without_a_choice_takes_the_profile_jrc() -> None:
    settings = AuditSettings.of(indicia.read({"indicators": {"gdp": {}}}))
    assert (settings.profile.name, settings.draws, settings.seed) == ("jrc", 4000, 1)


def test_a_profile_without_a_design_of_draws_has_that_of_jrc(folder: Path) -> None:
    index = indicia.read(folder / "index.toml")
    house, jrc = (read_profile(name, index.definition, index.origin) for name in (None, "jrc"))
    assert house.robustness == jrc.robustness
    assert house.robustness["weights"] == {"spread": 0.25}
    assert house.manifest["sha256"] != jrc.manifest["sha256"]


@pytest.mark.parametrize("name", shipped_profiles())
def test_a_shipped_profile_names_shipped_checks_methods_and_a_purpose(name: str) -> None:
    index = indicia.read({"indicators": {"gdp": {}}})
    profile = read_profile(name, index.definition, index.origin)
    catalogue = installed()
    assert [code for code in profile.checks if code not in catalogue.names("check")] == []
    assert choose_checks(catalogue, [profile.check_settings])
    assert profile.description
    for stage in ("imputation", "normalisation", "weighting", "aggregation"):
        choices = (choice for choice in profile.robustness.get(stage, ()) if choice != "none")
        assert all(catalogue.choose(stage, choice) for choice in choices)


def test_each_threshold_of_strict_differs_from_that_of_jrc() -> None:
    index = indicia.read({"indicators": {"gdp": {}}})
    catalogue = installed()
    jrc, strict = (
        {check.code: check.settings for check in choose_checks(catalogue, [profile.check_settings])}
        for profile in (read_profile(name, index.definition, index.origin) for name in ("jrc", "strict"))
    )
    words = read_profile("strict", index.definition, index.origin).checks
    equal = [
        (code, word) for code, table in words.items() for word in table if jrc[code].get(word) == strict[code][word]
    ]
    assert equal == []


def test_the_manifest_of_an_audit_names_the_profile_with_its_fingerprint(folder: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        audit = indicia.read(folder / "index.toml").audit(TOWNS)
    assert audit.manifest["profile"] == audit.figures.settings.profile.manifest
    assert audit.manifest["draws"] == 50
    assert audit.manifest["checks"]["D01"] == {"share": 0.9, "severity": "error"}
    assert audit.manifest["checks"]["D05"]["on"] is False


def test_a_profile_outside_the_folder_of_the_index_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "house.toml").write_text(PROFILE, encoding="utf-8")
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "index.toml").write_text(INDEX + '[audit]\nprofile = "../house.toml"\n', encoding="utf-8")
    assert indicia.read(tmp_path / "index" / "index.toml").files_outside == ("../house.toml",)
