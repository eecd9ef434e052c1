"""The order of the pages in the side bar."""

from __future__ import annotations

PARTS: dict[str, tuple[str, ...]] = {
    "Start": ("readme", "tutorial", "tables", "words-of-the-field"),
    "For you": (
        "for-first-timers", "for-an-index-office", "for-researchers", "for-data-pipelines", "for-plugin-authors",
    ),
    "Build an index": ("index-file", "from-raw-data", "directions", "choosing-a-method", "weights-from-people"),
    "Question and explain it": (
        "analyses", "checks", "auditing", "how-sure-is-a-rank", "explaining", "after-the-score", "pysensmcda",
    ),
    "Publish it": ("reporting", "serving", "editions", "citing", "gallery"),
    "Large tables": ("beyond-one-machine", "speed"),
    "Extend it": ("plugins", "writing-a-method", "writing-an-output", "hooks/index", "plugins-list"),
    "Reference": ("columns", "methods", "commands/index", "api/index"),
    "Background": ("how-it-works", "decisions/index", "contributing", "releasing", "changelog", "security"),
    "中文": ("zh/index", "zh/tutorial", "zh/reporting"),
}  # fmt: skip
"""The documents of each part of the side bar."""


def toctrees() -> str:
    """Return the tables of contents that make the side bar."""
    return "\n".join(
        "\n".join(["```{toctree}", ":hidden:", f":caption: {part}", "", *documents, "```", ""])
        for part, documents in PARTS.items()
    )
