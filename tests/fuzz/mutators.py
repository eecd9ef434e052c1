"""Mutators of bytes, of tokens and of structures: each returns a copy with one thing changed."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

TEXTS = (
    "", " ", "\t", "\n", "\x00", "\x1b[31m", "\u202eabc", "\u2028", "\ufeff", "é", "e\u0301", "北京", "𝔘𝔫𝔦",
    "a" * 10_000, "index", "NaN", "inf", "-", "--", "..", "../../x.csv", "none", "true", "1,5", "1e999", "=1+1",
    "<b>&amp;", "%s{x}\\",
)  # fmt: skip
NUMBERS = (
    0, -0.0, -1, 1, 2, 0.1 + 0.2, 10**9, 2**63, -(2**63) - 1, 10**30, 1e-320, 5e-324, 1e15, 1e154, 1e308, -1e308,
    float("nan"), float("inf"), float("-inf"),
)  # fmt: skip
TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


def value(random: Random) -> Any:
    """Return a value of any type that TOML has; one in eight is nested, and few of these are nested deeply."""
    match random.randrange(8):
        case 0 | 1:
            return random.choice(TEXTS)
        case 2 | 3:
            return random.choice(NUMBERS)
        case 4:
            return random.choice([True, False, date(2020, 2, 29)])
        case 5:
            return [value(random) for _ in range(random.randrange(4))]
        case 6:
            return {random.choice(TEXTS): value(random) for _ in range(random.randrange(3))}
    return nested(random.choice([2, 2, 20, 300]), random.choice([list, dict]))


def nested(depth: int, kind: type) -> Any:
    """Return lists in lists, or tables in tables."""
    inner: Any = 1
    for _ in range(depth):
        inner = [inner] if kind is list else {"a": inner}
    return inner


def of_bytes(content: bytes, random: Random) -> bytes:
    """Change, remove, repeat or insert some bytes, or cut the content off."""
    start = random.randrange(len(content) + 1)
    stop = min(len(content), start + random.choice([1, 1, 2, 8, 64, 1_000]))
    part = content[start:stop]
    new = random.choice(
        [b"", part * 2, part[::-1], random.randbytes(len(part) or 1), b"\x00", b"\xff", part.upper(), content[:start]]
    )
    return random.choice(
        [content[:start], content[:start] + new + content[stop:], content[:start] + new + content[start:]]
    )


def of_tokens(text: str, random: Random) -> str:
    """Remove, repeat, swap or replace a word, a space or a mark."""
    tokens = TOKEN.findall(text) or [""]
    at, other = random.randrange(len(tokens)), random.randrange(len(tokens))
    match random.randrange(5):
        case 0:
            tokens[at] = ""
        case 1:
            tokens[at] *= random.choice([2, 2, 2, 500])
        case 2:
            tokens[at], tokens[other] = tokens[other], tokens[at]
        case 3:
            tokens[at] = random.choice(TEXTS)
        case 4:
            tokens[at] = str(random.choice(NUMBERS))
    return "".join(tokens)


def of_structure(tree: Any, random: Random) -> Any:
    """Change one value, key or item somewhere in nested lists and tables."""
    tree = deepcopy(tree)
    holder, key = random.choice(list(_places(tree)))
    match random.randrange(6):
        case 0:
            del holder[key]
        case 1 | 2:
            holder[key] = value(random)
        case 3:  # an item or a value of another place
            other, place = random.choice(list(_places(tree)))
            holder[key] = deepcopy(other[place])
        case 4 if isinstance(holder, dict):
            known = [one for at, one in _places(tree) if isinstance(at, dict)]
            holder[random.choice([*TEXTS, *known])] = holder.pop(key)
        case 4:
            holder.insert(key, deepcopy(holder[key]))
        case 5:
            holder[key] = [holder[key]] if random.random() < 0.5 else {"a": holder[key]}
    return tree


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, inner in list(items):
        yield tree, key
        yield from _places(inner)


def several(mutate: Callable[[Any, Random], Any], subject: Any, random: Random) -> Any:
    """Mutate once, or a few times."""
    for _ in range(random.choice([1, 1, 1, 2, 4])):
        subject = mutate(subject, random) if subject else subject
    return subject
