"""Sentences that keep their template and their slots, so that they can be translated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

COMMA, AND = ", ", " and "
"""The separators of lists; translations have them too."""


class Sentence(str):
    """An English sentence that is made of a template and its slots.

    It is a text like any other. A slot may be a sentence as well: a number with its noun, a clause, a list. An f-string
    of a sentence is a plain text, and stays English.

    Parameters
    ----------
    template
        The sentence with slots in braces, as for `str.format`.
    slots
        The value of each slot.

    Examples
    --------
    >>> sentence = Sentence("{name} has {count:,} values", name="jobs", count=1200)
    >>> sentence
    'jobs has 1,200 values'
    >>> sentence.translated({"{name} has {count:,} values": "{name}有{count:,}个数值"})
    'jobs有1,200个数值'
    """

    template: str
    slots: Mapping[str, Any]

    def __new__(cls, template: str, /, **slots: Any) -> Sentence:
        sentence = super().__new__(cls, template.format(**slots))
        sentence.template, sentence.slots = template, slots
        return sentence

    def translated(self, templates: Mapping[str, str], names: Mapping[str, str] | None = None) -> str | None:
        """Return the sentence by the templates of another language, which are found by the English ones.

        Parameters
        ----------
        templates : mapping of str to str
            The templates of the other language, by the English ones.
        names : mapping of str to str, optional
            The names of units and parts for readers of that language; by default their keys.

        Returns
        -------
        str or None
            The sentence; None if a template is missing, be it that of a slot: a sentence is in one language.
        """
        template = templates.get(self.template)
        slots = {name: _translated(value, templates, names) for name, value in self.slots.items()}
        if template is None or None in slots.values():
            return None
        return template.format(**slots)

    def __add__(self, other: str) -> Sentence:
        """Return the sentence with a clause behind it."""
        return Listed([self, other], "")

    def __radd__(self, other: str) -> Sentence:
        """Return the sentence with a clause before it."""
        return Listed([other, self], "")

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), str(self), vars(self))


class Listed(Sentence):
    """Sentences or names one after the other, with a separator, and another one before the last.

    >>> Listed(["air", "water", "green"], COMMA, AND)
    'air, water and green'
    >>> Listed(["air", "water", "green"], COMMA, AND).translated({", ": "、", " and ": "和"})
    'air、water和green'
    """

    parts: tuple[str, ...]

    def __new__(cls, parts: Iterable[str], separator: str = COMMA, last: str | None = None) -> Listed:
        texts = tuple(parts)
        last = separator if last is None else last
        listed = str.__new__(cls, _join(texts, separator, last))
        listed.template, listed.slots, listed.parts = separator, {"last": last}, texts
        return listed

    def translated(self, templates: Mapping[str, str], names: Mapping[str, str] | None = None) -> str | None:
        """Return the list with its parts and separators by the templates of another language.

        Parameters
        ----------
        templates : mapping of str to str
            The templates of the other language, by the English ones.
        names : mapping of str to str, optional
            The names of units and parts for readers of that language; by default their keys.

        Returns
        -------
        str or None
            The list; None if a template is missing.
        """
        parts = [_translated(part, templates, names) for part in self.parts]
        separators = [templates.get(text) if text else "" for text in (self.template, self.slots["last"])]
        if None in parts or None in separators:
            return None
        return _join([str(part) for part in parts], str(separators[0]), str(separators[1]))


def named(names: Iterable[object], limit: int = 5, count: int | None = None) -> str:
    """Return the first few names, and the number of the others.

    Parameters
    ----------
    names : iterable
        The names.
    limit : int, default 5
        The most names.
    count : int, optional
        The number of all names, if there are more than `names`; by default that of `names`.

    Returns
    -------
    str
        The names, separated by commas; it can be translated.

    Examples
    --------
    >>> named(["Oruro", "Lima", "Cusco"], limit=2)
    'Oruro, Lima and 1 more'
    """
    texts = [name if isinstance(name, str) else str(name) for name in names]
    count = len(texts) if count is None else count
    shown = Listed(texts[:limit])
    more = count - len(texts[:limit])
    return Sentence("{names} and {more} more", names=shown, more=more) if more > 0 else shown


def _translated(value: Any, templates: Mapping[str, str], names: Mapping[str, str] | None) -> Any:
    """Return the value of a slot in another language; None for a sentence without a template."""
    if isinstance(value, Sentence):
        return value.translated(templates, names)
    return names.get(value, value) if names and isinstance(value, str) else value


def _join(parts: Iterable[str], separator: str, last: str) -> str:
    texts = [str(part) for part in parts]
    return last.join(filter(None, [separator.join(texts[:-1]), *texts[-1:]])) if len(texts) > 1 else "".join(texts)


def _restore(kind: type[Sentence], text: str, attributes: dict[str, Any]) -> Sentence:
    """Return a sentence from its pickle."""
    sentence = str.__new__(kind, text)
    vars(sentence).update(attributes)
    return sentence
