"""The Java that Spark runs on."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from indicia.errors import EngineError

OLDEST = 17
"""The oldest Java that Spark 4 runs on."""
_REMEDY = f"install Java {OLDEST} or newer (Debian: openjdk-{OLDEST}-jre-headless), or let JAVA_HOME name its folder"


def check_java() -> None:
    """Refuse a machine without a Java that Spark runs on; Spark itself would end with a page of Java's messages.

    Raises
    ------
    EngineError
        If there is no Java, or it is too old.
    """
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home, "bin", "java")) if home else shutil.which("java")
    if java is None:
        raise EngineError("the engine spark needs Java, and no command java is on the path", remedy=_REMEDY)
    try:
        ran = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        where = f"JAVA_HOME={home}" if home else java
        raise EngineError(
            f"the engine spark needs Java, and java -version fails: {error}", where=where, remedy=_REMEDY
        ) from error
    version = java_version(ran.stderr + ran.stdout)
    if version is not None and version < OLDEST:
        raise EngineError(
            f"the engine spark needs Java {OLDEST} or newer, and this is Java {version}", where=java, remedy=_REMEDY
        )


def java_version(text: str) -> int | None:
    """Return the version in the output of `java -version`; None if there is none.

    >>> java_version('openjdk version "17.0.21" 2026-10-20'), java_version('java version "1.8.0_392"')
    (17, 8)
    """
    match = re.search(r'version "(?:1\.)?(\d+)', text)
    return int(match[1]) if match else None
