"""The set-up script: which Python it takes, and what it says when there is none. Nothing is downloaded here."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from bot.nlu.language_model import PREFERRED, available_model
from bot.paths import ROOT

FAKE_PYTHON = """#!/bin/sh
# Stands for a Python 3.{minor}: answers the question whether it fits, and makes an 'environment' of a few files.
case "$*" in
    *"(3, {minor})"*) exit 0 ;;
    *"!= (3,"*) exit 1 ;;
    --version) echo "Python 3.{minor}.0" ;;
    "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
    *"-m pip install"*) echo "$*" >>"$(dirname "$0")/../pip.log" ;;
esac
exit 0
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The set-up script in a folder of its own, with small lock files."""
    folder = tmp_path / "project"
    (folder / "scripts").mkdir(parents=True)
    script = (ROOT / "scripts" / "setup.sh").read_text("utf-8")
    (folder / "scripts" / "setup.sh").write_text(script, "utf-8")
    (folder / "requirements.lock").write_text("een==1.0\n", "utf-8")
    (folder / "requirements-dev.lock").write_text("twee==2.0\n", "utf-8")
    return folder


def fake(path: Path, minor: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(FAKE_PYTHON.format(minor=minor), "utf-8")
    path.chmod(path.stat().st_mode | stat.S_IEXEC)


def setup(copy: Path, tmp_path: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Runs the script where only the usual tools and `tmp_path`/bin are on PATH, and no home of the user's."""
    environment = {"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin", "HOME": str(tmp_path / "home"), **settings}
    command = ["sh", str(copy / "scripts" / "setup.sh"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


def no_python(tmp_path: Path) -> None:
    """Hides the machine's own interpreters behind ones that fit nothing."""
    for name in ("python3", "python", "python3.10", "python3.11"):
        fake(tmp_path / "bin" / name, minor=99)


def test_python_3_10_is_preferred_wherever_it_is(copy: Path, tmp_path: Path) -> None:
    no_python(tmp_path)
    fake(tmp_path / "bin" / "python3.11", 11)
    fake(tmp_path / "home" / ".pyenv" / "versions" / "3.10.13" / "bin" / "python", 10)
    done = setup(copy, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Python 3.10.0" in done.stderr


def test_python_3_11_serves_when_there_is_no_3_10(copy: Path, tmp_path: Path) -> None:
    no_python(tmp_path)
    fake(tmp_path / "bin" / "python3.11", 11)
    assert "Python 3.11.0" in setup(copy, tmp_path).stderr


def test_without_a_python_it_says_what_to_install(copy: Path, tmp_path: Path) -> None:
    no_python(tmp_path)
    done = setup(copy, tmp_path)
    assert done.returncode == 1
    for remedy in ("apt install", "pyenv install 3.10", "uv python install 3.10", "PYTHON="):
        assert remedy in done.stderr
    assert not (copy / ".venv").exists()


def test_an_unfit_interpreter_named_by_the_user_is_refused(copy: Path, tmp_path: Path) -> None:
    no_python(tmp_path)
    done = setup(copy, tmp_path, PYTHON=str(tmp_path / "bin" / "python3"))
    assert done.returncode == 1
    assert "is not a Python 3.10 or 3.11" in done.stderr


def test_packages_are_installed_once_by_hash(copy: Path, tmp_path: Path) -> None:
    no_python(tmp_path)
    fake(tmp_path / "bin" / "python3.10", 10)
    assert setup(copy, tmp_path).returncode == 0
    again = setup(copy, tmp_path, "dev")
    log = (copy / ".venv" / "pip.log").read_text("utf-8").splitlines()
    assert [line.split()[-1] for line in log] == ["requirements.lock", "requirements-dev.lock"]
    assert all("--require-hashes" in line and "--no-deps" in line for line in log)
    assert setup(copy, tmp_path, "dev").stderr == ""
    assert "requirements-dev.lock" in again.stderr


def test_a_changed_lock_is_installed_again(copy: Path, tmp_path: Path) -> None:
    no_python(tmp_path)
    fake(tmp_path / "bin" / "python3.10", 10)
    setup(copy, tmp_path)
    (copy / "requirements.lock").write_text("een==1.1\n", "utf-8")
    assert "requirements.lock" in setup(copy, tmp_path).stderr


def test_the_locks_have_hashes_and_no_hosts() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text("utf-8")
        assert "http" not in text.replace("httpcore", "").replace("httptools", "").replace("httpx", "").replace(
            "aiohttp", ""
        ).replace("geventhttpclient", "")
        packages = [line for line in text.splitlines() if "==" in line]
        assert packages and all(line.endswith("\\") for line in packages)
        assert text.count("--hash=sha256:") >= len(packages)


def test_the_larger_language_model_fails_with_the_way_to_get_it() -> None:
    """Where its release page cannot be reached: a proxy that refuses stands for that."""
    if available_model() == PREFERRED:
        pytest.skip(f"{PREFERRED} is installed here")
    done = subprocess.run(
        [sys.executable, "-m", "bot", "taalmodel"],
        cwd=ROOT,
        env={**os.environ, "HTTPS_PROXY": "http://127.0.0.1:9", "PIP_RETRIES": "0", "PIP_DEFAULT_TIMEOUT": "5"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1
    assert "Could not fetch nl_core_news_md" in done.stderr
    assert "works without it" in done.stderr
    assert "Traceback" not in done.stderr
