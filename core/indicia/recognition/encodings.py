"""The encoding of a text, judged by its bytes."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

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
