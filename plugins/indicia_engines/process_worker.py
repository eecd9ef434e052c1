"""A local worker process: it answers the calls that arrive on its standard input, until this is closed."""

from __future__ import annotations

import os
import struct
import sys
from queue import SimpleQueue
from threading import Thread
from typing import IO

_LENGTH = struct.Struct("<Q")
CALL, SHARED = b"c", b"s"
"""The first byte of a message: a call, or the function of the calls that follow, which has no reply."""


def send(stream: IO[bytes], message: bytes, kind: bytes = b"") -> None:
    """Write the length of a message, its kind and the message."""
    stream.write(_LENGTH.pack(len(kind) + len(message)))
    stream.write(kind)
    stream.write(message)
    stream.flush()


def receive(stream: IO[bytes]) -> bytes | None:
    """Return the next message; None if the other side has closed the stream, or died while it wrote."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    message = stream.read(length)
    return message if len(message) == length else None


def main() -> None:
    """Answer calls until the driver closes the stream or dies.

    Replies have the standard output. Text that a method prints goes to standard error, where it breaks no reply.
    """
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    calls: SimpleQueue[bytes] = SimpleQueue()
    Thread(target=_receive_all, args=(calls,), daemon=True).start()

    from indicia import tracing
    from indicia_engines.calls import answer

    tracing.name_process()

    shared: bytes | None = None
    while True:
        message = calls.get()
        if message.startswith(SHARED):
            shared = message[1:]
        else:
            send(replies, answer(message[1:], shared))


def _receive_all(calls: SimpleQueue[bytes]) -> None:
    """Pass calls on. End the process when the stream ends, also in the middle of a call: nobody waits for its reply."""
    while (call := receive(sys.stdin.buffer)) is not None:
        calls.put(call)
    os._exit(0)
