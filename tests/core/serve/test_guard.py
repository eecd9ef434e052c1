"""Requests of strangers are refused: without the token, for another host, from another site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Client

TOKEN = "secret-token"


def test_the_address_with_the_token_gives_the_page_and_a_cookie_that_scripts_cannot_read(client: Client) -> None:
    reply = client.get(f"/?token={TOKEN}", cookie=None)
    assert reply.status == 200
    assert b"<title>Indicia</title>" in reply.body
    assert reply.headers["set-cookie"] == f"indicia_8123={TOKEN}; HttpOnly; SameSite=Strict; Path=/"


def test_the_cookie_alone_is_enough_and_is_not_set_again(client: Client) -> None:
    reply = client.get("/")
    assert reply.status == 200
    assert "set-cookie" not in reply.headers


@pytest.mark.parametrize("address", ["/", "/page/main.js", "/api/index", "/report", "/w/main", "/no/such"])
@pytest.mark.parametrize(
    "cookie", [None, "indicia_8123=wrong", "indicia_9999=secret-token", "indicia_8123", "=;;=\x00"]
)
def test_without_the_token_nothing_is_served(client: Client, address: str, cookie: str | None) -> None:
    reply = client.get(address, cookie=cookie)
    assert reply.status == 403
    assert reply.errors[0]["what"] == "the token is missing or wrong"
    assert "set-cookie" not in reply.headers


@pytest.mark.parametrize(
    "query", ["token=", "token=wrong", "token=secret-token&token=wrong", "token=secret-tokeñ", "Token=x"]
)
def test_a_wrong_token_sets_no_cookie(client: Client, query: str) -> None:
    reply = client.get(f"/?{query}", cookie=None)
    assert reply.status == 403
    assert "set-cookie" not in reply.headers


@pytest.mark.parametrize(
    "host", ["evil.example:8123", "127.0.0.1", "127.0.0.1:80", "127.0.0.1.evil.example:8123", "", None]
)
def test_another_host_is_refused_although_the_token_is_right(client: Client, host: str | None) -> None:
    reply = client.get(f"/?token={TOKEN}", host=host)
    assert reply.status == 403
    assert reply.errors[0]["what"] == "the request is for another host"
    assert "set-cookie" not in reply.headers


@pytest.mark.parametrize("host", ["localhost:8123", "LOCALHOST:8123"])
def test_localhost_is_this_machine_too(client: Client, host: str) -> None:
    assert client.get("/", host=host).status == 200


@pytest.mark.parametrize(
    "origin",
    [None, "null", "https://evil.example", "http://127.0.0.1:8124", "http://localhost:8123", "https://127.0.0.1:8123"],
)
@pytest.mark.parametrize("address", ["/api/score", "/api/report", "/api/variant", "/api/upload?name=a.csv"])
def test_a_post_from_another_site_is_refused(client: Client, origin: str | None, address: str) -> None:
    reply = client.post(address, {}, origin=origin)
    assert reply.status == 403
    assert reply.errors[0]["what"] == "the request comes from another site"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_of_another_port_cannot_load_the_report(client: Client, site: str) -> None:
    assert client.get("/report", sec_fetch_site=site).status == 403
    assert client.get("/", sec_fetch_site="none").status == 200
    assert client.get(f"/?token={TOKEN}", sec_fetch_site=site).status == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE"])
def test_other_methods_of_http_are_refused(client: Client, method: str) -> None:
    assert client.send(method, "/api/score").status == 405


@pytest.mark.parametrize(("method", "address"), [("GET", "/api/score"), ("POST", "/"), ("POST", "/report")])
def test_an_address_takes_its_own_method_only(client: Client, method: str, address: str) -> None:
    reply = client.send(method, address)
    assert reply.status == 405
    assert reply.errors[0]["what"] == "the address does not take this request"


@pytest.mark.parametrize("name", ["no.js", "..%2fapp.py", "../app.py", "__init__.py", "index.html/", "en"])
def test_only_the_files_of_the_page_are_served(client: Client, name: str) -> None:
    reply = client.get(f"/page/{name}")
    assert reply.status == 404
    assert reply.errors[0]["what"] == "there is no such address"


def test_every_response_has_the_headers_of_a_careful_server(client: Client) -> None:
    replies: dict[str, Any] = {
        "page": client.get("/"),
        "api": client.get("/api/index"),
        "refused": client.get("/", cookie=None),
        "missing": client.get("/nothing"),
    }
    for reply in replies.values():
        policy = reply.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["referrer-policy"] == "no-referrer"
        assert reply.headers["cache-control"] == "no-store"
        assert "access-control-allow-origin" not in reply.headers
