"""A table that is uploaded gets a draft of an index file, in a folder that ends with the server."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import polars as pl
import pytest

import indicia
from indicia_serve.drafting import UPLOAD_AGAIN

if TYPE_CHECKING:
    from conftest import Client

CITIES = "city,income,co2\nLima,3,2\nOslo,9,8\nPune,1,1.5\nRome,4,5\n"


def test_a_server_without_an_index_waits_for_an_upload(client_without_index: Client) -> None:
    client = client_without_index
    assert client.get("/api/index").json == {
        "index": None,
        "max_upload": 20_000,
        "uploads": [".csv", ".tsv", ".xlsx", ".parquet"],
    }
    assert client.score().errors[0]["what"] == "the server was started without an index"


def test_an_uploaded_table_is_an_index_with_all_functions(client_without_index: Client, tmp_path: Path) -> None:
    client = client_without_index
    workspace = client.upload("Our%20cities.csv", CITIES.encode()).json["workspace"]
    described = client.get(f"/api/index?workspace={workspace}").json
    assert described["recognised"]["roles"] == {"unit": "city"}
    assert {entry["indicator"]: entry["direction"] for entry in described["recognised"]["directions"]} == {
        "income": "benefit",
        "co2": "cost",
    }
    assert described["index"]["units"] == 4
    assert [part["id"] for part in described["index"]["parts"]] == ["indicators.income", "indicators.co2"]
    answer = client.score(workspace=workspace, methods={"normalisation": "rank"}).json
    (tmp_path / "cities.csv").write_text(CITIES)
    expected = indicia.score(tmp_path / "cities.csv", normalisation="rank", weighting="equal")
    assert answer["units"]["score"] == expected.ranking["score"].to_list()
    saved = client.post("/api/variant", {"workspace": workspace, "name": "ranks", "methods": {"normalisation": "rank"}})
    assert saved.status == 200
    file = client.get(f"/api/index.toml?workspace={workspace}")
    assert file.headers["content-disposition"] == 'attachment; filename="index.toml"'
    assert 'path = "Our_cities.csv"' in file.body.decode()
    assert "[variants.ranks]" in file.body.decode()
    assert client.get(f"/w/{workspace}").status == 200


def test_workbooks_and_parquet_are_tables_too(client: Client) -> None:
    frame = pl.read_csv(CITIES.encode())
    parquet, workbook = io.BytesIO(), io.BytesIO()
    frame.write_parquet(parquet)
    frame.write_excel(workbook, worksheet="Data")
    for name, content in (("a.parquet", parquet), ("a.XLSX", workbook)):
        assert client.upload(name, content.getvalue()).json["directions"][1]["indicator"] == "co2"
    assert client.upload("a.xlsx&sheet=Data", workbook.getvalue()).json["directions"][1]["indicator"] == "co2"
    [error] = client.upload("a.xlsx&sheet=Nothing", workbook.getvalue()).errors
    assert "Nothing" in str(error["what"])


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("photo.png", b"x", "photo.png is no table"),
        ("", b"x", "the upload is no table"),
        ("index.toml", b"x", "index.toml is no table"),
        ("a.zip", b"x", "a.zip is no table"),
        ("a.csv", b"", "a.csv is empty"),
        ("a.parquet", b"PAR1 no parquet", None),
        ("a.xlsx", b"PK no workbook", None),
        ("a.csv", b"\x00\x01\x02", None),
        ("a.csv", b"city,income\nLima,high\n", None),
        (quote("<img src=x>.csv"), b"\n", None),
    ],
)
def test_a_file_that_is_no_table_is_an_error(client: Client, name: str, content: bytes, what: str | None) -> None:
    reply = client.upload(name, content)
    assert reply.status == 422
    assert reply.errors[0]["what"]
    if what:
        assert reply.errors[0]["what"] == what
    assert "Traceback" not in reply.body.decode()
    assert not folders(client)


@pytest.mark.parametrize("name", ["../../evil.csv", "/etc/evil.csv", "..\\..\\evil.csv", "....csv", "a" * 300 + ".csv"])
def test_a_name_leads_to_no_other_folder(client: Client, name: str) -> None:
    workspace = client.upload(quote(name), CITIES.encode()).json["workspace"]
    [folder] = folders(client)
    files = sorted(path.name for path in folder.iterdir())
    assert len(files) == 2
    assert "index.toml" in files
    assert client.score(workspace=workspace).status == 200


@pytest.mark.parametrize("chunks", [1, 9])
def test_an_upload_over_the_limit_is_refused(client: Client, chunks: int) -> None:
    reply = client.upload("a.csv", b"x" * 20_001, chunks=chunks)
    assert reply.status == 413
    assert reply.errors[0]["what"] == "the request has more than 20,000 bytes"
    assert not folders(client)


def test_the_latest_five_uploads_are_kept(client: Client) -> None:
    names = [client.upload("a.csv", CITIES.encode()).json["workspace"] for _ in range(7)]
    assert [client.score(workspace=name).status for name in names] == [422, 422, 200, 200, 200, 200, 200]
    assert len(folders(client)) == 5
    assert client.score().status == 200  # the index of the command stays
    assert client.score(workspace=names[0]).errors[0]["what"] == "this upload is not kept any more"


def test_folders_end_with_the_server(client: Client) -> None:
    client.upload("a.csv", CITIES.encode())
    [folder] = folders(client)
    client.server.workspaces.close()
    assert not folder.exists()


def folders(client: Client) -> list[Path]:
    """Return the folders of uploads that exist."""
    return list(Path(client.server.workspaces._parent.name).iterdir())


@pytest.mark.parametrize(
    ("content", "remedy"),
    [
        (b"city,x,x\nA,1,2\nB,2,3\n", "rename one of them"),
        (b"x,y\n1,2\n1,3\n2,4\n", UPLOAD_AGAIN),
        (b"city,income\nLima,high\n", UPLOAD_AGAIN),
        (b"\x00\x01\x02", UPLOAD_AGAIN),
        (
            b"city,x\nA,1,2,3\nB,2\n",
            "give every row as many fields as the header; quote a field that holds the separator",
        ),
        (b"x" * 20_001, "upload fewer rows or columns, or a Parquet file, which is smaller"),
    ],
)
def test_a_remedy_is_in_the_reach_of_a_reader_of_the_page(client: Client, content: bytes, remedy: str) -> None:
    [error] = client.upload("a.csv", content).errors
    assert error["remedy"] == remedy
    assert "indicia-serve-" not in str(error["where"])  # the temporary folder
