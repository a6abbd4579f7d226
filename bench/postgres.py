"""A PostgreSQL server of its own for as long as a comparison runs; None where the machine has none."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.free_port import free_port

_USER = "postgres"
"""PostgreSQL does not run as root."""


@contextmanager
def server() -> Iterator[str]:
    """Connection string of a fresh server with the settings that it comes with; empty where there is no PostgreSQL."""
    program = shutil.which("postgres")
    if program is None:
        yield ""
        return
    programs = Path(program).resolve().parent
    user = _USER if os.getuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="twin-postgres-") as folder:
        data, port = Path(folder) / "data", free_port()
        if user:
            shutil.chown(folder, _USER)
        options = ["-D", str(data), "-p", str(port), "-k", folder, "-h", "127.0.0.1"]
        make: list[str | Path] = [programs / "initdb", "-D", data, "-A", "trust", "-U", "bench", "-E", "UTF8"]
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=user)
        process = subprocess.Popen(
            [programs / "postgres", *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=user
        )
        try:
            _wait(port)
            yield f"host=127.0.0.1 port={port} user=bench dbname=postgres"
        finally:
            process.terminate()
            process.wait(30)


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            time.sleep(0.5)  # the socket is there a moment before the server answers
            return
    raise RuntimeError("PostgreSQL did not start")
