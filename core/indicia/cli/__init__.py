"""The command line: each command reads, calls the library and prints."""

from __future__ import annotations

import gc
import sys
import warnings
from typing import TYPE_CHECKING

import typer

from indicia.cli import check, fit, init, methods, run, schema, score
from indicia.errors import IndiciaError, IndiciaWarning

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

EXAMPLES = """\
Examples:

\b
  indicia init cities.csv                          write an index file for a table
  indicia run index.toml                           score and rank
  indicia run index.toml -n z_score -w entropy -a topsis
  indicia run cities.csv --unit city --cost co2 -w critic
  indicia fit -o fitted.json; indicia score fitted.json new.csv
  indicia methods min_max                          formula, parameters, reference
"""

app = typer.Typer(
    name="indicia",
    help=f"Build, compare and audit composite indices.\n\n{EXAMPLES}",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)
for module in (init, check, run, fit, score, methods, schema):
    app.command()(getattr(module, module.__name__.rpartition(".")[2]))


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"indicia {version('indicia')}")
        raise typer.Exit


@app.callback()
def options(
    _version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Build, compare and audit composite indices."""


options.__doc__ = app.info.help


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, and exit: 0 fine, 2 input or output, 70 a bug, 130 interrupted."""
    gc.disable()  # a command is short and its data are polars': collecting would only walk modules as they load
    with warnings.catch_warnings():
        warnings.simplefilter("always", IndiciaWarning)
        warnings.showwarning = _show_warning
        sys.exit(_guarded(lambda: app(arguments, standalone_mode=True)))


def _guarded(work: Callable[[], object]) -> int:
    try:
        work()
    except IndiciaError as error:
        typer.echo(f"error: {error}", err=True)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # whoever reads has had enough; Python would complain of the pipe again on exit
        return 0
    except Exception:
        import traceback

        traceback.print_exc()
        typer.echo("This is a bug in Indicia, or in a plugin. Please report the lines above.", err=True)
        return 70
    return 0


def _show_warning(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
    if issubclass(category, IndiciaWarning):
        typer.echo(f"warning: {message}", err=True)
