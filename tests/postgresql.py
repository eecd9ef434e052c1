"""A server of PostgreSQL for tests: the one of INDICIA_POSTGRESQL, or a new one from the programs of the system."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import system_tools

if TYPE_CHECKING:
    from collections.abc import Iterator

USER, PASSWORD = "indicia", "a word of four"


@contextmanager
def server() -> Iterator[tuple[str, str]]:
    """Yield the URL of a database that may be changed, without the password, and the password; or skip the test."""
    if url := os.environ.get("INDICIA_POSTGRESQL"):
        password = unquote(urlsplit(url).password or "")
        yield url.replace(f":{urlsplit(url).password}@", "@"), password or os.environ.get("PGPASSWORD", "")
        return
    programs = Path(system_tools.need(system_tools.postgresql()))
    folder = Path(tempfile.mkdtemp(prefix="indicia-postgresql-"))
    try:
        yield from _started(programs, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _started(programs: Path, folder: Path) -> Iterator[tuple[str, str]]:
    as_user: list[str] = []
    if os.geteuid() == 0:  # the server refuses to run as root
        as_user = ["runuser", "-u", "nobody", "--"]
        shutil.chown(folder, "nobody")
    password = folder / "password"
    password.write_text(PASSWORD)
    password.chmod(0o644)
    data, log = folder / "data", folder / "log"

    def run(*command: str) -> None:
        done = subprocess.run(
            [*as_user, *command], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stderr}{log.read_text() if log.exists() else ''}")

    run(
        str(programs / "initdb"),
        *("--pgdata", str(data), "--username", USER, "--pwfile", str(password)),
        *("--auth", "scram-sha-256", "--encoding", "UTF8", "--no-sync"),
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    control = str(programs / "pg_ctl")
    run(control, "--pgdata", str(data), "--log", str(log), "--options", options, "--wait", "start")
    try:
        yield f"postgresql://{USER}@127.0.0.1:{port}/postgres", PASSWORD
    finally:
        run(control, "--pgdata", str(data), "--mode", "immediate", "stop")
