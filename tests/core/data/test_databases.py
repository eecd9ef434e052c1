"""Tables of SQLite, DuckDB and PostgreSQL: only read, chosen by name, and refused without a word of a password."""

from __future__ import annotations

import os
import sqlite3
import traceback
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import polars as pl
import postgresql as postgresql_server
import pytest

import indicia
from indicia.data import TableFormat, is_table, read_table
from indicia.data.databases import file_of, shown
from indicia.errors import DataError, IndiciaError, MissingDependency

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Run = Callable[..., str]

CITIES = "CREATE TABLE cities (city TEXT, gdp DOUBLE PRECISION, people INTEGER)"
ROWS = "INSERT INTO cities VALUES ('Lima', 1.5, 3), ('Oslo', NULL, 4)"
NOTES = "CREATE TABLE notes (note TEXT)"


def refusal(source: str | Path, **settings: Any) -> DataError:
    with pytest.raises(DataError) as caught:
        read_table(str(source), TableFormat(**settings))
    return caught.value


def rows(source: str | Path, folder: Path | None = None, **settings: Any) -> list[tuple[Any, ...]]:
    return read_table(str(source), TableFormat(**settings), **({"folder": folder} if folder else {})).rows()


@pytest.fixture
def sqlite(tmp_path: Path) -> Run:
    """Return a function that makes an SQLite file with statements."""

    def run(*statements: str, name: str = "cities.sqlite") -> str:
        with sqlite3.connect(tmp_path / name) as connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()
        return str(tmp_path / name)

    return run


@pytest.fixture
def duckdb(tmp_path: Path) -> Run:
    """Return a function that makes a DuckDB file with statements."""
    library = pytest.importorskip("duckdb")

    def run(*statements: str) -> str:
        path = str(tmp_path / "cities.duckdb")
        with library.connect(path) as connection:
            for statement in statements:
                connection.execute(statement)
        return path

    return run


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The URL of a server of PostgreSQL; its password is in the environment."""
    pytest.importorskip("adbc_driver_postgresql")
    with postgresql_server.server() as (url, password), pytest.MonkeyPatch.context() as patch:
        for name in ("PGUSER", "PGPASSFILE", "PGHOST", "PGPORT", "PGDATABASE"):
            patch.delenv(name, raising=False)
        patch.setenv("PGPASSWORD", password)
        yield url


@pytest.fixture
def postgresql(server: str) -> Iterator[Run]:
    """Return a function that runs statements in a new database, and returns its URL."""
    from adbc_driver_postgresql import dbapi

    name = f"indicia_{uuid4().hex}"
    url = server.rpartition("/")[0] + f"/{name}"

    def execute(place: str, *statements: str) -> None:
        with dbapi.connect(place, autocommit=True) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def run(*statements: str) -> str:
        execute(url, *statements)
        return url

    execute(server, f"CREATE DATABASE {name}")
    yield run
    execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "duckdb", "postgresql"])
def database(request: pytest.FixtureRequest) -> Run:
    """Return a function that runs statements in a database of each kind, and returns its path."""
    run: Run = request.getfixturevalue(request.param)
    return run


# All kinds


def test_the_only_table_is_read(database: Run) -> None:
    assert rows(database(CITIES, ROWS)) == [("Lima", 1.5, 3), ("Oslo", None, 4)]


def test_a_table_is_read_by_name(database: Run) -> None:
    assert rows(database(CITIES, ROWS, NOTES), table="cities") == [("Lima", 1.5, 3), ("Oslo", None, 4)]


def test_the_name_of_a_table_may_hold_spaces_and_quotation_marks(database: Run) -> None:
    source = database('CREATE TABLE "the ""big"" one" (x INTEGER)', 'INSERT INTO "the ""big"" one" VALUES (1)')
    assert rows(source, table='the "big" one') == [(1,)]


def test_a_query_is_read(database: Run) -> None:
    source = database(CITIES, ROWS, NOTES)
    assert rows(source, query="SELECT city, people * 2 AS doubled FROM cities ORDER BY 2 DESC") == [
        ("Oslo", 8),
        ("Lima", 6),
    ]


def test_columns_are_read_by_name(database: Run) -> None:
    assert rows(database(CITIES, ROWS), columns=("people",)) == [(3,), (4,)]


def test_a_view_is_a_table(database: Run) -> None:
    assert rows(database(CITIES, ROWS, "CREATE VIEW v AS SELECT city FROM cities"), table="v") == [("Lima",), ("Oslo",)]


def test_decimals_are_numbers(database: Run) -> None:
    source = database("CREATE TABLE t (x NUMERIC(12, 3))", "INSERT INTO t VALUES (12.125), (NULL), (3)")
    frame = read_table(source, numbers=["x"])
    assert frame["x"].to_list() == [12.125, None, 3.0]
    assert read_table(source).schema["x"] == pl.Float64


def test_a_date_can_be_the_text_of_a_period(database: Run) -> None:
    source = database("CREATE TABLE t (day DATE)", "INSERT INTO t VALUES ('2020-12-31')")
    assert read_table(source, text=["day"])["day"].to_list() == ["2020-12-31"]


def test_several_tables_are_refused_with_their_names_and_the_word_that_names_a_table(database: Run) -> None:
    error = refusal(database(CITIES, NOTES))
    assert error.what == "the database has 2 tables"
    assert "--set data.table=…" in str(error.remedy)
    assert '"cities", "notes"' in str(error.remedy)


def test_a_database_without_tables_is_refused(database: Run) -> None:
    assert refusal(database(CITIES, "DROP TABLE cities")).what == "the database has no table that you may read"


def test_an_unknown_table_is_refused_with_a_similar_name(database: Run) -> None:
    error = refusal(database(CITIES), table="citeis")
    assert (error.what, error.remedy) == ('no table "citeis" in the database', 'did you mean "cities"?')


def test_a_query_of_an_unknown_table_is_refused_with_the_tables(database: Run) -> None:
    error = refusal(database(CITIES), query="SELECT * FROM towns")
    assert error.what.startswith("the database refuses the query: ")
    assert "towns" in error.what
    assert 'the tables are "cities"' in str(error.remedy)


def test_a_query_that_is_no_sql_is_refused_with_the_word_to_correct(database: Run) -> None:
    error = refusal(database(CITIES), query="SELEC 1")
    assert "syntax error" in error.what
    assert "correct the query in [data]" in str(error.remedy)


@pytest.mark.parametrize("query", ["DELETE FROM cities", "DROP TABLE cities", "UPDATE cities SET people = 0"])
def test_a_query_that_changes_the_database_is_refused(database: Run, query: str) -> None:
    source = database(CITIES, ROWS)
    assert refusal(source, query=query).remedy == "a query reads and changes nothing: write a SELECT"
    assert len(rows(source)) == 2


def test_two_statements_are_refused(database: Run) -> None:
    source = database(CITIES, ROWS)
    assert refusal(source, query="SELECT 1; DROP TABLE cities").what.startswith("the database refuses the query")
    assert len(rows(source)) == 2


def test_two_columns_with_one_name_are_refused(database: Run) -> None:
    with pytest.raises(DataError, match="two columns"):
        rows(database(CITIES), query="SELECT 1 AS a, 2 AS a")


def test_query_and_table_exclude_each_other(database: Run) -> None:
    assert refusal(database(CITIES), query="SELECT 1", table="cities").what == "query and table are both given"


def test_an_empty_table_has_no_rows(database: Run) -> None:
    assert refusal(database(CITIES)).what == "the table has a header and no rows"


def test_an_index_file_scores_a_query(database: Run, tmp_path: Path) -> None:
    source = database(CITIES, "INSERT INTO cities VALUES ('Lima', 1.5, 3), ('Oslo', 2.5, 4), ('Pune', 2, 9)")
    (tmp_path / "index.toml").write_text(
        f'[data]\npath = "{source}"\nquery = "SELECT * FROM cities WHERE people < 5"\nunit = "city"\n'
        "[indicators]\ngdp = {}\npeople = {}\n"
    )
    result = indicia.read(tmp_path / "index.toml").score()
    assert result.ranking["city"].to_list() == ["Oslo", "Lima"]
    assert postgresql_server.PASSWORD not in str(result.manifest)


# Files


def test_the_path_of_a_database_file_is_relative_to_the_folder(sqlite: Run, tmp_path: Path) -> None:
    sqlite(CITIES, ROWS)
    for source in ("cities.sqlite", "sqlite:///cities.sqlite", f"sqlite:///{tmp_path}/cities.sqlite"):
        assert len(rows(source, tmp_path)) == 2


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("sqlite:///cities.db", "cities.db"),
        ("sqlite:////data/cities.db", "/data/cities.db"),
        ("duckdb:///my%20cities.db", "my cities.db"),
        ("postgresql://host/db", "postgresql://host/db"),
        ("cities.csv", "cities.csv"),
    ],
)
def test_the_url_of_a_database_file_has_a_path(source: str, path: str) -> None:
    assert file_of(source) == path


def test_a_file_with_the_ending_db_is_of_the_kind_of_its_content(sqlite: Run, duckdb: Run, tmp_path: Path) -> None:
    assert len(rows(sqlite(CITIES, ROWS, name="a.db"))) == 2
    (tmp_path / "b.db").write_bytes((tmp_path / "cities.duckdb").read_bytes() if duckdb(CITIES, ROWS) else b"")
    assert len(rows(tmp_path / "b.db")) == 2


@pytest.mark.parametrize("ending", ["sqlite", "db", "duckdb"])
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, ending: str) -> None:
    (tmp_path / f"cities.{ending}").write_text("city,gdp\nLima,1\n" * 100)
    assert "database that can be read" in refusal(tmp_path / f"cities.{ending}").what


def test_a_missing_file_is_not_created(tmp_path: Path, sqlite: Run) -> None:
    sqlite(CITIES)
    error = refusal(tmp_path / "citeis.sqlite")
    assert (error.what, error.remedy) == ('no file "citeis.sqlite"', 'did you mean "cities.sqlite"?')
    assert not (tmp_path / "citeis.sqlite").exists()


def test_a_query_reads_no_other_file(sqlite: Run, duckdb: Run, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n")
    attached = tmp_path / "new.sqlite"
    assert "not authorized" in refusal(sqlite(CITIES), query=f"ATTACH '{attached}' AS other").what
    assert not attached.exists()
    error = refusal(duckdb(CITIES), query=f"SELECT * FROM read_csv('{tmp_path}/secret.csv')")
    assert "a query reads and changes nothing" in str(error.remedy)


def test_a_column_of_sqlite_may_mix_types(sqlite: Run) -> None:
    source = sqlite("CREATE TABLE t (x, y, z)", "INSERT INTO t VALUES (1, 1, NULL), (2.5, 'n/a', NULL)")
    assert rows(source) == [(1.0, 1, None), (2.5, None, None)]
    assert read_table(source, text=["y"])["y"].to_list() == ["1", "n/a"]


def test_query_and_table_need_a_database(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("city,gdp\nLima,1\n")
    error = refusal(tmp_path / "t.csv", table="cities")
    assert error.what.startswith("table is for a database")
    assert "leave table out of [data]" in str(error.remedy)


def test_duckdb_is_an_optional_library(duckdb: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    source = duckdb(CITIES, ROWS)
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(MissingDependency, match=r"pip install 'indicia\[database\]'"):
        read_table(source)


# PostgreSQL


def test_a_table_of_another_schema_has_the_schema_in_its_name(postgresql: Run) -> None:
    url = postgresql("CREATE SCHEMA office", "CREATE TABLE office.t (x INTEGER)", "INSERT INTO office.t VALUES (7)")
    assert rows(url, table="office.t") == [(7,)]


@pytest.mark.parametrize(
    ("change", "what", "remedy"),
    [
        (lambda url: url.replace("indicia@", "nobody@"), "password authentication failed", "set PGUSER and PGPASSWORD"),
        (lambda url: f"{url}_2", "does not exist", "correct the name of the database"),
        (lambda url: "postgresql://indicia@127.0.0.1:1/db", "refused", "start the server"),
        (lambda url: "postgresql://host.invalid/db", "host", "host"),
    ],
)
def test_a_failed_connection_names_its_cause_and_remedy(
    postgresql: Run, change: Callable[[str], str], what: str, remedy: str
) -> None:
    error = refusal(change(postgresql()))
    assert error.what.startswith("cannot connect to the database: ")
    assert what in error.what
    assert remedy in str(error.remedy)


def test_a_password_may_come_from_a_variable_in_the_url(postgresql: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    url = postgresql(CITIES, ROWS).replace("indicia@", "${DB_USER}:${DB_PASSWORD}@")
    monkeypatch.setenv("DB_USER", "indicia")
    monkeypatch.setenv("DB_PASSWORD", os.environ["PGPASSWORD"])
    monkeypatch.delenv("PGPASSWORD")
    assert len(rows(url)) == 2
    monkeypatch.delenv("DB_PASSWORD")
    assert refusal(url).what == "the environment variable DB_PASSWORD is not set"


def test_a_variable_that_is_no_credential_of_a_database_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOUD_SECRET", "s3cret")
    error = refusal("postgresql://${CLOUD_SECRET}@host.invalid/db")
    assert error.what == "${CLOUD_SECRET} is no name for a variable of a database"


def test_a_variable_in_place_of_the_host_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_HOST", "host.invalid")
    assert refusal("postgresql://${DB_HOST}/db").what == "the host or database of a URL has a variable"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ann:s3cret@host.invalid/db",
        "postgresql://ann@host.invalid/db?password=s3cret",
        "postgres://:s3cret@host.invalid:5433/db?sslmode=require",
    ],
)
def test_a_password_in_a_url_is_refused_and_not_shown(url: str, tmp_path: Path) -> None:
    for source in (url, {"data": {"path": url, "unit": "city"}, "indicators": {"gdp": {}}}):
        with pytest.raises(IndiciaError) as caught:
            read_table(source) if isinstance(source, str) else indicia.read(source).score()
        text = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
        assert "a password in the path of a database is refused" in text
        assert "PGPASSWORD" in text
        assert "s3cret" not in text


def test_no_error_shows_a_password(postgresql: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    url = postgresql().replace("indicia@", "indicia:${DB_PASSWORD}@")
    monkeypatch.setenv("DB_PASSWORD", "s3cret")
    with pytest.raises(DataError) as caught:
        read_table(url)
    assert "s3cret" not in "".join(traceback.format_exception(caught.value, chain=False))
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql://ann:s3cret@host:5433/db?sslmode=require", "postgresql://host:5433/db"),
        ("postgresql://host/db", "postgresql://host/db"),
        ("sqlite:///cities.db", "sqlite:///cities.db"),
        ("cities.csv", "cities.csv"),
    ],
)
def test_messages_show_a_url_without_user_password_and_parameters(url: str, name: str) -> None:
    assert shown(url) == name


def test_a_server_is_outside_the_folder_of_the_index_file(postgresql: Run, tmp_path: Path) -> None:
    url = postgresql(CITIES, "INSERT INTO cities VALUES ('Lima', 1.5, 3), ('Oslo', 2.5, 4)")
    (tmp_path / "index.toml").write_text(
        f'[data]\npath = "{url}"\nunit = "city"\n[indicators]\ngdp = {{}}\npeople = {{}}\n'
    )
    assert indicia.read(tmp_path / "index.toml").files_outside == (shown(url),)


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("postgresql://host/db", True),
        ("postgres://host/db?sslmode=require", True),
        ("sqlite:///cities.db", True),
        ("cities.sqlite3", True),
        ("cities.DuckDB", True),
        ("index.toml", False),
        ("https://host/cities", False),
    ],
)
def test_databases_are_tables_on_the_command_line(name: str, is_one: bool) -> None:
    assert is_table(name) == is_one


def test_another_kind_of_database_is_refused_with_the_kinds_that_can_be_read() -> None:
    error = refusal("mysql://ann:s3cret@host/db")
    assert error.what == "no database of the kind mysql can be read"
    assert "postgresql://HOST/DB" in str(error.remedy)
    assert "s3cret" not in str(error)
