"""The command line: each command reads, calls the library and prints."""

from __future__ import annotations

import gc
import os
import sys
import traceback
import warnings
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
import typer.main

from indicia.cli import usage
from indicia.cli.spread import spread
from indicia.errors import IndiciaError, IndiciaWarning, abridged, enough_memory, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

EXAMPLES = """\
Examples:

\b
  indicia init cities.csv                          write an index file for a table
  indicia run index.toml                           score and rank
  indicia run index.toml -n z_score -w entropy -a topsis
  indicia run cities.csv --unit city --cost co2 -w critic
  indicia compare -n min_max,z_score -w equal,entropy
  indicia report -o report.html                    all there is to see, on one page
  indicia plot ranking -o ranking.svg              one chart
  indicia export -o index.xlsx                     a workbook that computes
  indicia fit -o fitted.json; indicia score fitted.json new.csv
  indicia methods min_max                          formula, parameters, reference
  indicia plugins new my-sigmoid --kind normalisation
"""

COMMANDS = (
    "init",
    "check",
    "run",
    "compare",
    "robustness",
    "stability",
    "report",
    "plot",
    "export",
    "fit",
    "score",
    "methods",
    "schema",
    "plugins",
)
"""The commands in the order of the help; each is a module of this package."""


def application(commands: Iterable[str] = COMMANDS) -> typer.Typer:
    """Return the command line with these commands."""
    app = typer.Typer(
        name="indicia",
        help=f"Build, compare and audit composite indices.\n\n{EXAMPLES}",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
    )
    for name in commands:
        command = getattr(import_module(f"indicia.cli.{name}"), name)
        if isinstance(command, typer.Typer):
            app.add_typer(command)
        else:
            app.command()(spread(command))
    app.callback()(_options)
    return app


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version  # here, as it would slow every command

        typer.echo(f"indicia {version('indicia')}")
        raise typer.Exit


def _options(
    _version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
    _traceback: bool = typer.Option(
        False, "--traceback", help="After an error, show how it came about; anywhere on the line."
    ),
) -> None:
    """Take the options that stand before a command."""


_INTERRUPTED = 130


@cache
def _parser(commands: tuple[str, ...]) -> Any:
    """Build the parser of these commands, once in a process: that of all takes as long as scoring a small table."""
    return typer.main.get_command(application(commands))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, and exit: 0 fine, 1 not as expected, 2 input or output, 70 a bug, 130 interrupted."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    tracing = "--traceback" in words
    words = [word for word in words if word != "--traceback"]
    said: set[str] = set()
    if sys.stdout is None:  # closed by whoever wants nothing of it
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    if arguments is None and not any("/dev/" in word for word in words):  # /dev/stdout is by whom it is asked for
        _set_output_apart()

    def show_warning(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
        if issubclass(category, IndiciaWarning) and str(message) not in said:
            said.add(str(message))
            typer.echo(printable(f"warning: {abridged(str(message))}"), err=True)

    gc.disable()  # a command is short and its data are polars': collecting would only walk modules as they load
    with warnings.catch_warnings():
        warnings.simplefilter("always", IndiciaWarning)
        warnings.showwarning = show_warning
        # A command that is called by its name needs no other: to build all of them takes some 15 ms.
        commands = (words[0],) if words and words[0] in COMMANDS else COMMANDS
        sys.exit(_guarded(lambda: _parser(commands)(words, prog_name="indicia", standalone_mode=False), tracing))


def _set_output_apart() -> None:
    """Keep standard output to what we print: what else is written to it by its number comes out with our messages.

    That is what C code of a plugin prints, and the programs it starts. The process is ours alone here, as it is not
    where Indicia is called from Python.
    """
    with suppress(OSError, ValueError, AttributeError):  # there may be no such file, or another in its place
        out = sys.stdout
        if out.fileno() != 1:
            return
        out.flush()
        own = os.dup(1)
        os.dup2(2, 1)
        buffering = 1 if out.line_buffering else -1
        sys.stdout = os.fdopen(own, "w", buffering, encoding=out.encoding, errors=out.errors)


def _guarded(work: Callable[[], int | None], tracing: bool) -> int:
    try:
        with enough_memory("do this", "fewer units, indicators or draws; or indicia score --stream, slice by slice"):
            code = work() or 0
    except IndiciaError as error:
        return _refused(error, tracing)
    except usage.UsageError as error:
        if usage.is_help(error):
            typer.echo(str(error), err=True)
            return 2
        return _refused(usage.explained(error), tracing)
    except (KeyboardInterrupt, typer.Abort):
        code = _INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # whoever reads has had enough; Python would complain of the pipe again on exit
        return 0
    except OSError as error:  # files of data and results are read and written elsewhere, with errors of ours
        if tracing:
            traceback.print_exc()
        if error.filename is not None:  # a path that no file can have: too long, or through a file
            what = f'cannot use the path "{error.filename}": {error.strerror}'
        else:
            with suppress(OSError):
                sys.stdout.close()
            what = f"cannot write the output: {error.strerror or error}"
        typer.echo(printable(f"error: {abridged(what)}"), err=True)
        return 2
    except Exception:
        traceback.print_exc()
        typer.echo("This is a bug in Indicia, or in a plugin. Please report the lines above.", err=True)
        return 70
    if code == _INTERRUPTED:
        typer.echo("interrupted", err=True)
    return code


def _refused(error: IndiciaError, tracing: bool) -> int:
    if tracing:
        traceback.print_exc()
    typer.echo(printable(f"error: {error}"), err=True)
    return 2
