"""Text files as offices save them: encodings, separators, rows around the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from indicia.data import TableFormat, content_sample, file_sample, read_table
from indicia_recognition.text_files import recognise_text

if TYPE_CHECKING:
    from pathlib import Path

    from indicia_recognition.observation import Observation

WORDS = ("encoding", "separator", "skip_rows", "header_rows", "footer_rows")


def recognised(content: str | bytes, where: str = "t.csv", **stated: Any) -> tuple[dict[str, Any], list[Observation]]:
    """Return the words of the format that differ from the default, and the observations."""
    encoded = content if isinstance(content, bytes) else content.encode()
    found, observations = recognise_text(*content_sample(encoded), TableFormat(**stated), where)
    default = TableFormat()
    return {
        word: getattr(found, word) for word in WORDS if getattr(found, word) != getattr(default, word)
    }, observations


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("town,rent\nLima,3\nOslo,4\n", {}),
        ("\ufefftown,rent\nLima,3\nOslo,4\n", {}),
        ("\n\ntown,rent\nLima,3\nOslo,4\n\n\n", {}),  # blank lines need no word
        ("town;rent\nLima;3,5\nOslo;4,1\n", {}),  # the reader takes the semicolons of the header
        ("town|rent\nLima|3\nOslo|4\n", {}),
        ('"rent" "noise"\n"Lima" 3 1\n"New York" 4 2\n"Rome" 7 1\n', {"separator": " "}),  # as R writes
        # a comma in each row, but none in the header
        ("town;web;rent\nLima;a.pe;18,3 %\nOslo;b.no;17,1 %\nRome;c.it;12,5 %\n", {}),
        ("town~rent~noise\nLima~3,100~2\nOslo~4,250~5\nRome~7,125~1\n", {"separator": "~"}),
        ("town~rent\nLima~3\nOslo~4\n", {"separator": "~"}),
        ("town, with port;rent, new;area\nLima;3;1\nOslo;4;2\n", {"separator": ";"}),  # as many commas
        ("town, rent, and area;x\nLima;3\nOslo;4\n", {"separator": ";"}),  # more commas than semicolons
        ("sep=;\ntown;rent\nLima;3\nOslo;4\n", {"separator": ";", "skip_rows": 1}),
        ("sep=;\nRents\n\ntown;rent\nLima;3\nOslo;4\n", {"separator": ";", "skip_rows": 3}),
        ("Rents\n\ntown,rent\nLima,3\nOslo,4\n", {"skip_rows": 2}),
        ('"Rents\nin euros",\ntown,rent\nLima,3\nOslo,4\n', {"skip_rows": 2}),  # lines, and not records
        ("Rents, and more, of towns\ntown;rent\nLima;3\nOslo;4\n", {"skip_rows": 1}),
        ("town,rent\n,(€)\nLima,3\nOslo,4\n", {"header_rows": 2}),
        ('town,rent\n"Lima\nPeru",3\nOslo,4\n\n"Source:\nUN",\n', {"footer_rows": 3}),
        ("town,rent\nLima,3\nOslo,4\nSource: UN, WHO, 2020\n", {"footer_rows": 1}),
        ("Tabelle\n\nStadt;Miete\n;(€)\nKöln;3,5\nTrier;4,1\n\nQuelle: Amt\n", {
            "skip_rows": 2, "header_rows": 2, "footer_rows": 2}),
    ],
)  # fmt: skip
def test_the_rows_and_separators_of_a_text_become_words(content: str, words: dict[str, Any]) -> None:
    found, observations = recognised(content)

    assert found == words
    assert bool(observations) == bool(words)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Stadt;Größe\nMünchen;3\nÖhringen;4\n", "cp1252"),
        ("Stadt;Größe\nMünchen;3\nÖhringen;4\n", "mac_roman"),
        ("Stadt;Größe\nMünchen;3\nÖhringen;4\n", "cp850"),
        ("pays;région\nCôte d'Ivoire;3\nBénin;4\n", "cp1252"),
        ("miasto;ludność\nŁódź;3\nGdańsk;4\n", "cp1250"),
        ("město;počet\nPlzeň;3\nČeské Budějovice;4\n", "cp1250"),
        ("город;население\nМосква;12\nКазань;1\n", "cp1251"),
        ("il;nüfus\nŞanlıurfa;2\nBalıkesir;1\nİzmir;4\n", "cp1254"),
        ("miestas;gyventojai\nŠiauliai;3\nKėdainiai;4\nMažeikiai;2\n", "cp1257"),
        ("miasto;ludność\nŚląsk;3\nGdańsk;4\nŹródła;2\nPąchów;1\n", "iso8859-2"),
        ("город;население\nМосква;12\nКазань;1\n", "koi8-r"),
        ("πόλη;πληθυσμός\nΑθήνα;3\nΒόλος;4\n", "cp1253"),
        ("城市,省份\n长沙,3\n常州,4\n", "gb18030"),
        ("縣市,人口數\n臺北市,260\n新北市,400\n", "big5"),
        ("都道府県,人口\n東京都,1396\n大阪府,880\n", "cp932"),
        ("県,家賃\n東京,￥1396\n大阪,880円\n奈良,￥700\n", "cp932"),
        ("시도,인구,면적\n서울특별시,940,605\n부산광역시,330,770\n", "euc-kr"),
        ("city\trent\nLima\t3\nOslo\t4\n", "utf-16"),
        ("city\trent\nLima\t3\nOslo\t4\n", "utf-16-le"),
        ("城市\t人口\n长沙\t3\n常州\t4\n", "utf-16-be"),
    ],
)
def test_the_encoding_is_judged_by_the_letters(text: str, encoding: str) -> None:
    found, observations = recognised(text.encode(encoding))

    assert found["encoding"] == encoding
    assert f"--encoding {encoding}" in observations[0].remedy


def test_words_that_are_stated_stay() -> None:
    content = "Rents\n\ntown,rent\nLima,3\nOslo,4\n"

    assert recognised(content, skip_rows=1)[0] == {"skip_rows": 1}
    assert recognised(content, separator=";")[0]["separator"] == ";"
    assert recognised("town\trent\nLima\t3\n", separator="tab")[0] == {"separator": "tab"}
    assert recognised("Köln,3\n".encode("cp1252"), encoding="cp850")[0]["encoding"] == "cp850"


def test_a_tsv_file_has_tabs_unless_its_lines_show_others() -> None:
    assert recognised("town\trent\nLima\t3\n", "t.tsv")[0] == {}
    assert recognised("town;rent\nLima;3\n", "t.tsv")[0] == {"separator": ";"}


def test_names_of_rows_without_a_name_in_the_header_are_told() -> None:
    words, (observation,) = recognised('"rent","area"\n"Lima",3,1\n"Oslo",4,2\n"Pune",5,3\n')

    assert words == {}
    assert observation.rule == "row_names"
    assert '"Lima"' in observation.sentence


def test_a_large_file_is_judged_by_its_first_and_last_rows(tmp_path: Path) -> None:
    rows = "".join(f"town {number},{number},{number / 7}\n" for number in range(40_000))
    path = tmp_path / "t.csv"
    path.write_text(f"Rents\ntown,rent,area\n{rows}\nSource: UN\n", encoding="utf-8")

    head, tail = file_sample(path)
    found, _ = recognise_text(head, tail, TableFormat(), str(path))

    assert len(head) + len(tail) < path.stat().st_size / 2
    assert (found.skip_rows, found.footer_rows) == (1, 2)
    assert read_table(path, found).height == 40_000


def test_the_format_that_is_recognised_reads_the_table(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(
        "Tabelle\r\n\r\nStadt;Fläche\r\n;(km²)\r\nKöln;405\r\nTrier;117\r\nQuelle: Amt\r\n".encode("cp1252")
    )

    found, _ = recognise_text(*file_sample(path), TableFormat(), str(path))

    assert read_table(path, found).equals(pl.DataFrame({"Stadt": ["Köln", "Trier"], "Fläche (km²)": [405, 117]}))


def test_a_number_that_a_comma_may_have_cut_is_a_question() -> None:
    _, observations = recognised("town,rent,noise\nLima,310,4,5\nOslo,420,3,7\nRome,710,6,2\n")
    question = observations[-1]
    assert question.effect == "question"
    assert question.names == ("rent", "noise")
    assert '"4,5"' in question.sentence


def test_a_line_of_dashes_begins_the_footer() -> None:
    assert recognised("town;rent;noise\nLima;3;4\nOslo;4;5\n_____;;\n© Office;;\n")[0] == {"footer_rows": 2}


def test_the_lines_of_a_legend_with_two_fields_are_a_footer() -> None:
    table = "town,rent,noise\nLima,3,x\nOslo,4,5\nRome,7,1\n\nSymbols:\nx,suppressed\nE,use with care\n"
    assert recognised(table)[0] == {"footer_rows": 4}


def test_a_blank_is_stated_as_space() -> None:
    content = "town rent noise\nLima 3 1\nOslo 4 2\nRome 7 1\n"
    assert recognised(content, separator="space")[0] == {"separator": "space"}


def test_times_below_a_header_do_not_make_the_colon_a_separator() -> None:
    rows = "".join(f"T{number},a town,{number}.5,none,2020-12-04T00:00:00.000Z\n" for number in range(9))
    content = b"code,kind,rent,remark,modified\n" + rows.encode()
    found, _ = recognise_text(content, b"", TableFormat(), "t.csv")
    assert found.separator in (None, ",")


def test_utf_8_with_a_damaged_letter_has_no_other_encoding() -> None:
    content = "Stadt,Miete\nKöln,3\nMünchen,4\nZürich,5\nGräfelfing,6\nLübeck,2\n".encode() + "Düren,1\n".encode(
        "cp1252"
    )
    assert recognised(content) == ({}, [])


def test_the_first_row_in_place_of_a_header_is_named() -> None:
    assert '"Lima"' in recognised("Lima;3;4\nOslo;4;5\nRome;7;1\n")[1][0].sentence
