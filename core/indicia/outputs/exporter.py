"""The contract of exporters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Literal, TypeAlias, TypeVar, get_args

from indicia.outputs.output import Output

Exported: TypeAlias = Literal["dossier", "audit", "difference", "chart", "units", "reports"]
"""The results that are written; "units" is a dossier of which each unit has a file."""
Need: TypeAlias = Literal["intervals", "comparison", "audit"]
ExportedT = TypeVar("ExportedT")

Files: TypeAlias = Mapping[str, bytes]
"""The content of files by what follows the name without its ending.

"" is the file that the user names. {"": …, ".schema.json": …} of index.json has a second file, index.schema.json.
"""


@dataclass(frozen=True)
class ExportOptions:
    """The options of all exporters."""

    format: str
    """The format, a key of `Exporter.formats`."""
    language: str | None = None
    """The language of names and texts; None for the first of the index file."""
    file: str = "index"
    """The name of the file, to which files beside it refer."""
    details: Mapping[str, Any] | None = None
    """Further options of the command, such as the table of a result."""


@dataclass(frozen=True)
class Exporter(Output, Generic[ExportedT]):
    """Write an index, an audit, a difference, a chart, units or a list of reports to files."""

    exports: ClassVar[tuple[Exported, ...]]
    """The objects that the exporter can write."""
    formats: ClassVar[Mapping[str, tuple[str, ...]]]
    """The words of `--format`, each with the endings of file names that mean this format."""
    needs: ClassVar[tuple[Need, ...]] = ()
    """The parts of a dossier that the exporter reads besides the result; they are computed only if it needs them."""
    tables: ClassVar[tuple[str, ...]] = ()
    """The tables from which `--show` chooses one; none if the files hold the whole result."""
    unstable: ClassVar[tuple[str, ...]] = ()
    """The formats whose bytes differ between two files of the same results, since a library orders them at random."""
    holds_difference: ClassVar[bool] = False
    """The files hold the difference from an earlier edition if the dossier has one."""

    @classmethod
    def class_problem(cls) -> str | None:
        """Return the reason why the class cannot be used, as a clause after its name; None if it can."""
        known, exports, formats = get_args(Exported), getattr(cls, "exports", ()), getattr(cls, "formats", None)
        if not exports or not set(exports) <= set(known):
            return f"whose exports is {exports!r:.60}, and has to name some of {', '.join(known)}"
        if not formats or not isinstance(formats, Mapping):
            return 'whose formats are no table of words and endings, such as {"yaml": (".yaml", ".yml")}'
        endings = [ending for of_format in formats.values() for ending in of_format]
        if wrong := next((ending for ending in endings if not ending.startswith(".")), None):
            return f"whose formats have the ending {wrong!r:.40}, which does not begin with a full stop"
        return "which has no write(self, exported, options)" if cls.write is Exporter.write else None

    def needs_of(self, table: str | None) -> tuple[Need, ...]:
        """Return the parts of a dossier that the exporter reads for a table, or by default.

        Parameters
        ----------
        table : str or None
            The name of a table; None for the default.

        Returns
        -------
        tuple of str
            Words such as "intervals", "comparison" and "audit".
        """
        del table  # the base class reads the same parts for all tables
        return self.needs

    def write(self, exported: ExportedT, options: ExportOptions) -> Files:
        """Return the contents of the files.

        Parameters
        ----------
        exported : Dossier, Audit, …
            What `exports` declares.
        options : ExportOptions
            The format, language and table.

        Returns
        -------
        dict of str to bytes
            The contents by the ending that is added to the name of the file; "" for the file itself.

        Raises
        ------
        OutputError
            If the format cannot hold the results.
        """
        raise NotImplementedError
