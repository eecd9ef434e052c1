"""Starts and ends the server on this machine."""

from __future__ import annotations

import errno
import os
import secrets
import signal
import socket
import threading
import webbrowser
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from indicia.errors import IndiciaError, require_optional
from indicia.memory import capacity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import uvicorn

    from indicia_serve.sources import Source

HOST = "127.0.0.1"
"""The server is for the user of this machine alone."""
PROCESSES = 2
"""The number of requests that are computed at a time."""
LEAST_MEMORY = 2 * 10**9
"""The bytes that a process may have on any machine."""


class ServerError(IndiciaError):
    """The server cannot start."""


def serve(
    source: Source | None,
    *,
    port: int,
    seconds: float,
    max_upload: int,
    memory: int | None = None,
    announce: Callable[[str], None],
    recognised: Mapping[str, Any] | None = None,
    opens_browser: bool = False,
    started: Callable[[uvicorn.Server], None] = lambda _: None,
) -> None:
    """Serve an index on this machine until the user interrupts.

    Parameters
    ----------
    source
        The index file; None for a server that waits for an upload.
    port
        The port; 0 for a free one.
    seconds
        The longest time of a request.
    max_upload
        The most bytes of an uploaded table.
    memory
        The most bytes of a process that computes, on Linux; default: half of what this process may use, or 2 GB if
        that is more.
    announce
        Called with the address, once the server can be reached.
    recognised
        What was recognised in a table, if the index file is a draft for it.
    opens_browser
        True to open the address in a browser.
    started
        Called with the server of uvicorn, whose `should_exit` ends it; signals reach the main thread alone.

    Raises
    ------
    MissingDependency
        If Starlette or uvicorn is not installed.
    ServerError
        If the port is taken.
    IndiciaError
        If the index cannot be read.
    """
    for module in ("starlette", "uvicorn"):
        require_optional(module, "serving an index", "serve")
    import uvicorn

    from indicia_serve.app import Server, Workspaces, application
    from indicia_serve.workers import Workers

    if source is not None:
        index = source.open()
        _ = index.definition, index.tree  # an index with a fault is refused before the server starts
    with closing(_listen(port)) as listener:
        number = listener.getsockname()[1]
        token = secrets.token_urlsafe(24)
        address = f"http://{HOST}:{number}/?token={token}"
        workers_of_server = Workers(PROCESSES, seconds, memory=memory or _memory())
        with closing(workers_of_server) as workers, closing(Workspaces(source, recognised)) as workspaces:
            app = application(Server(workspaces, workers, max_upload), token=token, port=number)
            config = uvicorn.Config(
                app,
                log_level="warning",  # a log of requests would hold the token
                access_log=False,
                server_header=False,
                proxy_headers=False,
                ws="none",
                lifespan="off",
                limit_concurrency=64,
                timeout_keep_alive=5,
                timeout_graceful_shutdown=1,
            )

            class Announced(uvicorn.Server):
                async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                    await super().startup(sockets)
                    started(self)
                    announce(address)
                    if opens_browser:
                        webbrowser.open(address)

                async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
                    workers.end_requests()
                    await super().shutdown(sockets)

            with suppress(KeyboardInterrupt), _ended_by_signals():
                Announced(config).run(sockets=[listener])


def _memory() -> int:
    """Return the most bytes of a process that computes."""
    return max((capacity() or 0) // PROCESSES, LEAST_MEMORY)


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let SIGTERM raise KeyboardInterrupt, as SIGINT does, so that folders of uploads are removed.

    uvicorn ends at both signals, and then raises them again for the handlers that were there before.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _listen(port: int) -> socket.socket:
    """Return a socket that listens on a port of this machine."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":  # elsewhere the option would let two servers share the port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(128)  # bind alone succeeds beside a server that also reuses the address
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise ServerError(
                f"port {port} is in use", remedy=f"--port {port + 1}, or leave --port out for a free one"
            ) from error
        raise ServerError(
            f"cannot listen on port {port}: {error.strerror}", remedy="leave --port out for a free one"
        ) from error
    return listener
