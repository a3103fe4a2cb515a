"""Installs the language model nl_core_news_md, which is published as a release file and on no package index."""

from __future__ import annotations

import subprocess
import sys

from bot.nlu.language_model import PREFERRED, available_model

VERSION = "3.4.0"
ADDRESS = (
    f"https://github.com/explosion/spacy-models/releases/download/{PREFERRED}-{VERSION}/"
    f"{PREFERRED}-{VERSION}-py3-none-any.whl"
)


class ModelUnavailableError(Exception):
    """The language model could not be installed; the message says what to do."""


def install() -> int:
    """Returns the exit status. Raises ModelUnavailableError."""
    if available_model() == PREFERRED:
        print(f"{PREFERRED} is installed already.")
        return 0
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--disable-pip-version-check", ADDRESS]
    if subprocess.run(command, check=False).returncode != 0:
        raise ModelUnavailableError(
            f"Could not fetch {PREFERRED} {VERSION} (see above). It is a release file at\n  {ADDRESS}\n"
            "Fetch it where that address can be reached and install it with\n"
            f"  {sys.executable} -m pip install --no-deps <the file>\n"
            "The bot works without it, with its embedded Dutch pipeline."
        )
    print(f"{PREFERRED} {VERSION} is installed. Train again with 'make train'.")
    return 0
