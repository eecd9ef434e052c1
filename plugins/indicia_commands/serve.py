"""indicia serve"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from indicia.cli.index_options import CodeOptions, locate
from indicia.errors import DefinitionError
from indicia.sources import IndexSource

if TYPE_CHECKING:
    from collections.abc import Mapping

_MEGABYTE = 1024 * 1024


def serve(
    *,
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="[INDEX|TABLE]",
            help="Index file, or a table to start with. Default: the nearest index.toml; without one, the page takes "
            "an upload.",
        ),
    ] = None,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, show_default=False, help="The port; default: a free one.")
    ] = 0,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in a browser; default: if this is a terminal.")
    ] = True,
    timeout: Annotated[
        float, typer.Option("--timeout", min=1, max=86400, help="The longest time of a request, in seconds.")
    ] = 60,
    max_upload: Annotated[int, typer.Option("--max-upload", min=1, help="The largest upload, in MB.")] = 20,
    memory: Annotated[
        float | None,
        typer.Option(
            "--memory",
            min=0.5,
            show_default=False,
            help="The most memory of each of the two processes that compute, in GB (Linux); default: half of what is "
            "free, and at least 2.",
        ),
    ] = None,
    code: CodeOptions,
) -> None:
    """Serve the index on this machine: choose other methods, and see ranking, agreement and movers at once.

    \b
    Examples:
      indicia serve index.toml
      indicia serve cities.csv --port 8000 --no-browser

    The page offers all methods of the catalogue, plugins included, saves a choice as a variant in the index file, and
    takes a table to start with. The server listens on 127.0.0.1 only, and its address has a secret token. Ctrl-C ends
    it. pip install 'indicia[serve]' installs what it needs.
    """
    # imported when the command runs, so that --help and completion start without polars
    from indicia_serve.server import serve as run
    from indicia_serve.sources import Source

    with ExitStack() as folders:
        path, recognised = _index_file(source, code, folders)
        only = None if code.only is None else tuple(code.only)
        served = None if path is None else Source(path, tuple(map(Path.absolute, code.plugin)), code.allow_code, only)
        run(
            served,
            port=port,
            seconds=timeout,
            max_upload=max_upload * _MEGABYTE,
            memory=None if memory is None else round(memory * 1e9),
            announce=partial(_announce, source or path or "an upload"),
            recognised=recognised,
            opens_browser=browser and sys.stdout.isatty(),
        )
        typer.echo("the server has ended", err=True)


def _announce(served: object, address: str) -> None:
    typer.echo(f"serving {served}; Ctrl-C ends the server", err=True)
    typer.echo(address)
    sys.stdout.flush()  # a program that reads the address from a pipe waits for it


def _index_file(
    source: str | None, code: CodeOptions, folders: ExitStack
) -> tuple[Path | None, Mapping[str, Any] | None]:
    """Return the index file to serve, and for a table what was recognised; no file if there is no source at all.

    The index file of a table is a draft in a temporary folder.
    """
    try:
        found, table = locate(source, None, code)
    except DefinitionError:
        if source is not None:
            raise
        return None, None  # no index.toml here or above: the page takes an upload
    if found is not None:
        if found.noun != IndexSource.noun:
            raise DefinitionError(
                f"{found.value} is no index file, and its methods cannot be changed", remedy="name the index file"
            )
        return Path(found.value).absolute(), None
    from indicia_serve.drafting import INDEX, draft

    if not isinstance(table, str) or table == "-":
        raise DefinitionError("the server reads files, no standard input or address", remedy="name a file")
    folder = Path(folders.enter_context(TemporaryDirectory(prefix="indicia-serve-")))
    recognised = draft(table, folder)
    typer.echo(f"{table} has no index file: the page shows a draft, and lets you download it", err=True)
    return folder / INDEX, recognised
