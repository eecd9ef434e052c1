"""The rules of the house find what they should, the outputs keep their promises, and the files have their layout."""

import polars as pl
import pytest
from indicia_office_house.chart import GroupMeans
from indicia_office_house.checks import NoDayOfRelease, SmallGroups
from indicia_office_house.files import OfficeCsv, OfficePage
from indicia_office_house.house import embargo
from indicia_office_house.section import Release

import indicia
from indicia.checks import Subject
from indicia.outputs import ChartOptions, ExportOptions
from indicia.testing import check_finds, checks
from indicia_paper.dossier import Dossier

TOWNS = pl.DataFrame(
    {
        "town": ["=Ash", "Elm", "Fir", "Oak", "Yew"],
        "region": ["North", "North", "South", "South", "South"],
        "income": [1.0, 2.0, 3.0, 4.0, 5.0],
    }
)
FILE = {
    "name": "Towns",
    "data": {"unit": "town", "groups": ["region"]},
    "indicators": {"income": {"direction": "benefit", "bounds": [0, 5]}},
    "publication": {"publisher": "Office <of> towns", "edition": "2", "date": "2027-01-31"},
}


def result():
    return indicia.read(FILE).score(TOWNS)


@pytest.mark.parametrize("check", checks(SmallGroups, NoDayOfRelease, Release, GroupMeans, OfficeCsv, OfficePage))
def test_a_class_keeps_its_promises(check):
    check()


@pytest.mark.parametrize("check", [SmallGroups, NoDayOfRelease])
def test_the_planted_fault_is_found_with_the_sentence_of_the_example(check):
    subject, where = check.planted()
    assert check_finds(check(), subject, where).sentence in check.example


def test_groups_of_enough_units_are_no_finding():
    subject, _ = SmallGroups.planted()
    assert list(SmallGroups(least=2).look(subject)) == []
    assert list(NoDayOfRelease().look(Subject.of(subject.units, subject.raw))) == []


def test_the_chart_leaves_small_groups_out_and_says_so():
    chart = GroupMeans().draw(result(), ChartOptions()).to_dict()
    assert chart["data"]["values"] == [{"group": "South (3)", "score": pytest.approx(0.8)}]
    assert chart["title"]["subtitle"] == "1 groups of fewer than 3 units are left out"


def test_the_layout_of_the_office():
    text = OfficeCsv().write(Dossier(result()), ExportOptions("office_csv"))[""].decode("utf-8-sig")
    assert text.split("\r\n")[:6] == [
        "# TITLE;Towns",
        "# EDITION;2",
        "# EMBARGO;Embargo: not before 09:30 on 2027-01-31",
        "CODE;TIME;GROUP;VALUE;RANK;FLAG",
        "'=Ash;;North;0,20;5;",
        "Elm;;North;0,40;4;",
    ]


def test_the_section_and_the_banner_state_the_embargo():
    dossier = Dossier(result())
    assert "Embargo: not before 09:30 on 2027-01-31" in Release().render(dossier, ("en", "zh")).html
    page = OfficePage().write(dossier, ExportOptions("office_page"))[""].decode()
    assert "<bdi>Office &lt;of&gt; towns</bdi></strong> · <span lang=en>Embargo: not before" in page


def test_an_index_without_a_day_is_not_for_release():
    undated = indicia.read({**FILE, "publication": {"date": "2027"}}).score(TOWNS)
    assert embargo(undated)["en"] == "Not for release: the day of release is not stated"
