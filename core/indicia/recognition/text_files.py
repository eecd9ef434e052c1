"""The format of a text file: its encoding, its separator, and the rows around its table."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from indicia.data.parse import header_separator
from indicia.data.table_format import PLAIN
from indicia.recognition.cells import cell_class
from indicia.recognition.encodings import decodes, recognise_encoding
from indicia.recognition.header import recognise_header
from indicia.recognition.observation import Observation

if TYPE_CHECKING:
    from indicia.data.table_format import TableFormat
    from indicia.recognition.encodings import Encoding

_SEPARATORS = (",", ";", "\t", "|", "~", "^", ":")
_SEPARATOR_NAMES = {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars |"}
_MOST_RECORDS = 2_000
_SEPARATOR_RECORDS = 200
"""The records that are split by each separator."""
_LAST_RECORDS = 200
_SEP_LINE = re.compile(r"sep=(.)\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class _Record:
    """The fields of a record, with its first and last line."""

    fields: list[str]
    first: int
    last: int


def recognise_text(head: bytes, tail: bytes, stated: TableFormat, where: str) -> tuple[TableFormat, list[Observation]]:
    """Return the format of a text file, and the observations that it rests on.

    `head` and `tail` are the sample of the file, as `data.file_sample` returns it. Words that are `stated`, other than
    the default, stay; `where` is the path of the file, whose ending .tsv stands for tabs.

    >>> from indicia.data import TableFormat
    >>> content = "Rents in euros\\n\\nStadt|Miete\\nKöln|12\\nTrier|9\\n".encode("latin-1")
    >>> format, observations = recognise_text(content, b"", TableFormat(), "rents.csv")
    >>> format.encoding, format.skip_rows
    ('cp1252', 2)
    >>> print(observations[0])
    the text is read as cp1252, Western European: "Köln"; encoding = "cp1252" in [data] (--encoding cp1252)
    """
    recognised = stated
    observations: list[Observation] = []
    if stated.encoding == PLAIN.encoding:
        encoding = recognise_encoding(head + tail) if _joins(head, tail) else recognise_encoding(head)
        if encoding is None:
            return stated, []
        if encoding.codec != "utf-8":
            recognised = replace(recognised, encoding=encoding.codec)
    elif decodes(head, stated.encoding):
        encoding = None
    else:
        return stated, []  # the reader refuses the encoding, and names one that fits
    first, last = _texts(head, tail, recognised.encoding)
    if encoding and encoding.codec != "utf-8":
        observations.append(_encoding(encoding, first + last))
    start = 0
    separator = stated.separator
    if separator is None and stated.skip_rows == 0 and (line := _SEP_LINE.match(first.partition("\n")[0])):
        separator, start = line[1], 1
        observations.append(
            Observation(
                "separator",
                (),
                f'the first line is a mark of Excel, "{line[0].strip()}", and is skipped',
                "format",
                f'separator = "{line[1]}" and skip_rows = 1 in [data] (--set data.skip_rows=1)',
            )
        )
        recognised = replace(recognised, separator=separator)
    usual = "\t" if where.lower().endswith(".tsv") else None
    chosen = separator or _separator(first, usual)
    records = _records(first, chosen, 0)[:_MOST_RECORDS]
    if tail:
        ends = _records(last, chosen, 0)[-_LAST_RECORDS:]
    else:
        ends = records[-_LAST_RECORDS:] if len(records) < _MOST_RECORDS else _records(first, chosen, 0)[-_LAST_RECORDS:]
    rows = recognise_header(
        [record.fields for record in records[start:]],
        [record.fields for record in (ends if tail or start == 0 else [one for one in ends if one.first > start])],
        skip_rows=stated.skip_rows - start if stated.skip_rows else None,
        header_rows=stated.header_rows if stated.header_rows != 1 else None,
        footer_rows=stated.footer_rows or None,
    )
    before = records[: start + rows.skip_rows]
    skipped = [record for record in before[start:] if any(field.strip() for field in record.fields)]
    lines_before = before[-1].last if skipped or start else 0
    lines_after = ends[-1].last - ends[-rows.footer_rows].first + 1 if rows.footer_rows and ends else 0
    if stated.skip_rows == 0:
        recognised = replace(recognised, skip_rows=lines_before)
    if stated.footer_rows == 0:
        recognised = replace(recognised, footer_rows=lines_after)
    recognised = replace(recognised, header_rows=rows.header_rows)
    if separator is None:
        begin = sum(len(line.encode()) for line in first.splitlines(keepends=True)[: recognised.skip_rows])
        if chosen != (usual or header_separator(first.encode(), begin)):
            recognised = replace(recognised, separator=chosen)
            observations.append(_separator_observation(chosen))
    names = records[min(start + rows.skip_rows + rows.header_rows, len(records)) - 1].fields if records else []
    body = [record.fields for record in records[start + rows.skip_rows + rows.header_rows :][:20] if record.fields]
    if len(body) > 2 and len(names) > 1 and all(len(fields) == len(names) + 1 and fields[-1] for fields in body):
        observations.append(_row_names(body[0][0]))
    for observation in rows.observations:
        if observation.rule == "preamble" and not skipped:
            continue
        observations.append(_in_lines(observation, recognised))
    return recognised, observations


def _joins(head: bytes, tail: bytes) -> bool:
    """Return True if the tail can be judged with the head: a text of one byte for a character, or no tail."""
    return not tail or (b"\0" not in head[:1000] and head.isascii())


def _texts(head: bytes, tail: bytes, encoding: str) -> tuple[str, str]:
    """Return the complete lines of the head and of the tail."""
    first = _decoded(head, encoding)
    if not tail:
        return first, ""
    first = first[: first.rfind("\n") + 1] or first
    if encoding == "utf-16":
        big = head.startswith(codecs.BOM_UTF16_BE)
        encoding = "utf-16-be" if big else "utf-16-le"
    last = _decoded(tail, encoding, errors="replace")
    last = last[last.find("\n") + 1 :]
    if last.count('"') % 2:  # the tail begins inside a quoted field
        last = last[last.find("\n", last.find('"')) + 1 :]
    return first, last


def _decoded(content: bytes, encoding: str, errors: str = "strict") -> str:
    text = codecs.getincrementaldecoder(encoding)(errors).decode(content).removeprefix("\ufeff")
    text = text.replace("\r\n", "\n")
    return text if "\n" in text else text.replace("\r", "\n")


def _records(text: str, separator: str, most: int = 0) -> list[_Record]:
    """Return the records of a text; a quotation mark that is not closed ends them."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    records: list[_Record] = []
    last = 0
    try:
        for fields in reader:
            records.append(_Record(fields, last + 1, reader.line_num))
            last = reader.line_num
            if most and len(records) == most:
                break
    except csv.Error:
        pass
    return records


def _separator(text: str, usual: str | None) -> str:
    """Return the separator that gives most records the same number of fields, and most fields a number."""
    scores = {}
    for separator in (*([usual] if usual else []), *_SEPARATORS):
        records = [record.fields for record in _records(text, separator, _SEPARATOR_RECORDS) if record.fields]
        widths = Counter(len(fields) for fields in records)
        width, count = max(widths.items(), key=lambda pair: (pair[1] * (pair[0] > 1), pair[0]), default=(0, 0))
        if width < 2:
            continue
        cells = [cell for fields in records[:60] if len(fields) == width for cell in fields if cell.strip()]
        numbers = sum(cell_class(cell) == "number" for cell in cells) / max(1, len(cells))
        # a colon stands in times and notes, and a separator of few columns in texts
        scores[separator] = (count / len(records)) * (1 + numbers) * (1 if separator in ",;\t|" else 0.8), width
    fallback = usual or header_separator(text.encode())
    return max(scores, key=lambda separator: scores[separator]) if scores else fallback


def _encoding(encoding: Encoding, text: str) -> Observation:
    word = re.search(r"[^\W\d_]*[^\x00-\x7f][^\W\d_]*", text)
    example = f': "{word[0][:40]}"' if word and word[0].strip() else ""
    rivals = f", which could be {' or '.join(encoding.rivals)} as well" if encoding.rivals and example else ""
    return Observation(
        "encoding",
        (),
        f"the text is read as {encoding.name}{example}{rivals}",
        "format",
        f'encoding = "{encoding.codec}" in [data] (--encoding {encoding.codec})',
    )


def _separator_observation(separator: str) -> Observation:
    word = "tab" if separator == "\t" else separator
    name = _SEPARATOR_NAMES.get(separator, f'"{separator}"')
    return Observation(
        "separator",
        (),
        f"the fields are separated by {name}",
        "format",
        f"separator = \"{word}\" in [data] (--set 'data.separator={word}')",
    )


def _row_names(example: str) -> Observation:
    return Observation(
        "row_names",
        (),
        f'the rows have one field more than the header, so that the first column, with "{example[:40]}", has no name',
        "format",
        "write a name for it in the header",
    )


def _in_lines(observation: Observation, recognised: TableFormat) -> Observation:
    """Return an observation whose remedy counts lines, since a field of a skipped row may have a line break."""
    remedy = observation.remedy
    for word in ("skip_rows", "footer_rows"):
        if observation.rule in ("preamble", "footer"):
            remedy = re.sub(rf"({word}\s?=\s?)[1-9]\d*", rf"\g<1>{getattr(recognised, word)}", remedy)
    return replace(observation, remedy=remedy)
