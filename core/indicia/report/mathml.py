"""The formulas of methods, written in LaTeX, as MathML that browsers draw."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

_TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|[^\s\\]|\s+")
_LETTERS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
    "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ",
    "varepsilon": "ε", "vartheta": "ϑ", "upsilon": "υ", "iota": "ι", "phi": "φ", "varphi": "φ",
    "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ",
    "Lambda": "Λ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "infty": "∞", "ell": "ℓ",
    "emptyset": "∅", "top": "⊤",
}  # fmt: skip
_SIGNS = {
    "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "in": "∈", "notin": "∉", "to": "→", "pm": "±",
    "mp": "∓", "cdot": "·", "times": "×", "dots": "…", "ldots": "…", "cdots": "⋯", "subseteq": "⊆", "subset": "⊂",
    "setminus": "∖", "cup": "∪", "cap": "∩", "succ": "≻", "succeq": "≽", "approx": "≈", "sim": "∼", "mid": "|",
    "lvert": "|", "rvert": "|", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "langle": "⟨",
    "rangle": "⟩", "wedge": "∧", "vee": "∨", "forall": "∀", "exists": "∃", "partial": "∂", "equiv": "≡",
    "propto": "∝", "prime": "′", "mapsto": "↦", "land": "∧", "lor": "∨", "lnot": "¬", "circ": "∘", "star": "⋆",
    "ast": "∗",
    "{": "{", "}": "}", "#": "#", "%": "%", "|": "‖", "&": "&", "_": "_", "$": "$",
}  # fmt: skip
_LARGE = {"sum": "∑", "prod": "∏", "int": "∫"}
_FUNCTIONS = ("min", "max", "ln", "log", "exp", "arg", "arccos", "arctan", "det", "sup", "inf", "lim", "sin", "cos")
_BELOW = ("min", "max", "sup", "inf", "lim", "arg min", "arg max", "median")
_SPACES = {",": "0.17em", ";": "0.28em", ":": "0.22em", " ": "0.3em", "!": "0", "quad": "1em", "qquad": "2em"}
_ACCENTS = {
    "bar": "¯",
    "tilde": "~",
    "hat": "^",
    "widehat": "^",
    "widetilde": "~",
    "vec": "→",
    "dot": "˙",
    "overline": "¯",
}
_SIZES = ("left", "right", "big", "Big", "bigl", "bigr", "Bigl", "Bigr", "bigg", "Bigg")
_CELL_ENDS = frozenset({"&", "\\\\", "\\end"})
_FONTS = ("text", "operatorname", "mathrm", "mathbf", "mathit", "mathcal", "textit", "mathbb")


def mathml(latex: str) -> str:
    """Return the formula as MathML, or as it was typed where it uses what is not known here.

    >>> mathml(r"\\frac12 x_j")
    '<math displaystyle="true"><mrow><mfrac><mn>1</mn><mn>2</mn></mfrac><msub><mi>x</mi><mi>j</mi></msub></mrow></math>'
    """
    try:
        return " ".join(map(_whole, _apart(_TOKEN.findall(latex))))
    except (IndexError, ValueError):
        return f"<code>{escape(latex)}</code>"


def _whole(tokens: list[str]) -> str:
    reader = _Reader(tokens)
    row = reader.row(frozenset())
    if reader.rest:
        raise ValueError(f"more is closed than was opened: {reader.rest[0]}")
    return f'<math displaystyle="true">{row}</math>'


def _apart(tokens: list[str]) -> list[list[str]]:
    """Part what wide spaces part, so that a line can be broken there."""
    parts: list[list[str]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token in ("{", "\\left")) - (token in ("}", "\\right"))
        if token == "\\quad" and not depth:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


@dataclass
class _Reader:
    rest: list[str]

    def row(self, ends: frozenset[str]) -> str:
        """Read up to one of the ends, or up to the end of all."""
        parts: list[str] = []
        while self.rest and self.rest[0] not in ends | {"}"}:
            if self.rest[0].isspace():
                self.rest.pop(0)
                continue
            function = self.rest[0][1:] in (*_FUNCTIONS, "operatorname")
            follows = bool(parts) and not parts[-1].startswith(("<mo", "<mspace"))
            parts += ['<mspace width="0.17em"></mspace>'] if function and follows else []
            parts.append(self.scripted())
            parts += ['<mspace width="0.17em"></mspace>'] if function and self.rest else []
        return _row(parts) or "<mrow></mrow>"

    def scripted(self) -> str:
        """Read one thing with what stands below and above it."""
        base, limits = self.thing()
        below: list[str] = []
        above: list[str] = []
        while self._skip() and self.rest[0] in ("_", "^", "'"):
            sign = self.rest.pop(0)
            if sign == "'":
                above.append("<mo>′</mo>")
            else:
                (below if sign == "_" else above).append(self.argument())
        if not below and not above:
            return base
        under, over = _row(below), _row(above)
        kind = ("munder", "mover", "munderover") if limits else ("msub", "msup", "msubsup")
        if below and above:
            return f"<{kind[2]}>{base}{under}{over}</{kind[2]}>"
        tag = kind[0] if below else kind[1]
        return f"<{tag}>{base}{under or over}</{tag}>"

    def thing(self) -> tuple[str, bool]:
        """Read one thing; say whether what belongs to it stands above and below rather than behind."""
        token = self.rest.pop(0)
        if token == "{":
            return self.group(), False
        if not token.startswith("\\"):
            return self._plain(token), False
        word = token[1:]
        if word in _SIZES:
            self._skip()
            sign = self.rest.pop(0)
            sign = _SIGNS.get(sign[1:], sign) if sign.startswith("\\") else sign
            return ("" if sign == "." else f"<mo>{escape(sign)}</mo>"), False
        if word in ("frac", "tfrac", "dfrac"):
            return f"<mfrac>{self.argument()}{self.argument()}</mfrac>", False
        if word == "sqrt":
            return self._root(), False
        if word in _ACCENTS:
            return f'<mover accent="true">{self.argument()}<mo>{_ACCENTS[word]}</mo></mover>', False
        if word in _FONTS:
            return self._named(word)
        if word == "begin":
            return self._cases(), False
        return self._known(word)

    def argument(self) -> str:
        """Read what a command applies to: a group, or the next thing."""
        self._skip()
        if self.rest[0] == "{":
            self.rest.pop(0)
            return self.group()
        return self.thing()[0] if self.rest[0].startswith("\\") else self._plain(self.rest.pop(0), single=True)

    def group(self) -> str:
        row = self.row(frozenset())
        self.rest.pop(0)
        return row

    def _root(self) -> str:
        if self._skip() and self.rest[0] == "[":
            self.rest.pop(0)
            degree = self.row(frozenset("]"))
            self.rest.pop(0)
            return f"<mroot>{self.argument()}{degree}</mroot>"
        return f"<msqrt>{self.argument()}</msqrt>"

    def _cases(self) -> str:
        """Read the rows of `cases`: each a value and its condition."""
        self._environment("cases")
        rows, cells = [], [self.row(_CELL_ENDS)]
        while (end := self.rest.pop(0)) != "\\end":
            if end == "\\\\":
                rows.append(cells)
                cells = []
            cells.append(self.row(_CELL_ENDS))
        self._environment("cases")
        table = "".join(f"<mtr>{''.join(f'<mtd>{one}</mtd>' for one in row)}</mtr>" for row in [*rows, cells])
        return f'<mrow><mo>{{</mo><mtable columnalign="left">{table}</mtable></mrow>'

    def _environment(self, name: str) -> None:
        word = ["{", *name, "}"]
        if self.rest[: len(word)] != word:
            raise ValueError(f"no environment but {name} is known")
        del self.rest[: len(word)]

    def _named(self, word: str) -> tuple[str, bool]:
        """Read words: a text, or the name of a function."""
        self._skip()
        if self.rest.pop(0) != "{":
            raise ValueError("no words in braces")
        depth, words = 1, ""
        while True:
            token = self.rest.pop(0)
            depth += (token == "{") - (token == "}")
            if not depth:
                break
            words += " " if token in ("\\,", "\\ ", "\\;") else token.removeprefix("\\")
        if word in ("text", "textit"):
            return f"<mtext>{escape(words).replace(' ', chr(0xA0))}</mtext>", False
        return f'<mi mathvariant="normal">{escape(words)}</mi>', words in _BELOW

    def _known(self, word: str) -> tuple[str, bool]:
        if word in _SPACES:
            return f'<mspace width="{_SPACES[word]}"></mspace>', False
        if word in _LETTERS:
            return f"<mi>{_LETTERS[word]}</mi>", False
        if word in _LARGE:
            return f'<mo movablelimits="false">{_LARGE[word]}</mo>', word != "int"
        if word in _FUNCTIONS:
            return f'<mi mathvariant="normal">{word}</mi>', word in _BELOW
        if word in _SIGNS:
            return f"<mo>{escape(_SIGNS[word])}</mo>", False
        raise ValueError(f"\\{word} is not known")

    def _plain(self, token: str, *, single: bool = False) -> str:
        """Read a number, a letter or a sign; the digits of one number stand in one element."""
        if token.isdigit():
            while not single and self.rest and (self.rest[0].isdigit() or self._decimal()):
                token += self.rest.pop(0)
            return f"<mn>{token}</mn>"
        if token.isalpha():
            return f"<mi>{token}</mi>"
        if token in "}&":
            raise ValueError(f"{token} in an odd place")
        if token == "|":
            return '<mo stretchy="false">|</mo>'
        return f"<mo>{escape(token.replace('-', '−'))}</mo>"

    def _decimal(self) -> bool:
        return len(self.rest) > 1 and self.rest[0] == "." and self.rest[1].isdigit()

    def _skip(self) -> bool:
        """Step over spaces; say whether anything is left."""
        while self.rest and self.rest[0].isspace():
            self.rest.pop(0)
        return bool(self.rest)


def _row(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"<mrow>{''.join(parts)}</mrow>" if parts else ""
