"""The first and last bytes of a file, which show its format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.data.read import opened
from indicia.paths import check_path, expanded

if TYPE_CHECKING:
    from pathlib import Path

HEAD = 1 << 18
"""The bytes at the beginning of a file that show its format."""
TAIL = 1 << 16
"""The bytes at the end of a file that show its footer."""


def file_sample(path: str | Path) -> tuple[bytes, bytes]:
    """Return the first and the last bytes of a file; the last bytes are empty if the first are the whole file."""
    file_path = expanded(str(path))
    check_path(file_path)
    with opened(file_path) as file:
        head = file.read(HEAD)
        if len(head) < HEAD:
            return head, b""
        size = file.seek(0, 2)
        file.seek(max(HEAD, size - TAIL - size % 2))  # an even place, since UTF-16 has two bytes for a character
        return head, file.read()


def content_sample(content: bytes) -> tuple[bytes, bytes]:
    """Return the sample of a content in memory, such as standard input.

    >>> content_sample(b"city,rent")
    (b'city,rent', b'')
    """
    start = max(HEAD, len(content) - TAIL - len(content) % 2)
    return content[:HEAD], content[start:]
