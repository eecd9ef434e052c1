"""Text files: their encodings, separators and headers."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from indicia.data.parse import header_separator, single_character, text_codec
from indicia.data.table_format import PLAIN, TableFormat
from indicia.errors import join_names
from indicia_recognition.cells import cell_class, year
from indicia_recognition.header import HeaderRows, recognise_header
from indicia_recognition.observation import Observation

if TYPE_CHECKING:
    from collections.abc import Sequence


_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ENOUGH = 0.7
"""The least share of frequent characters with which a text of an East Asian encoding is read."""
_WESTERN = (
    "éèàçêëîïôûùâœæÿÉÈÀÇÊÎÔÂ",  # French
    "äöüßÄÖÜ",
    "áíóúñéüÁÍÓÚÑÉ",  # Spanish
    "ãõáéíóúâêôçàÃÕÁÉÍÓÚÂÊÔÇÀ",  # Portuguese
    "àèéìòùÀÈÉÌÒÙ",  # Italian
    "åäöøæéüÅÄÖØÆÉÜ",  # the Nordic countries
)
_CENTRAL = (
    "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ",  # Polish
    "áčďéěíňóřšťúůýžÁČĎÉĚÍŇÓŘŠŤÚŮÝŽäĺľôŕ",  # Czech and Slovak
    "áéíóöőúüűÁÉÍÓÖŐÚÜŰ",  # Hungarian
    "ăâîşţĂÂÎŞŢ",  # Romanian
    "čćđšžČĆĐŠŽ",  # Croatian and Slovene
)
_TURKISH = ("çğıöşüÇĞİÖŞÜâîû",)
_BALTIC = (
    "ąčęėįšųūžĄČĘĖĮŠŲŪŽ",  # Lithuanian
    "āčēģīķļņšūžĀČĒĢĪĶĻŅŠŪŽ",  # Latvian
)
_CYRILLIC = ("абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЁІЇЄҐ",)
_GREEK = ("αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΆΈΉΊΌΎΏ",)
_SINGLE_BYTE = (
    ("cp1252", "Western European", _WESTERN),
    ("cp1250", "Central European", _CENTRAL),
    ("cp1251", "Cyrillic", _CYRILLIC),
    ("cp1253", "Greek", _GREEK),
    ("cp1254", "Turkish", _TURKISH),
    ("cp1257", "Baltic", _BALTIC),
    ("iso8859-2", "Central European", _CENTRAL),
    ("koi8-r", "Cyrillic", _CYRILLIC),
    ("mac_roman", "Western European, of a Macintosh", _WESTERN),
    ("cp850", "Western European, of DOS", _WESTERN),
)
"""The encodings of a byte for a character, with the letters of languages in them; the first wins a tie."""
_MIXED = 0.95
"""The weight of the letters of several languages, as in a list of countries, against those of a single language."""


@dataclass(frozen=True)
class Encoding:
    """An encoding, and a name of it for readers."""

    codec: str
    name: str
    rivals: tuple[str, ...] = ()
    """The encodings in which the text is another and as plausible."""


def recognise_encoding(content: bytes) -> Encoding | None:
    """Return the encoding of a text; None if no encoding fits.

    `content` may end within a character.

    >>> recognise_encoding("城市,人口".encode("gb18030")).codec, recognise_encoding("Perú".encode("latin-1")).codec
    ('gb18030', 'cp1252')
    """
    for mark, codec in _MARKS:
        if content.startswith(mark) and decodes(content, codec):
            return Encoding(codec, codec.upper())
    if wide := _without_mark(content):
        return wide
    if b"\0" not in content and decodes(content, "utf-8"):
        return Encoding("utf-8", "UTF-8")
    if _is_damaged_utf8(content):
        return None
    scores = {codec: score for codec, score in _east_asian(content).items() if decodes(content, codec)}
    if scores and max(scores.values()) >= _ENOUGH:
        codec = max(scores, key=lambda name: scores[name])
        return Encoding(codec, {"cp932": "Shift-JIS"}.get(codec, codec.upper()))
    return _single_byte(content)


def _is_damaged_utf8(content: bytes) -> bool:
    """Return True for UTF-8 with a few other bytes: nearly all bytes outside ASCII are in its sequences."""
    sequences = re.findall(rb"[\xc3-\xf4][\x80-\xbf]+", content)
    inside = sum(len(pair.decode("utf-8", "ignore").encode()) for pair in sequences)
    high = len(re.findall(rb"[\x80-\xff]", content))
    return len(sequences) > 3 and inside >= 0.8 * high


def decodes(content: bytes, codec: str) -> bool:
    """Return True if a text, perhaps without its end, can be decoded."""
    try:
        codecs.getincrementaldecoder(codec)().decode(content)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _without_mark(content: bytes) -> Encoding | None:
    """Return UTF-16 if every second byte of the Latin characters is zero."""
    pairs = len(content) // 2
    even, odd = content[0::2].count(0), content[1::2].count(0)
    for codec, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if zeros > pairs / 10 and others < zeros / 20 and decodes(content, codec):
            return Encoding(codec, codec.upper())
    return None


def _east_asian(content: bytes) -> dict[str, float]:
    """Return the share of frequent characters among the characters outside ASCII, by encoding."""
    high = len(re.findall(rb"[\x80-\xff]", content)) or 1
    runs = re.findall(rb"(?:[\x81-\xfe][\x40-\xfe])+", content)
    # a letter with an accent before one without is a pair, too; several characters rarely all end in such bytes
    runs = [run for run in runs if any(last >= 0x80 for last in run[1::2])]

    def share(pair: bytes) -> float:
        """Return the share of high bytes in pairs that match; pairs are counted from the start of each run."""
        pattern = re.compile(pair)
        count = 0
        for run in runs:
            for at in range(0, len(run), 2):
                if pattern.fullmatch(run, at, at + 2):
                    count += 1 + (run[at + 1] >= 0x80)
        return count / high

    korean = share(rb"[\xb0-\xc8][\xa1-\xfe]")
    kanji = rb"(?:\x82[\x4f-\xf1]|\x83[\x40-\x96]|[\x88-\x97][\x40-\xfc]|\x81[\x40-\x7e\x80-\xac])"
    # a pair alone may be a letter of a Western text and the next letter, but not beside a number
    words = re.findall(kanji + rb"{2,}|(?<=[0-9])" + kanji + rb"|" + kanji + rb"(?=[0-9])", content)
    return {
        "euc-kr": 1.05 * korean if korean >= 0.98 and high >= 20 else 0.0,
        "gb18030": share(rb"[\xb0-\xd7][\xa1-\xfe]|[\xa1-\xa3][\xa1-\xfe]"),
        "big5": share(rb"[\xa4-\xc6][\x40-\xfe]|[\xa1-\xa3][\x40-\xfe]"),
        "cp932": sum(len(re.findall(rb"[\x80-\xff]", word)) for word in words) / high,
    }


def _single_byte(content: bytes) -> Encoding | None:
    """Return the encoding of a byte for a character in which the letters are those of a language."""
    scores: dict[str, tuple[float, str]] = {}
    for codec, name, languages in _SINGLE_BYTE:
        try:
            text = content.decode(codec)
        except UnicodeDecodeError:
            continue
        scores[codec] = (_share_of_letters(text, languages), name)
    if not scores:
        return Encoding("latin-1", "latin-1, Western European") if b"\0" not in content else None
    codec = max(scores, key=lambda name: scores[name][0])
    best, name = scores[codec]
    text = content.decode(codec)
    rivals = tuple(other for other, (score, _) in scores.items() if score >= best and content.decode(other) != text)
    return Encoding(codec, f"{codec}, {name}", rivals)


def _share_of_letters(text: str, languages: tuple[str, ...]) -> float:
    """Return the share of letters of a language among the characters outside ASCII that stand beside letters."""
    own_alphabet = languages in (_CYRILLIC, _GREEK)
    places = [
        match.start()
        for match in re.finditer(r"[^\x00-\x7f]", text)
        if text[match.start() - 1 : match.start()].isalpha() or text[match.start() + 1 : match.start() + 2].isalpha()
    ]

    def fits(at: int) -> bool:
        before, letter, after = text[at - 1 : at], text[at], text[at + 1 : at + 2]
        if own_alphabet and any(other.isascii() and other.isalpha() for other in (before, after)):
            return False
        if letter in "ìòù" and after.isalpha():  # Italian words end in them; in Czech they stand anywhere
            return False
        return not (letter.isupper() and before.islower())

    letters = [text[at] if fits(at) else "" for at in places]
    if not letters:
        return 0.0
    shares = [sum(letter in language for letter in letters if letter) / len(letters) for language in languages]
    mixed = "".join(languages)
    return max(*shares, _MIXED * sum(letter in mixed for letter in letters if letter) / len(letters))


_SEPARATORS = (",", ";", "\t", "|", "~", "^", ":")
_SEPARATOR_NAMES = {" ": "blanks", "\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars |"}
_MOST_RECORDS = 2_000
_SEPARATOR_CELLS = 300
"""The cells by which a separator is judged."""
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
    observations: list[Observation] = []
    encoding = None
    if stated.encoding == PLAIN.encoding:
        encoding = recognise_encoding(head + _whole_lines(tail) if head.isascii() else head)
        if encoding is None:
            return stated, []
    elif not decodes(head, text_codec(stated.encoding, where)):
        return stated, []  # the reader refuses the encoding, and names one that fits
    codec = encoding.codec if encoding else stated.encoding
    first, last = _texts(head, tail, codec)
    if encoding and codec != PLAIN.encoding:
        observations.append(_encoding(encoding, first + last))
    mark = _SEP_LINE.match(first.partition("\n")[0])
    marked_by_excel = mark is not None and stated.separator is None and stated.skip_rows == 0
    separator = mark[1] if mark and marked_by_excel else stated.separator
    usual = "\t" if where.lower().endswith(".tsv") else None
    character = single_character(separator or _separator(first, usual), where)
    records = _records(first, character)
    ends = (_records(last, character) if tail else records)[-_LAST_RECORDS:]
    lines_before = stated.skip_rows
    if mark and marked_by_excel:
        observations.append(_mark_of_excel(mark[0].strip(), character))
        records, ends = records[1:], [record for record in ends if tail or record.first > 1]
        lines_before = 1
    rows, skipped = _rows_around(records, ends, stated)
    footer = ends[-rows.footer_rows :] if rows.footer_rows else []
    table_format = replace(
        stated,
        encoding=codec,
        separator=character if marked_by_excel else stated.separator,
        skip_rows=records[rows.skip_rows - 1].last if skipped else lines_before,
        header_rows=rows.header_rows,
        footer_rows=stated.footer_rows or (footer[-1].last - footer[0].first + 1 if footer else 0),
    )
    if separator is None:
        begin = sum(len(line.encode()) + 1 for line in first.split("\n")[: table_format.skip_rows])
        if character != (usual or header_separator(first.encode(), begin)):
            table_format = replace(table_format, separator=character)
            observations.append(_separator_observation(character))
    observations += _row_names(records, rows, has_quotes='"' in first)
    observations += [_in_lines(observation, table_format) for observation in rows.observations]
    return table_format, observations


def field_separator(head: bytes, table_format: TableFormat, where: str) -> str:
    """Return the character between the fields of a text, which its header shows if the format does not state it.

    >>> from indicia.data import TableFormat
    >>> field_separator(b"Rents\\ntown;rent\\nLima;3\\n", TableFormat(skip_rows=1), "rents.csv")
    ';'
    """
    if table_format.separator is not None:
        return single_character(table_format.separator, where)
    if where.lower().endswith(".tsv"):
        return "\t"
    lines = _decoded(head, table_format.encoding).split("\n")[table_format.skip_rows :]
    return header_separator("\n".join(lines).encode())


def _rows_around(records: Sequence[_Record], ends: Sequence[_Record], stated: TableFormat) -> tuple[HeaderRows, bool]:
    """Return the rows around the table in the records of a text, and True if rows with a content are skipped."""
    before = sum(record.last <= stated.skip_rows for record in records)
    rows = recognise_header(
        [record.fields for record in records[:_MOST_RECORDS]],
        [record.fields for record in ends],
        skip_rows=before or None,
        header_rows=stated.header_rows if stated.header_rows != 1 else None,
        footer_rows=stated.footer_rows or None,
    )
    skipped = any(field.strip() for record in records[before : rows.skip_rows] for field in record.fields)
    if not skipped:  # blank lines before the header need no word
        observations = tuple(one for one in rows.observations if one.rule != "preamble")
        rows = replace(rows, observations=observations)
    return rows, skipped


def _whole_lines(tail: bytes) -> bytes:
    """Return the tail of a file from its first complete line on, since the tail may begin within a character."""
    return tail[tail.find(b"\n") + 1 :]


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
    splits_all = set()
    for separator in (*([usual] if usual else []), *_SEPARATORS):
        records = [record.fields for record in _records(text, separator, _SEPARATOR_RECORDS) if record.fields]
        widths = Counter(len(fields) for fields in records)
        width, count = max(widths.items(), key=lambda pair: (pair[1] * (pair[0] > 1), pair[0]), default=(0, 0))
        if width < 2:
            continue
        if count == len(records):
            splits_all.add(separator)
        cells = [cell for fields in records[:60] if len(fields) == width for cell in fields if cell.strip()]
        cells = cells[:_SEPARATOR_CELLS]
        numbers = sum(cell_class(cell) == "number" for cell in cells) / max(1, len(cells))
        first = next(fields for fields in records if len(fields) == width)
        has_header = not any(cell_class(cell) == "number" and year(cell) is None for cell in first)
        # a colon stands in times and notes, and a comma in numbers, but not in the header
        likelihood = (0.8 if separator == ":" else 0.95 if separator in "~^" else 1) * (1 if has_header else 0.7)
        scores[separator] = (count / len(records)) * (1 + numbers) * likelihood, width
    if splits_all and ":" not in splits_all:
        scores.pop(":", None)  # it stands in times below a header that has none
    if not scores and _are_separated_by_blanks(text):
        return " "
    fallback = usual or header_separator(text.encode())
    return max(scores, key=lambda separator: scores[separator]) if scores else fallback


def _are_separated_by_blanks(text: str) -> bool:
    """Return True if each row has as many fields as the header, or one more, with a single blank between them."""
    header, *rows = [record.fields for record in _records(text, " ")[:_SEPARATOR_RECORDS] if record.fields] or [[]]
    widths = {len(fields) for fields in rows}
    if len(rows) < 3 or len(widths) > 1 or not widths <= {len(header), len(header) + 1} or len(header) < 2:
        return False
    cells = [cell for fields in rows for cell in fields]
    return all(cells) and sum(cell_class(cell) == "number" for cell in cells) >= len(cells) / 3


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
    word = {"\t": "tab", " ": "space"}.get(separator, separator)
    name = _SEPARATOR_NAMES.get(separator, f'"{separator}"')
    return Observation(
        "separator",
        (),
        f"the fields are separated by {name}",
        "format",
        f"separator = \"{word}\" in [data] (--set 'data.separator={word}')",
    )


def _row_names(records: Sequence[_Record], rows: HeaderRows, *, has_quotes: bool) -> list[Observation]:
    """Return an observation if every row has one field more than the header."""
    body = rows.skip_rows + rows.header_rows
    names = records[body - 1].fields if body <= len(records) else []
    first = [record.fields for record in records[body : body + 20] if record.fields]
    if len(first) < 3 or len(names) < 2 or any(len(fields) != len(names) + 1 or not fields[-1] for fields in first):
        return []
    example = first[0][0][:40]
    observations = [
        Observation(
            "row_names",
            (),
            "the rows have one field more than the header, so that the first column, "
            f'with "{example}", is named column_0',
            "format",
            "write another name for it in the header",
        )
    ]
    if not has_quotes and _may_be_cut(first, names):  # R writes names in quotes
        pair = ",".join(first[0][-2:])
        observations.append(
            Observation(
                "row_names",
                tuple(names[-2:]),
                f'{join_names(names[-2:])} may be the two parts of a number with a decimal comma, such as "{pair}", as '
                "commas separate the fields as well",
                "question",
                "save the table with semicolons between the fields if it is one",
            )
        )
    return observations


def _may_be_cut(rows: Sequence[Sequence[str]], names: Sequence[str]) -> bool:
    """Return True if decimal commas may have cut numbers: all are whole, and the last has few digits everywhere."""
    ends = {len(fields[-1]) for fields in rows}
    are_whole = all(cell.strip().lstrip("-").isdigit() for fields in rows for cell in fields[-2:])
    no_points = not any("." in cell for fields in rows for cell in fields[1:])
    return len(names) < len(rows[0]) and are_whole and no_points and len(ends) == 1 and max(ends) <= 2


def _mark_of_excel(line: str, separator: str) -> Observation:
    return Observation(
        "separator",
        (),
        f'the first line is a mark of Excel, "{line}", and is skipped',
        "format",
        f'separator = "{separator}" and skip_rows = 1 in [data] (--set data.skip_rows=1)',
    )


def _in_lines(observation: Observation, table_format: TableFormat) -> Observation:
    """Return an observation whose remedy counts lines, since a field of a skipped row may have a line break."""
    remedy = observation.remedy
    for word in ("skip_rows", "footer_rows"):
        if observation.rule in ("preamble", "footer"):
            remedy = re.sub(rf"({word}\s?=\s?)[1-9]\d*", rf"\g<1>{getattr(table_format, word)}", remedy)
    return replace(observation, remedy=remedy)
