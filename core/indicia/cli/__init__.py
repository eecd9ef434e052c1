"""The command line: each command reads, calls the library and prints."""

from __future__ import annotations

import gc
import io
import os
import shutil
import sys
import textwrap
import traceback
import warnings
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
import typer.core
import typer.main

from indicia import packages, tracing
from indicia.cli import usage_errors
from indicia.cli.language import say_error
from indicia.cli.option_groups import expand_option_groups
from indicia.errors import IndiciaError, IndiciaWarning, enough_memory, printable, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

EXAMPLES = """\
Examples:

\b
  indicia example human_development     copy an example to look at first
  indicia init cities.csv               write an index file for a table
  indicia run index.toml                score and rank
  indicia run index.toml -n z_score -w entropy -a topsis
  indicia run cities.csv --unit city --cost co2 -w critic
  indicia fit -o fitted.json; indicia score fitted.json new.csv
  indicia compare -n min_max,z_score -w equal,entropy
  indicia robustness --weights ±25%     Monte Carlo: intervals of ranks
  indicia stability                     the smallest changes that alter the ranking
  indicia audit --fail-on error         the statistical audit: findings by chapter
  indicia analyse obstacles             what holds each unit back; indicia analyse lists the questions
  indicia explain Lima                  why a score; two units: the gap; --from, --since: a move; --reach 10
  indicia diff 2023 2024                what changed between two editions, and why
  indicia diff 2022.csv 2023.csv 2024 --recast   old years under the new method
  indicia report -o report.html         the whole index on one page
  indicia serve                         other methods in a browser, with ranking and agreement at once
  indicia plot ranking -o ranking.svg   one chart
  indicia export -o index.xlsx          a workbook with live formulas
  indicia cite -o references.bib        the works behind index, methods and data
  indicia pack -o index.zip; indicia replay index.zip
  indicia methods min_max               formula, parameters, reference
  indicia checks D05                    thresholds and source of a check of the data
  indicia plugins new my-sigmoid --kind normalisation
"""

GROUPS = {
    "Start": ("example", "init", "check"),
    "Score": ("run", "fit", "score"),
    "Question": ("compare", "robustness", "stability", "audit", "analyse", "explain", "diff"),
    "Publish": ("report", "serve", "plot", "export", "cite"),
    "Keep": ("pack", "replay"),
    "Extend": ("methods", "checks", "schema", "plugins"),
}
"""The commands by what a person does, in the order of `indicia --help` and of the documentation.

Each command is a function in the module of the same name of `packages.COMMANDS`.
"""
COMMANDS = tuple(name for names in GROUPS.values() for name in names)


class GroupedCommands(typer.core.TyperGroup):
    """The commands of `indicia`, listed by group.

    The types of click are Any here: later versions of Typer have their own copy of click.
    """

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the commands of each group with the first sentence of their help."""
        longest = max(map(len, COMMANDS))
        for heading, names in GROUPS.items():
            commands = [(name, command) for name in names if (command := self.get_command(ctx, name)) is not None]
            if commands:
                with formatter.section(heading):
                    limit = formatter.width - 6 - longest
                    formatter.write_dl(
                        [(f"{name:{longest}}", each.get_short_help_str(limit)) for name, each in commands]
                    )


def application(commands: Iterable[str] = COMMANDS) -> typer.Typer:
    """Return the command line with these commands."""
    app = typer.Typer(
        name="indicia",
        cls=GroupedCommands,
        help=f"Build, compare and audit composite indicators.\n\n{EXAMPLES}",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
    )
    for name in commands:
        module = import_module(f"{packages.COMMANDS}.{name}")
        command = getattr(module, name)
        if isinstance(command, typer.Typer):
            app.add_typer(command)
        else:
            app.command(name, cls=getattr(module, "HelpWithCharts", usage_errors.Command))(
                expand_option_groups(command)
            )
    app.callback()(_options)
    return app


def _version(requested: bool) -> None:
    if requested:
        from importlib.metadata import version  # here, since this import would slow every command

        typer.echo(f"indicia {version('indicia')}")
        raise typer.Exit


def _options(
    _version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
    _traceback: bool = typer.Option(
        False, "--traceback", help="Show Python's traceback of an error; accepted anywhere on the line."
    ),
    _trace: bool = typer.Option(
        False,
        "--trace",
        help="Print what hooks and methods got and gave; --trace values: figures of units too. Accepted anywhere.",
    ),
) -> None:
    """Declare the options that precede a command."""


def _without_trace(words: list[str]) -> tuple[list[str], tracing.Level | None]:
    """Return the words without `--trace` or `--trace values`, and the level of the trace; None without them."""
    if "--trace" not in words:
        return words, None
    place = words.index("--trace")
    has_values = words[place + 1 : place + 2] == ["values"]
    return words[:place] + words[place + 1 + has_values :], 2 if has_values else 1


_INTERRUPTED = 130
"""The exit code of shells after Ctrl-C: 128 plus the number of the signal."""


@cache
def _parser(commands: tuple[str, ...]) -> Any:
    """Build the parser of these commands, once in a process."""
    return typer.main.get_command(application(commands))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit.

    The exit code is 0 after success, 1 where a result is not as expected (`--expect`, `plugins test`), 2 after an error
    in the input, the options or the output, 70 after a bug, and 130 after an interrupt.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    shows_traceback = "--traceback" in words
    words, level = _without_trace([word for word in words if word != "--traceback"])
    shown: set[str] = set()
    if sys.stdout is None:  # the caller closed it, as in `indicia run >&-`
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    if arguments is None:
        _make_encodable(sys.stdout, sys.stderr)
    # `-o /dev/stdout` opens descriptor 1 by name, so this descriptor must remain standard output.
    if arguments is None and not any("/dev/" in word for word in words):
        _separate_output()

    def show_warning(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
        if issubclass(category, IndiciaWarning) and str(message) not in shown:
            shown.add(str(message))
            typer.echo(_broken(printable(f"warning: {shorten(str(message))}")), err=True)

    # A command is short, and polars holds its data outside Python's heap: the collector would only cost time.
    gc.disable()
    with warnings.catch_warnings(), tracing.at(level):
        warnings.simplefilter("always", IndiciaWarning)
        warnings.showwarning = show_warning
        # Build the parser of the called command alone: the parser of all commands takes 15 ms more.
        commands = (words[0],) if words and words[0] in COMMANDS else COMMANDS
        sys.exit(
            _guarded(
                lambda: _parser(commands)(words, prog_name="indicia", standalone_mode=False), words, shows_traceback
            )
        )


def _broken(text: str) -> str:
    """Return a text that a terminal shows without breaking words; other readers of standard error get one line."""
    if not sys.stderr.isatty():
        return text
    width = shutil.get_terminal_size().columns
    return textwrap.fill(text, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def _make_encodable(*streams: object) -> None:
    """Let these streams take every letter: one that their encoding lacks, such as ● or 智, becomes a question mark.

    A file or pipe of Windows, whose encoding is that of the country, gets UTF-8, as tables are written to it anyway.
    """
    for stream in streams:
        if not isinstance(stream, io.TextIOWrapper) or stream.encoding.lower().replace("-", "") == "utf8":
            continue
        if os.name == "nt" and "PYTHONIOENCODING" not in os.environ:
            stream.reconfigure(encoding="utf-8")
        elif stream.errors == "strict":
            stream.reconfigure(errors="replace")


def _separate_output() -> None:
    """Print results to a copy of standard output, and let file descriptor 1 lead to standard error.

    C code of a plugin, and programs that it starts, write to descriptor 1. Their output would otherwise end up in the
    middle of a table. Only the command line owns its process: Indicia called from Python leaves descriptor 1 unchanged.
    """
    with suppress(OSError, ValueError, AttributeError):  # standard output may have no descriptor, as in a notebook
        out = sys.stdout
        if out.fileno() != 1:
            return
        out.flush()
        own = os.dup(1)
        os.dup2(2, 1)
        buffering = 1 if out.line_buffering else -1
        sys.stdout = os.fdopen(own, "w", buffering, encoding=out.encoding, errors=out.errors)


def _guarded(work: Callable[[], int | None], words: Sequence[str], shows_traceback: bool) -> int:
    try:
        with enough_memory("do this", "fewer units, indicators or draws; or indicia score --stream, slice by slice"):
            code = work() or 0
    except IndiciaError as error:
        return _refused(error, words, shows_traceback)
    except usage_errors.UsageError as error:
        if usage_errors.is_help(error):
            typer.echo(str(error), err=True)
            return 2
        return _refused(usage_errors.explain(error), words, shows_traceback)
    except (KeyboardInterrupt, typer.Abort):
        code = _INTERRUPTED
    except BrokenPipeError:  # the reader of the pipe, such as `head`, has stopped reading
        sys.stderr.close()  # else Python reports the broken pipe again on exit
        return 0
    except OSError as error:  # data and results raise errors of Indicia, so this error is about a path or a stream
        if shows_traceback:
            traceback.print_exc()
        if error.filename is not None:  # the path is too long, or leads through a file
            message = f'cannot use the path "{error.filename}": {error.strerror}'
        else:
            with suppress(OSError):
                sys.stdout.close()
            message = f"cannot write the output: {error.strerror or error}"
        typer.echo(printable(f"error: {shorten(message)}"), err=True)
        return 2
    except Exception:
        traceback.print_exc()
        typer.echo("This is a bug in Indicia, or in a plugin. Please report the lines above.", err=True)
        return 70
    if code == _INTERRUPTED:
        typer.echo("interrupted", err=True)
    return code


def _refused(error: IndiciaError, words: Sequence[str], shows_traceback: bool) -> int:
    if shows_traceback:
        traceback.print_exc()
    typer.echo(printable(say_error(error, words)), err=True)
    return 2
