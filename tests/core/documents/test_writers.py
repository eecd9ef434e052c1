"""The writers of documents: each writes every kind of block, and nothing else writes tables of texts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

import indicia
from indicia.cli.blocks import print_blocks
from indicia.documents.blocks import Block, Formula, Heading, Items, Line, TextTable
from indicia.documents.html import elements, html, table_element
from indicia.documents.latex import latex
from indicia.documents.markdown import markdown

if TYPE_CHECKING:
    from collections.abc import Callable

CORE = Path(indicia.__file__).parent
BLOCKS: list[Block] = [
    Line("A first line."),
    Heading("The heading", "section"),
    Items(["One item", "see https://example.org/a_b"]),
    Formula(r"\bar{x}"),
    TextTable(
        ["city", "change"], [["Lima", "-1.5"], ["  Callao", "2"]], [False, True], "The caption", ["And one more"]
    ),
]
TEXTS = ("A first line", "The heading", "One item", "Lima")


def printed(title: str, blocks: list[Block]) -> str:
    """Return what the terminal shows."""
    with pytest.MonkeyPatch.context() as patch:
        lines: list[str] = [title]
        patch.setattr("typer.echo", lambda line, **_: lines.append(line))
        patch.setattr("typer.secho", lambda line, **_: lines.append(line))
        print_blocks(blocks)
    return "\n".join(lines)


def test_every_kind_of_block_is_tried() -> None:
    assert {type(block) for block in BLOCKS} == set(get_args(Block))


@pytest.mark.parametrize("write", [markdown, html, latex, printed])
def test_every_writer_writes_every_kind_of_block(write: Callable[[str, list[Block]], str]) -> None:
    text = write("The title", BLOCKS)
    found = [text.index(part) for part in TEXTS]
    assert found == sorted(found)
    assert all(part in text for part in ("The title", "The caption", "Callao", "And one more"))


@pytest.mark.parametrize(
    ("write", "dangerous", "safe"),
    [
        (markdown, "a|b <c>", r"a\|b \<c>"),
        (html, "<b>&", "&lt;b&gt;&amp;"),
        (latex, "50 % & more_", r"50 \% \& more\_"),
        (printed, "\x1b[31m", "\ufffd[31m"),
    ],
)
def test_texts_are_no_markup(write: Callable[[str, list[Block]], str], dangerous: str, safe: str) -> None:
    blocks = [Line(dangerous), Items([dangerous]), TextTable([dangerous], [[dangerous]], [False], dangerous)]
    text = write("", [Heading("h"), *blocks])
    assert safe in text
    assert dangerous not in text


def test_an_address_is_a_link_on_a_page_and_may_be_broken_in_latex() -> None:
    assert '<a rel="noreferrer" href="https://example.org/a_b">https://example.org/a_b</a>' in html("", BLOCKS)
    assert r"\url{https://example.org/a_b}" in latex("", BLOCKS)


def test_an_address_cannot_leave_its_link() -> None:
    assert '"onclick' not in elements([Line('https://example.org/"onclick="x/')])


def test_a_cell_keeps_its_indent_in_a_notebook() -> None:
    (table,) = (block for block in BLOCKS if isinstance(block, TextTable))
    assert '<td style="text-align:left;padding-left:3ch">Callao</td>' in table_element(table, inline=True)


@pytest.mark.parametrize(
    ("write", "cell"), [(markdown, "| \u2003Callao |"), (html, "<td>\u2003Callao</td>"), (latex, r"\quad Callao &")]
)
def test_a_cell_keeps_its_indent_in_a_file(write: Callable[[str, list[Block]], str], cell: str) -> None:
    assert cell in write("", BLOCKS)


def test_a_file_has_no_column_of_bars_and_its_heading_goes_to_the_figures() -> None:
    table = TextTable(["part", "", "gap"], [["air", "+1", "│██"]], [False, True, False], bars=2).without_bars
    assert (table.headings, table.rows, table.bars) == (("part", "gap"), [("air", "+1")], None)


def test_columns_without_a_figure_are_left_out_and_the_first_stays() -> None:
    table = TextTable(["a", "b", "c"], [["", "–", "1"]], [False, True, True], cut=(0, 2))
    shown = table.without_empty_columns(("", "–"))
    assert (shown.headings, shown.rows, shown.numbers, shown.cut) == (("a", "c"), [("", "1")], [False, True], [0, 1])


def test_a_negative_number_gets_a_minus_sign_and_a_text_keeps_its_hyphen() -> None:
    table = TextTable(["a", "b"], [["-1", "-1"], ["-", "-"]], [False, True])
    assert table.with_minus_signs.rows == [["-1", "−1"], ["-", "-"]]


@pytest.mark.parametrize(("mark", "writer"), [("<table", "html.py"), ("<th", "html.py"), ("---|", "markdown.py")])
def test_one_module_of_the_core_writes_tables_in_a_language(mark: str, writer: str) -> None:
    plugins = Path(__file__).parents[3] / "plugins"
    rooms = [CORE, *(plugins / f"indicia_{name}" for name in ("audit", "compare", "explain", "editions", "robustness"))]
    writers = [path for room in rooms for path in room.rglob("*.py") if mark in path.read_text(encoding="utf-8")]
    assert [path for path in writers if path.name != "report_files.py"] == [CORE / "documents" / writer]
