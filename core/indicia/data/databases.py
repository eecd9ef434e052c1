"""Tables of databases: SQLite and DuckDB files, and PostgreSQL servers. A database is only read, never changed."""

from __future__ import annotations

import os
import re
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeAlias
from urllib.parse import parse_qsl, quote, unquote

import polars as pl

from indicia.data import parse
from indicia.data.objects import from_arrow, series_of
from indicia.errors import DataError, join_names, require_optional, suggest
from indicia.paths import check_regular, expanded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from indicia.data.table_format import TableFormat

Kind: TypeAlias = Literal["sqlite", "duckdb", "postgresql"]

_SCHEMES: dict[str, Kind] = {
    "sqlite": "sqlite",
    "duckdb": "duckdb",
    "postgresql": "postgresql",
    "postgres": "postgresql",
}
_ENDINGS: dict[str, Kind] = {"sqlite": "sqlite", "sqlite3": "sqlite", "db": "sqlite", "duckdb": "duckdb"}
DATABASE_ENDINGS = tuple(_ENDINGS)
"""The endings of the names of database files."""
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(.*)", re.DOTALL)
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_CREDENTIAL_VARIABLE = re.compile(r"(PG|POSTGRES|DB|DATABASE|INDICIA)\w*|\w+_(DB|DATABASE|PG|POSTGRES)(_\w+)?")
"""The environment variables that may be in a URL: other secrets must not be sent to a server that a file names."""
PASSWORD = "a password in the path of a database is refused"
PASSWORD_REMEDY = "leave it out and set PGPASSWORD, or write ${DB_PASSWORD} in its place"
_SQLITE_START = b"SQLite format 3\0"
_DUCKDB_START = b"DUCK"
_CONNECT_SECONDS = 15


@dataclass(frozen=True)
class Database:
    """A database that a path names."""

    kind: Kind
    place: str
    """The path of the file, or the URL of the server, with the names of environment variables."""
    where: str
    """The name in messages, without user, password and parameters."""

    @contextmanager
    def opened(self) -> Iterator[Connection]:
        """Open the database for reading."""
        with _OPENERS[self.kind](self) as connection:
            yield connection


@dataclass(frozen=True)
class Connection:
    """An open database."""

    database: Database
    run: Callable[[str], pl.DataFrame]
    """Runs a query; DataError if the database refuses it."""
    names: Sequence[tuple[str, str]]
    """The schema and the name of each table and view; the schema is empty where a table is found without it."""

    @property
    def tables(self) -> list[str]:
        """The names of the tables and views, with the schema if a table is not found without it."""
        return _full_names(self.names)

    def query_of(self, table: str) -> str:
        """Return the query for all rows of a table; DataError if the database has no such table."""
        if table not in self.tables:
            remedy = suggest(table, self.tables) or tables_remedy(self.tables)
            raise DataError(f'no table "{table}" in the database', where=self.database.where, remedy=remedy)
        parts = self.names[self.tables.index(table)]
        return f"SELECT * FROM {'.'.join(_quoted_name(part) for part in parts if part)}"


def _full_names(names: Sequence[tuple[str, str]]) -> list[str]:
    return [f"{schema}.{name}" if schema else name for schema, name in names]


def tables_remedy(tables: Sequence[str]) -> str:
    """Return the remedy that names one of the tables of a database."""
    names = join_names((f'"{name}"' for name in tables), 20)
    return f'name the table in [data], table = "…" (--set data.table=…); the tables are {names}'


def is_database(source: str) -> bool:
    """Return True if a source is the URL of a database, or has the ending of a database file.

    >>> is_database("postgresql://host/db"), is_database("cities.SQLITE"), is_database("cities.csv")
    (True, True, False)
    """
    url = _URL.fullmatch(source)
    return bool(url and url[1].lower() in _SCHEMES) or _ending(source) in _ENDINGS


def is_server(source: str) -> bool:
    """Return True if a source is the URL of a server.

    >>> is_server("postgres://host/db"), is_server("sqlite:///cities.db")
    (True, False)
    """
    url = _URL.fullmatch(source)
    return url is not None and _SCHEMES.get(url[1].lower()) == "postgresql"


def file_of(source: str) -> str:
    """Return the path of the file of a database; another source is returned as it is.

    >>> file_of("sqlite:///data/cities.db"), file_of("sqlite:////data/cities.db"), file_of("cities.db")
    ('data/cities.db', '/data/cities.db', 'cities.db')
    """
    url = _URL.fullmatch(source)
    if url is None or _SCHEMES.get(url[1].lower()) not in ("sqlite", "duckdb"):
        return source
    return unquote(url[2].removeprefix("/"))


def shown(source: str) -> str:
    """Return the name of a source for messages: without user, password and parameters if it is a URL.

    >>> shown("postgresql://ann:secret@host:5433/db?sslmode=require")
    'postgresql://host:5433/db'
    """
    url = _URL.fullmatch(source)
    if url is None or _SCHEMES.get(url[1].lower()) in ("sqlite", "duckdb"):
        return source
    return f"{url[1]}://{url[2].partition('?')[0].rpartition('@')[2]}"


def has_password(source: str) -> bool:
    """Return True if a source is a URL with a password, other than the name of an environment variable.

    >>> has_password("postgresql://ann:secret@host/db"), has_password("postgresql://ann:${DB_PASSWORD}@host/db")
    (True, False)
    """
    if not (url := _URL.fullmatch(source)):
        return False
    address, _, query = url[2].partition("?")
    user, mark, _ = address.rpartition("@")
    parameters = dict(parse_qsl(query))
    secrets = (
        user.partition(":")[2] if mark else "",
        parameters.get("password", ""),
        parameters.get("sslpassword", ""),
    )
    return any(secret and not _VARIABLE.fullmatch(secret) for secret in secrets)


def database_of(source: str, folder: Path) -> Database | None:
    """Return the database that a source names; None for a source that is no database.

    The path of a file is relative to `folder`.
    """
    url = _URL.fullmatch(source)
    if url is None and not is_database(source):
        return None
    if url is not None:
        kind = _SCHEMES.get(url[1].lower())
        if kind is None:
            message = f"no database of the kind {url[1]} can be read"
            remedy = "known: sqlite:///FILE, duckdb:///FILE, postgresql://HOST/DB"
            raise DataError(message, where=shown(source), remedy=remedy)
        if has_password(source):
            raise DataError(PASSWORD, where=shown(source), remedy=PASSWORD_REMEDY)
        if kind == "postgresql":
            return Database(kind, source, shown(source))
        path = folder / expanded(file_of(source))
    else:
        path = folder / expanded(source)
        kind = _ENDINGS[_ending(source)]
        kind = _kind_of_file(path, kind)
    return Database(kind, str(path), str(path))


def load(database: Database, format: TableFormat) -> parse.Table:
    """Return the rows of the query or of the table; without either, of the only table of the database."""
    if format.query and format.table:
        raise DataError(
            "query and table are both given", where=database.where, remedy="leave one of them out of [data]"
        )
    with database.opened() as connection:
        if format.query:
            return parse.from_frame(connection.run(format.query), f"{database.where}, query", format.columns)
        table = format.table or _only_table(connection)
        frame = connection.run(connection.query_of(table))
        return parse.from_frame(frame, f"{database.where}, table {table}", format.columns)


def _only_table(connection: Connection) -> str:
    tables, where = connection.tables, connection.database.where
    if not tables:
        raise DataError("the database has no table that you may read", where=where)
    if len(tables) > 1:
        raise DataError(f"the database has {len(tables)} tables", where=where, remedy=tables_remedy(tables))
    return tables[0]


def _ending(source: str) -> str:
    return Path(source).suffix.lower().removeprefix(".")


def _kind_of_file(path: Path, kind: Kind) -> Kind:
    """Return the kind by the first bytes of a file, as the ending .db is that of several kinds."""
    check_regular(path)
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except OSError:
        return kind  # the error of the missing or forbidden file comes where it is opened
    return "duckdb" if start[8:12] == _DUCKDB_START else "sqlite" if start == _SQLITE_START else kind


def _quoted_name(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _check_file(database: Database) -> Path:
    """Refuse a missing file and a folder, since a database could create them."""
    path = Path(database.place)
    check_regular(path)
    if path.is_dir():
        raise DataError(f'"{path}" is a folder, not a file')
    if not path.exists():
        others = path.parent.iterdir() if path.parent.is_dir() else ()
        names = (other.name for other in others if other.suffix.lower().removeprefix(".") in DATABASE_ENDINGS)
        remedy = suggest(path.name, names) if path.parent.is_dir() else f'there is no folder "{path.parent}"'
        raise DataError(f'no file "{path.name}"', where=database.where, remedy=remedy)
    return path


def _refuse_query(database: Database, reason: str, tables: Sequence[str] = ()) -> NoReturn:
    """Refuse a query with the reason of the database."""
    lowered = reason.lower()
    if re.search(r"read.?only|not authorized|permission error|only be a select", lowered):
        remedy = "a query reads and changes nothing: write a SELECT"
    elif re.search(r"no such table|relation .* does not exist|table with name", lowered):
        remedy = tables_remedy(tables)
    elif re.search(r"permission denied", lowered):
        remedy = "ask the owner of the table for the right to SELECT"
    else:
        remedy = "correct the query in [data] (--set 'data.query=SELECT …')"
    raise DataError(f"the database refuses the query: {reason}", where=database.where, remedy=remedy) from None


def _frame(rows: Sequence[Sequence[Any]], names: Sequence[str], where: str) -> pl.DataFrame:
    """Return a frame from rows of Python values, whose columns may mix types."""
    parse.check_names(names, names, where)
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    return pl.DataFrame([series_of(name, list(values)) for name, values in zip(names, columns, strict=True)])


# SQLite

_SQLITE_TABLES = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND substr(name, 1, 7) <> 'sqlite_'"


@contextmanager
def _open_sqlite(database: Database) -> Iterator[Connection]:
    import sqlite3  # most tables are no databases

    path = _check_file(database)
    reads = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE)
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True)) as connection:
            tables = [name for (name,) in connection.execute(_SQLITE_TABLES)]
            # a query may read, and may not attach another file or change a setting
            connection.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in reads else sqlite3.SQLITE_DENY)

            def run(query: str) -> pl.DataFrame:
                try:
                    cursor = connection.execute(query)
                    if cursor.description is None:
                        _refuse_query(database, "it can only be a SELECT")
                    return _frame(cursor.fetchall(), [column[0] for column in cursor.description], database.where)
                except (sqlite3.Error, sqlite3.Warning, OverflowError) as error:
                    _refuse_query(database, str(error), tables)

            yield Connection(database, run, [("", name) for name in tables])
    except sqlite3.Error as error:
        raise DataError(
            f"not an SQLite database that can be read: {error}",
            where=database.where,
            remedy="close the programs that use the file, and check that it is a database of SQLite",
        ) from None


# DuckDB

_DUCKDB_TABLES = (
    "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal UNION ALL "
    "SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal ORDER BY ALL"
)


@contextmanager
def _open_duckdb(database: Database) -> Iterator[Connection]:
    duckdb = require_optional("duckdb", "reading DuckDB files", "database")
    path = _check_file(database)
    try:
        # a query may read no other file
        config = {"enable_external_access": "false", "lock_configuration": "true"}
        connection = duckdb.connect(str(path), read_only=True, config=config)
    except duckdb.Error as error:
        raise DataError(
            f"not a DuckDB database that can be read: {_first_line(error)}",
            where=database.where,
            remedy="close the programs that use the file, and check that it is a database of DuckDB",
        ) from None
    with closing(connection):
        names = [
            ("" if schema == "main" else schema, name) for schema, name in connection.sql(_DUCKDB_TABLES).fetchall()
        ]

        def run(query: str) -> pl.DataFrame:
            try:
                statements = connection.extract_statements(query)
                if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                    _refuse_query(database, "it can only be a SELECT")
                return from_arrow(connection.sql(query), database.where)
            except duckdb.Error as error:
                _refuse_query(database, _first_line(error), _full_names(names))

        yield Connection(database, run, names)


# PostgreSQL

_EXTENSION = b"ARROW:extension:metadata"
_POSTGRESQL_TABLES = """
SELECT CASE WHEN n.nspname = current_schema() THEN '' ELSE n.nspname::text END, c.relname::text
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')
ORDER BY n.nspname = current_schema() DESC, 1, 2
"""
"""The tables that the user may read, without those of extensions."""


@contextmanager
def _open_postgresql(database: Database) -> Iterator[Connection]:
    dbapi = require_optional("adbc_driver_postgresql.dbapi", "reading from PostgreSQL", "database")
    url, secrets = _with_variables(database)
    try:
        connection = dbapi.connect(url)
    except dbapi.Error as error:
        _refuse_connection(database, _without_secrets(_first_line(error), secrets))
    tables: list[str] = []

    def run(query: str) -> pl.DataFrame:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION READ ONLY")
                cursor.execute(query)
                return _from_cursor(cursor, database.where)
        except dbapi.Error as error:
            _refuse_query(database, _without_secrets(_first_line(error), secrets), tables)
        finally:
            connection.rollback()

    with closing(connection):
        names = run(_POSTGRESQL_TABLES).rows()
        tables += _full_names(names)
        yield Connection(database, run, names)


def _from_cursor(cursor: Any, where: str) -> pl.DataFrame:
    """Return the rows of a query."""
    if hasattr(pl, "BaseExtension"):
        return from_arrow(cursor.fetch_arrow(), where)
    # Older versions of polars cannot read NUMERIC, which is a text that Arrow marks as an extension.
    pyarrow = require_optional("pyarrow", f"reading from PostgreSQL with polars {pl.__version__}", "test")
    table = cursor.fetch_arrow_table()
    parse.check_names(table.column_names, table.column_names, where)
    schema = pyarrow.schema([field.remove_metadata() for field in table.schema])
    frame = from_arrow(pyarrow.Table.from_arrays(table.columns, schema=schema), where)
    numeric = [field.name for field in table.schema if b'"numeric"' in (field.metadata or {}).get(_EXTENSION, b"")]
    return frame.with_columns(frame[name].cast(pl.Float64, strict=False) for name in numeric)


def _with_variables(database: Database) -> tuple[str, list[str]]:
    """Return the URL with the values of its environment variables, and these values."""
    url, where = database.place, database.where
    start, mark, rest = url.partition("?")[0].rpartition("@")
    secrets = []

    def value_of(match: re.Match[str]) -> str:
        name = match[1]
        if not _CREDENTIAL_VARIABLE.fullmatch(name):
            remedy = "use a variable such as DB_PASSWORD or PGPASSWORD"
            raise DataError(f"${{{name}}} is no name for a variable of a database", where=where, remedy=remedy)
        value = os.environ.get(name)
        if value is None:
            raise DataError(f"the environment variable {name} is not set", where=where, remedy=f"export {name}=…")
        secrets.append(value)
        return quote(value, safe="")

    if _VARIABLE.search(rest) or (not mark and _VARIABLE.search(url)):
        remedy = "a variable stands for user and password: postgresql://${DB_USER}:${DB_PASSWORD}@host/db"
        raise DataError("the host or database of a URL has a variable", where=where, remedy=remedy)
    query = url.partition("?")[2]
    parameters = dict(parse_qsl(query))
    expanded_url = _VARIABLE.sub(value_of, start) + mark + rest if mark else rest
    expanded_query = _VARIABLE.sub(value_of, query)
    if "connect_timeout" not in parameters:
        expanded_query = "&".join(part for part in (expanded_query, f"connect_timeout={_CONNECT_SECONDS}") if part)
    return f"{expanded_url}?{expanded_query}", [*secrets, os.environ.get("PGPASSWORD", "")]


def _first_line(error: Exception) -> str:
    """Return the reason in an error of a database, without the names of layers and the query."""
    text = re.split(
        r"\n\s*LINE \d+:|\n\nQuery was|\. SQLSTATE|\nDid you mean|\nCandidate|\n\s+Is the server", str(error)
    )[0]
    text = re.split(r"\b(?:ERROR|FATAL): +", text)[-1]
    return " ".join(re.sub(r"^[A-Z_]+: |\[libpq\] |Failed to connect: ", "", text).split())


def _without_secrets(text: str, secrets: Sequence[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, "…") if secret else text
    return text


def _refuse_connection(database: Database, reason: str) -> NoReturn:
    lowered = reason.lower()
    if re.search(r"password|authentication|no pg_hba", lowered):
        remedy = "set PGUSER and PGPASSWORD, or a password file in PGPASSFILE, in the environment"
    elif re.search(r"database .* does not exist", lowered):
        remedy = "correct the name of the database behind the host: postgresql://host/db"
    elif re.search(r"translate host|resolve host|unknown host", lowered):
        remedy = "correct the name of the host: postgresql://host/db"
    else:
        remedy = "start the server, or correct host and port: postgresql://host:5432/db"
    raise DataError(f"cannot connect to the database: {reason}", where=database.where, remedy=remedy) from None


_OPENERS: dict[Kind, Any] = {
    "sqlite": _open_sqlite,
    "duckdb": _open_duckdb,
    "postgresql": _open_postgresql,
}
