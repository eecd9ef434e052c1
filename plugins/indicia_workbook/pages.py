"""The sheets of ranking, weights, statistics and changed cells, whose rows are not the rows of the data."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np

from indicia.definition import ROOT, Leaf, text
from indicia_workbook.bands import band_name
from indicia_workbook.printing import set_up_page
from indicia_workbook.rows import NOTES, Rows, heading_height, width
from indicia_workbook.sheets import FIRST
from indicia_workbook.styles import BAR, SCALE, number_format
from indicia_workbook.text import letters_of, sheet_sentence, word

if TYPE_CHECKING:
    import polars as pl

ROWS = 1_048_576
"""The most rows of a sheet."""
_RANKS = 4
"""The columns of the ranking before those that name a unit: place, rank, former rank, change."""
_CHANGE = '"▲ "General;"▼ "General;"–"'
"""The format of a change of rank."""
_BARS = 20
"""The most bars of the chart."""


class Pages(Rows):
    """Writes all sheets but the guide."""

    def has(self, key: str) -> bool:
        """Return whether a sheet has contents."""
        if key in ("guide", "weights"):
            return True
        publishes = self.contents.result.definition.publishes_raw_values
        if key in ("ranking", "chart"):
            return self.contents.place is not None
        if key == "statistics":
            return bool(self.layout.statistics)
        if key == "changes":
            return len(self.cells) > 0 and publishes
        if key == "attributes":
            return len(self.contents.result.attributes) > 0 and publishes
        if key == "aggregates":
            return len(self.contents.result.aggregates) > 0
        return bool(self.layout.entries.get(key))

    def fill(self, key: str, sheet: Any) -> None:
        """Write a sheet."""
        if key == "guide":
            return
        sheet.hide_gridlines(2)
        sheet.set_zoom(90)
        sheet.set_row(0, 24)
        self.string(
            sheet, 0, 0, f"{text(self.contents.result.definition.name, self.language)} · {self.names[key]}", "title"
        )
        description = "level" if key.startswith("level") else key
        description = "ranking" if key == "level 0" else "index" if key == "ranking" else description
        sentence = sheet_sentence(description, self.contents.result.definition.methodology, self.language)
        self.string(sheet, 1, 0, sentence, "says")
        pages = {
            "weights": self._weights,
            "statistics": self._statistics,
            "changes": self._changes,
            "attributes": lambda sheet: self._list(sheet, self.contents.result.attributes.head(ROWS - FIRST)),
            "aggregates": self._aggregates,
            "ranking": self._ranking,
            "chart": self._chart,
        }
        if key in pages:
            pages[key](sheet)
        else:
            self.rows(key, sheet)
        self._set_up(key, sheet)

    def _set_up(self, key: str, sheet: Any) -> None:
        """Set up a sheet for paper; each page repeats the headings and the columns that name a row."""
        title = text(self.contents.result.definition.name, self.language)
        if key == "chart":
            set_up_page(sheet, title, self.language)
            return
        names = {"weights": 2, "statistics": 2, "changes": 1, "attributes": 1, "aggregates": 1}
        repeated = names.get(key, len(self.unit_columns) + _RANKS * (key == "ranking"))
        set_up_page(sheet, title, self.language, heading=FIRST - 2, repeated=repeated)

    def _weights(self, sheet: Any) -> None:
        contents, language = self.contents, self.language
        keys = ("parent", "part", "id", "kind", "weight", "within", "effective", "as_computed")
        grouped = any(row.group for row in contents.weights)
        self.heading(sheet, FIRST - 2, [word(key, language) for key in keys] + ([word("group", language)] * grouped))
        sheet.set_row(FIRST - 2, 32)
        for place, wide in enumerate((34, 40, 24, 12, 12, 14, 12, 16, 16)):
            sheet.set_column(place, place, wide)
        entered, computed, fixed = (self.styles.number(kind, "0.0000") for kind in ("input", "formula", "plain"))
        for weight in contents.weights:
            row = weight.row - 1
            top = "first" if weight.siblings[0] == weight.row else "unit"
            parent = word("index", language) if weight.parent == ROOT else contents.name_of(weight.parent)
            self.string(sheet, row, 0, parent, top)
            self.string(sheet, row, 1, contents.name_of(weight.part.id), top)
            self.string(sheet, row, 2, weight.part.id, top)
            self.string(
                sheet, row, 3, word("indicator" if isinstance(weight.part, Leaf) else "dimension", language), top
            )
            sheet.write_number(row, 4, weight.entered, entered)
            first, last = weight.siblings
            scaled = f"/SUM($E${first}:$E${last})" if weight.scaled else ""
            sheet.write_formula(row, 5, f"=$E{weight.row}{scaled}", computed, weight.within)
            products = [
                f"$F{own}" if parent_row is None else f"$F{own}*$G${parent_row}" for own, parent_row in weight.paths
            ]
            sheet.write_formula(row, 6, f"={'+'.join(products) or 0}", computed, weight.effective)
            sheet.write_number(row, 7, weight.effective, fixed)
            if weight.group:
                self.string(sheet, row, 8, " ".join(map(str, weight.group)), top)
        sheet.data_validation(
            FIRST - 1, 4, contents.weights[-1].row - 1, 4, {"validate": "decimal", "criteria": ">=", "value": 0}
        )
        sheet.conditional_format(FIRST - 1, 6, contents.weights[-1].row - 1, 6, BAR)
        sheet.freeze_panes(FIRST - 1, 2)

    def _statistics(self, sheet: Any) -> None:
        layout = self.layout
        self.heading(sheet, FIRST - 2, [word("of", self.language), word("group", self.language), *layout.kinds])
        sheet.set_row(FIRST - 2, 32)
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 1, 16)
        sheet.set_column(2, 1 + len(layout.kinds), 15)
        for statistic in layout.statistics:
            place = list(layout.kinds).index(statistic.kind) + 2
            for at, (formula, value) in enumerate(zip(statistic.texts, statistic.values, strict=True)):
                row = statistic.row - 1 + at
                self.string(sheet, row, 0, statistic.subject, "unit")
                self.string(sheet, row, 1, " ".join(map(str, statistic.labels[at])), "unit")
                style = self.styles.number("input" if formula is None else "formula", number_format(np.array([value])))
                if formula is None:
                    sheet.write_number(row, place, value, style)
                elif statistic.array:
                    sheet.write_array_formula(row, place, row, place, "{=" + formula + "}", style, value)
                else:
                    sheet.write_formula(row, place, "=" + formula, style, value)
        sheet.freeze_panes(FIRST - 1, 1)

    def _changes(self, sheet: Any) -> None:
        cells = self.cells.head(ROWS - FIRST)
        self.string(sheet, 2, 0, word("more_notes", self.language, n=NOTES) if len(cells) > NOTES else "", "says")
        self._list(sheet, cells)

    def _list(self, sheet: Any, frame: pl.DataFrame) -> None:
        """Write a frame as a list that can be filtered."""
        keys = frame.columns[: frame.columns.index("indicator")]
        headings = [name if name in keys else word(name, self.language) for name in frame.columns]
        self.heading(sheet, FIRST - 2, headings)
        for place, column in enumerate(frame):
            sheet.set_column(place, place, 40 if column.name == "why" else 22)
            for row, value in enumerate(column.to_list()):
                self.any(sheet, FIRST - 1 + row, place, value, "unit")
        sheet.autofilter(FIRST - 2, 0, FIRST - 2 + len(frame), frame.width - 1)
        sheet.freeze_panes(FIRST - 1, 1)

    def _aggregates(self, sheet: Any) -> None:
        result = self.contents.result
        frame = result.aggregates.drop("aggregate")
        parts = {node.id for node in result.scored.tree.nodes()} - {ROOT}
        headings = [self.contents.name_of(name) if name in parts else name for name in frame.columns]
        words = {key: word(key, self.language) for key in ("score", "members", "coverage")}
        words["name"] = word("aggregates", self.language)
        self.heading(sheet, FIRST - 2, [words.get(heading, heading) for heading in headings])
        sheet.set_row(FIRST - 2, 32)
        for place, column in enumerate(frame):
            sheet.set_column(place, place, 30 if column.name == "name" else 16)
            for row, value in enumerate(column.to_list()):
                self.any(sheet, FIRST - 1 + row, place, value, "unit")
        sheet.freeze_panes(FIRST - 1, 1)

    def _ranking(self, sheet: Any) -> None:
        """Write the sorted ranking: formulas look up the unit at each place."""
        layout, language, scored = self.layout, self.language, self.contents.result.scored
        rows, index = layout.rows, self.names["level 0"]
        place_of, rank = self.contents.place, self.contents.ranks["rank"]
        assert place_of is not None
        order, ranks = np.argsort(self.contents.values(place_of)), self.contents.values(rank)
        former = self.contents.former
        assert former is not None
        headings = [word("place", language), word("rank", language), former.title, word("change", language)]
        headings += [name for name, _ in self.unit_columns]
        parts = [part.id for part in scored.tree.parts if part.id in self.contents.scores]
        columns = [self.contents.scores[ROOT], *(self.contents.scores[part] for part in parts)]
        bands = self.contents.result.definition.bands
        headings += [word("score", language), *(self.contents.name_of(part) for part in parts)]
        if self.contents.share is not None:
            columns.append(self.contents.share)
            headings.append(word("imputed_share", language))
        headings += [text(bands[name].name, language, name) for name in self.contents.bands]
        self.heading(sheet, FIRST - 2, headings)
        self.string(sheet, 2, 0, self._former_sentence(), "says")
        sheet.set_row(FIRST - 2, heading_height(headings, least=48))
        sheet.set_column(0, 1, 8)
        sheet.set_column(2, 2, 12)
        sheet.set_column(3, 3, 8)
        for at, (_, column) in enumerate(self.unit_columns):
            longest = max((width(str(value)) for value in column.unique().to_list()), default=0)
            sheet.set_column(_RANKS + at, _RANKS + at, min(max(longest + 2, 8), 30))
        start = _RANKS + len(self.unit_columns)
        sheet.set_column(start, start + len(columns) + len(bands), 14)
        lookup = f"MATCH($A{{row}},{place_of.all},0)"
        plain, unit = self.styles.number("place", "0"), self.styles["unit"]
        form = "0.0" if self.contents.result.definition.methodology.ties == "average" else "0"
        style_rank = self.styles.number("place", form)
        formers = self.contents.values(former)
        style_former = self.styles.number("place", "0" if not (formers % 1 > 0).any() else "0.0")
        values = {column: self.contents.values(column) for column in (*columns, *self.contents.bands.values())}
        styles = [self.styles.number("formula", self.form(column, values[column])) for column in columns]
        for at, source in enumerate(order.tolist()):
            row = FIRST - 1 + at
            match = lookup.replace("{row}", str(row + 1))
            sheet.write_number(row, 0, at + 1, plain)
            _write_match(sheet, row, 1, rank.all, match, style_rank, ranks[source])
            _write_match(sheet, row, 2, former.all, match, style_former, formers[source])
            self._write_change(sheet, row, formers[source], ranks[source])
            for place, (_, column) in enumerate(self.unit_columns, _RANKS):
                letters = letters_of(place - _RANKS)
                area = f"'{index}'!${letters}${FIRST}:${letters}${FIRST + rows - 1}"
                value = column[source]
                cached = value.toordinal() - 693594 if isinstance(value, dt.date) else value
                style = self.styles["date"] if isinstance(value, dt.date) else unit
                sheet.write_formula(row, place, f"=INDEX({area},{match})", style, "" if cached is None else cached)
            for place, (scores, style) in enumerate(zip(columns, styles, strict=True), start):
                _write_match(sheet, row, place, scores.all, match, style, values[scores][source])
            for place, (name, numbers) in enumerate(self.contents.bands.items(), start + len(columns)):
                self._write_band(sheet, row, place, name, f"INDEX({numbers.all},{match})", values[numbers][source])
        last = FIRST + rows - 2
        sheet.conditional_format(FIRST - 1, start, last, start, BAR)
        for place in range(start + 1, start + 1 + len(parts)):
            sheet.conditional_format(FIRST - 1, place, last, place, SCALE)
        sheet.freeze_panes(FIRST - 1, start)

    def _former_sentence(self) -> str:
        """Return the name of the publication whose ranks stand beside the live ranks."""
        result = self.contents.result
        if result.published_ranks is None or result.definition.reference is None:
            return word("computed_ranks", self.language)
        name = text(result.definition.reference.name, self.language) or word("published_index", self.language)
        return word("published_ranks", self.language, name=name)

    def _write_change(self, sheet: Any, row: int, former: float, rank: float) -> None:
        """Write the number of places that a unit has gained, by the formula of its two ranks."""
        first, second = "CB" if self.contents.result.definition.methodology.rank_from == "best" else "BC"
        sign = 1 if first == "C" else -1
        value = sign * (former - rank)
        formula = f'=IF(OR(B{row + 1}="",C{row + 1}=""),"",{first}{row + 1}-{second}{row + 1})'
        sheet.write_formula(row, 3, formula, self.styles.number("place", _CHANGE), "" if value != value else value)

    def _chart(self, sheet: Any) -> None:
        """Write a bar chart of the scores of the first units; the ranking beside it sorts itself."""
        scored, period = self.contents.result.scored, self.contents.result.definition.data.period
        first, count, title = FIRST - 1, min(_BARS, self.layout.rows), ""
        if period:  # the ranking lists the periods one after another, the last one at the end
            last = scored.units[period].max()
            of_last = int((scored.units[period] == last).sum())
            first, count = first + self.layout.rows - of_last, min(_BARS, of_last)
            title = word("first_units_of", self.language, n=count, period=last)
        title = title or word("first_units", self.language, n=count)
        name = _RANKS + (len(self.unit_columns) > 1 and self.unit_columns[1][0] == word("label", self.language))
        score = _RANKS + len(self.unit_columns)
        ranking, rows = self.names["ranking"], (first, first + count - 1)
        chart = self.book.add_chart({"type": "bar"})
        scores = self.contents.values(self.contents.scores[ROOT])
        form = self.form(self.contents.scores[ROOT], scores)
        chart.add_series(
            {
                "name": word("score", self.language),
                "categories": [ranking, rows[0], name, rows[1], name],
                "values": [ranking, rows[0], score, rows[1], score],
                "fill": {"color": BAR["bar_color"]},
                "gap": 35,
                "data_labels": {"value": True, "num_format": form, "font": {"size": 9}},
            }
        )
        chart.set_title({"name": title, "name_font": {"size": 13, "bold": True}, "overlay": False})
        chart.set_legend({"none": True})
        names = {"reverse": True, "crossing": "max", "num_font": {"size": 9}, "major_tick_mark": "none"}
        chart.set_y_axis(names)  # the first unit on top, and the scale below
        grid = {"visible": True, "line": {"color": "#D5DBE1"}}
        scale = {"num_format": "General", "num_font": {"size": 9}, "major_gridlines": grid}
        chart.set_x_axis(scale if np.nanmin(scores, initial=0) < 0 else {**scale, "min": 0})
        chart.set_size({"width": 760, "height": 120 + 26 * count})
        sheet.set_column(0, 7, 14)
        sheet.insert_chart(3, 0, chart, {"description": title})

    def _write_band(self, sheet: Any, row: int, place: int, name: str, number: str, value: float) -> None:
        """Write the name of a unit's band, by the formula of its number."""
        bands = self.contents.result.definition.bands[name]
        shown: object = "" if value != value else value
        if value == value and band_name(self.contents, name, number) != number:
            shown = bands.labels(self.language)[int(value) - 1]
        formula = f'=IF({number}="","",{band_name(self.contents, name, number)})'
        sheet.write_formula(row, place, formula, self.styles["unit"], shown)


def _write_match(sheet: Any, row: int, place: int, area: str, lookup: str, style: Any, value: float) -> None:
    inner = f"INDEX({area},{lookup})"
    sheet.write_formula(row, place, f'=IF({inner}="","",{inner})', style, "" if value != value else value)
