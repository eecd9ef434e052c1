"""A page that is open in a browser, and everything that happens to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


class OpenedPage:
    """A page that is open; `noise` has all messages, errors and dialogs, and `requests` all addresses."""

    def __init__(self, browser: Any, path: Path, address: str = "", *, width: int = 1280, **context: Any) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": 900}, **context)
        self.shown = self.context.new_page()
        self.noise: list[str] = []
        self.requests: list[str] = []
        self.shown.on("console", lambda message: self.noise.append(message.text))
        self.shown.on("pageerror", lambda error: self.noise.append(str(error)))
        self.shown.on("dialog", lambda dialog: (self.noise.append(dialog.message), dialog.dismiss()))
        self.shown.on("request", lambda request: self.requests.append(request.url))
        self.shown.goto(path.as_uri() + address)

    def ask(self, script: str, argument: Any = None) -> Any:
        """Return the value of an expression in the page."""
        return self.shown.evaluate(script, argument)

    def close(self) -> None:
        """Close the page."""
        self.context.close()
