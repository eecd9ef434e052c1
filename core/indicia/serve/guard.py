"""Refuses requests that do not come from the reader whom the server gave its address, and adds headers to responses."""

from __future__ import annotations

import hmac
import json
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; "
)
POLICY = f"{_POLICY}frame-ancestors 'none'"
"""The policy of all responses but those below and the report, which states its own in its head."""
POLICY_OF_PAGE = f"{POLICY}; frame-src 'self'"
"""The policy of the page, which shows the report in a frame."""
POLICY_IN_FRAME = f"{_POLICY}frame-ancestors 'self'"
"""The policy of a page that stands in a frame in place of a report."""


class Guard:
    """Middleware for a server on this machine.

    Any page that a browser shows, and any process of this machine, can send requests to it. A request must have

    - the name of this server as its host: a foreign name that resolves to 127.0.0.1 is refused (DNS rebinding);
    - the token, in the address or in the cookie that the first page sets;
    - no other site as its origin. A POST without an origin is refused, since browsers always state it.
    """

    def __init__(self, app: ASGIApp, *, token: str, port: int) -> None:
        self.app = app
        self._token = token
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._cookie = f"indicia_{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        has_token = self._has_token_in_address(scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("X-Frame-Options", "DENY")
                headers.setdefault("Content-Security-Policy", POLICY)
                if has_token:
                    headers.append("Set-Cookie", f"{self._cookie}={self._token}; HttpOnly; SameSite=Strict; Path=/")
            await send(message)

        problem = self._problem(scope, has_token)
        if problem is None:
            await self.app(scope, receive, send_with_headers)
        else:
            has_token = False
            await _refuse(send_with_headers, *problem)

    def _problem(self, scope: Scope, has_token: bool) -> tuple[int, str, str] | None:
        """Return the status, the reason and a remedy for a request that is refused; None for others."""
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return 403, "the request is for another host", "open the address that indicia serve printed"
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return 405, f"the server takes no {scope['method'][:20]}", "GET and POST are known"
        if not (has_token or self._has_cookie(headers)):
            return 403, "the token is missing or wrong", "open the address that indicia serve printed, with its token"
        if scope["method"] == "POST" and headers.get("origin", "").lower() != f"http://{hosts[0].lower()}":
            return 403, "the request comes from another site", "send it from a page of this server"
        # a page on another port of this machine is the same site for a cookie, and another one here
        if not has_token and headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return 403, "the request comes from another site", "open the address that indicia serve printed"
        return None

    def _has_token_in_address(self, scope: Scope) -> bool:
        tokens = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [])
        return len(tokens) == 1 and self._is_token(tokens[0])

    def _has_cookie(self, headers: Headers) -> bool:
        try:
            morsel = SimpleCookie(headers.get("cookie", "")).get(self._cookie)
        except CookieError:
            return False
        return morsel is not None and self._is_token(morsel.value)

    def _is_token(self, text: str) -> bool:
        return hmac.compare_digest(text.encode(), self._token.encode())


async def _refuse(send: Send, status: int, what: str, remedy: str) -> None:
    body = json.dumps({"errors": [{"what": what, "where": None, "remedy": remedy, "place": None}]}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
