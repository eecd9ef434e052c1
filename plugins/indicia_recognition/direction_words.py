"""The direction that the name of an indicator tells, by a vocabulary of words for goods and harms."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Literal

from indicia.errors import DefinitionError, suggest
from indicia_recognition.words import read_words, simplified, without_accents

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

ProposedDirection = Literal["benefit", "cost", "unclear"]

MEANINGS = (
    "good",
    "harm",
    "shortfall",
    "opposite",
    "decrease",
    "remedy",
    "doubtful",
    "doubtful_with_harm",
    "scale",
    "order",
    "neutral",
    "per",
    "ignored",
    "benefit_note",
    "cost_note",
)
"""The meanings of words in the vocabulary that decide a direction."""
_WITH_DIRECTION = frozenset({"good", "harm", "shortfall"})
_SIZE_MEANINGS = ("amount", "relative")
_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^][]*)\]|（([^（）]*)）|【([^【】]*)】")
_TOKEN = re.compile(r"\*?[^\W\d_\u3400-\u9fff]+\*?|[\u3400-\u9fff]|\d+")
_ACRONYM = re.compile(r"([A-Z]{2,})([a-z]+)")
_SCALE_ENDS = re.compile(r"best|worst|最好|最优|最差|(?:(?<=[\s(=])-(?=\d))?\d+(?:\.\d+)?")
_LINKS = {"that", "which", "is", "are", "safely"}
"""Words between a harm and its remedy: "waste that is recycled"; other words part them."""
_PREPOSITION = re.compile(
    "of|from|against|for|to|in|on|the|de|des|du|d|la|le|les|l|del|los|las|el|da|do|dos|das|di|della|dei|delle|dell|"
    "der|die|den|dem|von|gegen|vor"
)
"""The words between a remedy and its harm begin with one of these: "control of violent crime"."""
_BREAK = "\u200b"
"""Parts the words of camel case; a quotation leaves it out."""
_JOINED_LENGTH = 7
"""The least length of a phrase that is also recognised without spaces: "lifeexpectancy"."""


@dataclass(frozen=True)
class NameReading:
    """The direction that a name tells, and the words that tell it."""

    direction: ProposedDirection
    reason: str
    settled: bool
    """True if correlations are not asked."""
    kind: Literal["words", "silent", "order", "note"] = "words"
    """Words of the vocabulary, no word, a place in an order, or a note on the scale."""


@dataclass(frozen=True)
class _Match:
    """A phrase of the vocabulary in a name: its tokens are those from `start` to before `end`."""

    start: int
    end: int
    phrase: str
    meanings: frozenset[str]


@dataclass(frozen=True)
class _Name:
    """The tokens of a name, and its text."""

    tokens: Sequence[str]
    spans: Sequence[tuple[int, int]]
    text: str

    def between(self, first: _Match, second: _Match) -> str:
        """Return the text between two phrases."""
        return self.text[self.spans[first.end - 1][1] : self.spans[second.start][0]]

    def quote(self, match: _Match) -> str:
        """Return the words of a phrase as the name has them, in quotation marks."""
        return f'"{self.text[self.spans[match.start][0] : self.spans[match.end - 1][1]].replace(_BREAK, "")}"'


@dataclass(frozen=True)
class Vocabulary:
    """Phrases with their meanings, as lists of tokens."""

    phrases: Mapping[tuple[str, ...], frozenset[str]]
    sizes: Mapping[tuple[str, ...], frozenset[str]]
    """The phrases for amounts and for ratios."""

    @cached_property
    def _starts(self) -> Mapping[str, Sequence[tuple[str, ...]]]:
        """The phrases without "*", by their first token."""
        starts = defaultdict(list)
        for phrase in {**self.phrases, **self.sizes}:
            if not any("*" in token for token in phrase):
                starts[phrase[0]].append(phrase)
        return starts

    @cached_property
    def _joined(self) -> Mapping[str, tuple[str, ...]]:
        """The phrases of several words, by their letters without spaces."""
        joined = {"".join(phrase): phrase for phrase in self.phrases if len(phrase) > 1 and phrase[0].isascii()}
        return {letters: phrase for letters, phrase in joined.items() if len(letters) >= _JOINED_LENGTH}

    @cached_property
    def _patterns(self) -> Sequence[tuple[tuple[str, ...], Sequence[re.Pattern[str]]]]:
        """The phrases with "*", with an expression for each token."""
        starred = [phrase for phrase in {**self.phrases, **self.sizes} if any("*" in token for token in phrase)]
        return [(phrase, [re.compile(re.escape(t).replace(r"\*", ".*")) for t in phrase]) for phrase in starred]

    @cached_property
    def _pattern_starts(self) -> re.Pattern[str]:
        """The first tokens of all phrases with "*" in one expression, so that most tokens are compared once."""
        return re.compile("|".join(sorted({patterns[0].pattern for _, patterns in self._patterns})))

    def knows(self, token: str) -> bool:
        """Return True if a phrase begins with the token."""
        return token in self._starts

    def matches(self, tokens: Sequence[str], *, sizes: bool = False) -> list[_Match]:
        """Return the phrases in a name from left to right; of phrases that overlap, the longest."""
        meanings = self.sizes if sizes else self.phrases
        found = sorted(
            self._candidates(tokens, meanings),
            key=lambda m: (m.start - m.end, "*" in m.phrase, -len(m.phrase), m.start),
        )
        taken: set[int] = set()
        chosen = []
        for match in found:
            if taken.isdisjoint(range(match.start, match.end)):
                taken.update(range(match.start, match.end))
                chosen.append(match)
        return sorted(chosen, key=lambda match: match.start)

    def _candidates(
        self, tokens: Sequence[str], meanings: Mapping[tuple[str, ...], frozenset[str]]
    ) -> Iterator[_Match]:
        for start, token in enumerate(tokens):
            for phrase in self._starts.get(token, ()):
                end = start + len(phrase)
                if phrase in meanings and tuple(tokens[start:end]) == phrase:
                    yield _Match(start, end, " ".join(phrase), meanings[phrase])
            if token in self._joined and self._joined[token] in meanings:
                yield _Match(start, start + 1, token, meanings[self._joined[token]])
            for phrase, patterns in self._patterns if self._pattern_starts.fullmatch(token) else ():
                words = tokens[start : start + len(phrase)]
                if phrase in meanings and len(words) == len(phrase) and all(map(re.Pattern.fullmatch, patterns, words)):
                    yield _Match(start, start + len(phrase), " ".join(phrase), meanings[phrase])


def read_vocabulary(path: Path | None = None) -> Vocabulary:
    """Return the vocabulary of the package; a user's file adds phrases, and its meanings replace the package's."""
    shipped = _shipped_vocabulary()
    if path is None:
        return shipped
    phrases, sizes = _by_meaning(_user_table(path), str(path))
    return Vocabulary({**shipped.phrases, **phrases}, {**shipped.sizes, **sizes})


@cache
def _shipped_vocabulary() -> Vocabulary:
    return Vocabulary(*_by_meaning(read_words("directions")))


def _user_table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise DefinitionError("the vocabulary cannot be read", where=str(path), remedy="check its path") from error
    except ValueError as error:
        raise DefinitionError(f"the vocabulary is no TOML: {error}", where=str(path)) from error


def _by_meaning(
    table: Mapping[str, Any], path: str = ""
) -> tuple[dict[tuple[str, ...], frozenset[str]], dict[tuple[str, ...], frozenset[str]]]:
    """Return the phrases that decide directions, and those for sizes, with their meanings."""
    phrases: dict[tuple[str, ...], frozenset[str]] = defaultdict(frozenset)
    sizes: dict[tuple[str, ...], frozenset[str]] = defaultdict(frozenset)
    for meaning, languages in table.items():
        if meaning not in (*MEANINGS, *_SIZE_MEANINGS):
            remedy = suggest(meaning, [*MEANINGS, *_SIZE_MEANINGS]) or f"meanings: {', '.join(MEANINGS)}"
            raise DefinitionError(f'unknown meaning "{meaning}" in the vocabulary', where=path, remedy=remedy)
        target = sizes if meaning in _SIZE_MEANINGS else phrases
        if not isinstance(languages, dict) or not all(map(_is_list_of_words, languages.values())):
            raise DefinitionError(
                f'the meaning "{meaning}" has no lists of words', where=path, remedy=f'{meaning} = {{ en = ["…"] }}'
            )
        for words in languages.values():
            for word in words:
                if tokens := tuple(_split(word.casefold()).tokens):
                    target[tokens] |= {meaning}
    return dict(phrases), dict(sizes)


def _is_list_of_words(words: object) -> bool:
    return isinstance(words, list) and all(isinstance(word, str) for word in words)


def read_name(name: str, vocabulary: Vocabulary | None = None) -> NameReading:
    """Return the direction that a name tells.

    Text in brackets, such as a unit of measure, is not read, except for notes on the scale: "(1 = best)", "(-)".

    >>> read_name("Share not stunted").reason
    '"not" reverses "stunted", a word for harm'
    >>> [read_name(name).direction for name in ("infantMortality", "GDP per capita", "Corruption Perceptions Index")]
    ['cost', 'benefit', 'unclear']
    """
    vocabulary = vocabulary or read_vocabulary()
    if note := _scale_note([next(filter(None, groups), "").strip() for groups in _BRACKETS.findall(name)]):
        return note
    with_brackets = _split(name, vocabulary)
    for match in vocabulary.matches(with_brackets.tokens):
        if match.meanings & {"benefit_note", "cost_note"}:
            direction: ProposedDirection = "benefit" if "benefit_note" in match.meanings else "cost"
            return NameReading(direction, f"its name has the note {with_brackets.quote(match)}", True, "note")
    words = _split(_BRACKETS.sub(" ", name), vocabulary)
    return _combine(words, _without_denominator(vocabulary.matches(words.tokens)))


def is_amount(name: str, vocabulary: Vocabulary | None = None) -> bool:
    """Return True if the name is that of an amount that grows with the size of the unit.

    >>> is_amount("GDP"), is_amount("GDP per capita"), is_amount("Literacy")
    (True, False, False)
    """
    vocabulary = vocabulary or read_vocabulary()
    matches = vocabulary.matches(_split(name, vocabulary).tokens, sizes=True)
    meanings = {meaning for match in matches for meaning in match.meanings}
    return "amount" in meanings and "relative" not in meanings


def _without_denominator(matches: Sequence[_Match]) -> list[_Match]:
    """Return the phrases before the denominator, and words for a decrease after it.

    A denominator follows other words: "% of adults unemployed" begins with the share itself.
    """
    ignored = {position for m in matches if "ignored" in m.meanings for position in range(m.start, m.end)}
    for number, match in enumerate(matches):
        if "per" in match.meanings and set(range(match.start)) - ignored:
            return [*matches[:number], *(m for m in matches[number:] if "decrease" in m.meanings)]
    return list(matches)


def _combine(name: _Name, matches: Sequence[_Match]) -> NameReading:
    """Return the direction of a name with these phrases."""

    def first(meaning: str) -> str | None:
        return next((name.quote(match) for match in matches if meaning in match.meanings), None)

    if not {meaning for match in matches for meaning in match.meanings} - {"per", "ignored"}:
        return NameReading("unclear", "its name has no word of the vocabulary", settled=False, kind="silent")
    if word := first("order"):
        return NameReading("unclear", f"{word} may count from the best or from the worst", settled=False, kind="order")
    if word := first("doubtful"):
        return NameReading("unclear", f"{word} may be good or bad", settled=True)
    if word := first("scale"):
        return NameReading("unclear", f"{word} may rise with the good or with the harm", settled=False)
    deciding = [match for match in matches if match.meanings & _WITH_DIRECTION]
    if any("shortfall" in match.meanings for match in deciding):
        # a good beside a shortfall is what falls short: "inequality in income"
        deciding = [match for match in deciding if "good" not in match.meanings]
    directions = [_word_direction(name, match, matches) for match in deciding]
    costs = [each for each in directions if each.direction == "cost"]
    gains = [each for each in directions if each.direction == "benefit"]
    if costs and (remedy := _loose_remedy(name, matches)):
        return NameReading("unclear", f"{name.quote(remedy)} may be against a harm", settled=True)
    if costs and (word := first("doubtful_with_harm")):
        return NameReading("unclear", f"{word} leaves open whether more is worse", settled=False)
    for cost in costs:
        if cost.dominant:
            return NameReading("cost", cost.reason, settled=True)
    if costs and gains:
        return NameReading("unclear", f"{costs[0].reason}, but {gains[0].reason}", settled=True)
    if directions:
        return NameReading(directions[0].direction, directions[0].reason, settled=True)
    if word := first("neutral"):
        return NameReading("unclear", f"{word} is neither good nor bad in itself", settled=True)
    return NameReading("unclear", "its name has no word for a good or a harm", settled=False)


@dataclass(frozen=True)
class _WordDirection:
    """The direction that a word gives to a name."""

    direction: ProposedDirection
    reason: str
    dominant: bool
    """True for a shortfall, which is a cost beside any good."""


def _word_direction(name: _Name, match: _Match, matches: Sequence[_Match]) -> _WordDirection:
    """Return the direction of a word for a good or a harm; words around it may reverse it."""
    good, shortfall = "good" in match.meanings, "shortfall" in match.meanings
    kind = "a word for a good" if good else "a word for a shortfall or a spread" if shortfall else "a word for harm"
    reversing = [other for other in matches if other is not match and _reverses(name, other, match)]
    is_benefit = good == (len(reversing) % 2 == 0)
    reason = f"{name.quote(match)} is {kind}"
    if len(reversing) == 1:
        reason = f"{name.quote(reversing[0])} reverses {name.quote(match)}, {kind}"
    return _WordDirection("benefit" if is_benefit else "cost", reason, dominant=shortfall)


def _loose_remedy(name: _Name, matches: Sequence[_Match]) -> _Match | None:
    """Return a remedy that belongs to no harm: "mortality in treatment" may rise with the treatment or against it.

    A remedy that is denied, or that falls short, is not loose.
    """
    harms = [match for match in matches if match.meanings & {"harm", "shortfall"}]
    for match in matches:
        if match.meanings == {"remedy"} and not any(_reverses(name, match, harm) for harm in harms):
            others = [other for other in matches if other is not match]
            if not any("shortfall" in other.meanings for other in others) and not any(
                "opposite" in other.meanings and other.end <= match.start for other in others
            ):
                return match
    return None


def _reverses(name: _Name, other: _Match, match: _Match) -> bool:
    """Return True if another phrase reverses the direction of a word."""
    tokens = name.tokens
    if "decrease" in other.meanings:
        return True
    if "opposite" in other.meanings:
        return other.end <= match.start and not re.search("[:;]", name.between(other, match))
    if "remedy" not in other.meanings or "good" in match.meanings:
        return False
    if other.start >= match.end:
        # "cost of treatment" is no "cost control"
        return not _PREPOSITION.fullmatch(tokens[match.end - 1]) and set(tokens[match.end : other.start]) <= _LINKS
    if "," in name.between(other, match):
        return other.end == match.start  # "Immunization, measles"
    last = tokens[other.end - 1]
    between = [token for token in tokens[other.end : match.start] if token not in ("rate", "ratio")]
    if _PREPOSITION.fullmatch(between[0] if between else last) or _PREPOSITION.fullmatch(last):
        return len(between) <= 3
    # "treated wastewater", but not "treatment gap" nor "treated poverty"
    is_adjective = last.endswith("ed") or not last.isascii()
    return is_adjective and len(between) <= 1 and "shortfall" not in match.meanings


def _scale_note(notes: Sequence[str]) -> NameReading | None:
    """Return the direction of notes such as "best 0 - 100 worst", "1 = best", "+"."""
    for note in notes:
        if note in ("+", "-", "−", "–"):
            return NameReading("benefit" if note == "+" else "cost", f'its name has the note "({note})"', True, "note")
        ends = _SCALE_ENDS.findall(" " + note.casefold())
        better = _better_end([{"最好": "best", "最优": "best", "最差": "worst"}.get(end, end) for end in ends])
        if better:
            return NameReading("benefit" if better > 0 else "cost", f'its name has the note "{note}"', True, "note")
    return None


def _better_end(ends: Sequence[str]) -> int:
    """Return 1 if the best end of a scale is the greater number, -1 if it is the smaller, 0 if the ends do not tell."""
    numbers = [float(end) for end in ends if end not in ("best", "worst")]
    words = [end for end in ends if end in ("best", "worst")]
    if len(numbers) == 2 and words in (["best", "worst"], ["worst", "best"]) and numbers[0] != numbers[1]:
        return 1 if (numbers[1] > numbers[0]) == (words[1] == "best") else -1
    if len(numbers) == 1 and len(words) == 1 and numbers[0] <= 1:
        return -1 if words == ["best"] else 1
    return 0


def _split(text: str, vocabulary: Vocabulary | None = None) -> _Name:
    """Return the words of a name in a form that spellings share.

    Camel case, letters beside digits and Chinese characters are split; accents, case and plurals do not count.
    """
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"['’]s\b", "", text)
    text = _ACRONYM.sub(lambda match: _split_acronym(match, vocabulary), text)
    text = re.sub(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])", _BREAK, text)
    text = re.sub(r"([A-Z]+)(?=[A-Z][a-z])", rf"\1{_BREAK}", text)
    text = text.replace("&", " and ").replace("%", " percent ").replace("/", " per ").replace("‰", " per ")
    text = re.sub(r"\s+", " ", text)
    found = list(_TOKEN.finditer(text))
    return _Name(
        [_stem(simplified(without_accents(word[0].casefold()))) for word in found],
        [word.span() for word in found],
        text,
    )


def _split_acronym(found: re.Match[str], vocabulary: Vocabulary | None) -> str:
    """Return "GDP per" for "GDPper" if "GDP" is a word of the vocabulary, and "nox" for "NOx"."""
    capitals, rest = found.groups()
    if vocabulary is None or rest == "s":
        return found[0]
    if vocabulary.knows(found[0].casefold()):
        return found[0].casefold()
    return f"{capitals}{_BREAK}{rest}" if vocabulary.knows(capitals.casefold()) else found[0]


def _stem(word: str) -> str:
    """Return a word in the singular and in American spelling, so that both spellings agree."""
    word = re.sub(r"(?<=[a-z]{3})our$", "or", word)
    word = re.sub(r"isation", "ization", word)
    word = re.sub(r"(?<=[a-z]{3})is(ed|ing)$", r"iz\1", word)
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-2] if word.endswith(("sses", "shes", "ches", "xes")) else word[:-1]
    return word
