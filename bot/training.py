"""Trains the model when it is not there yet for exactly these data, settings and language model."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from bot.operation import versions
from bot.paths import CONFIG, DATA, DOMAIN, MODELS, ROOT

KEEP = 3  # models that stay, the newest included, to go back to


class TrainingError(Exception):
    """Training did not give a model; the message says why."""


def fingerprint() -> str:
    """Changes with anything that training depends on."""
    import rasa

    from bot.nlu.language_model import available_model

    digest = hashlib.sha256(f"{rasa.__version__} {available_model()}".encode())
    files = [CONFIG, DOMAIN, *DATA.rglob("*.yml"), *(ROOT / "bot" / "nlu").glob("*.py")]
    for path in sorted(files):
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def model_path() -> Path:
    """The model to serve: BOT_MODEL when set, or the one gone back to (bot/operation/versions.py), otherwise the one
    for the present fingerprint (may not exist yet)."""
    named = os.environ.get("BOT_MODEL")
    if named:
        return Path(named)
    return versions.chosen() or MODELS / f"{versions.PREFIX}{fingerprint()}.tar.gz"


def ensure_model() -> Path:
    """The path of an up-to-date model, trained now if needed. Raises TrainingError, VersionError."""
    path = model_path()
    if path.is_file():
        if path == versions.chosen():
            versions.check(path)
        return path
    if os.environ.get("BOT_MODEL"):
        raise TrainingError(f"BOT_MODEL names {path}, which does not exist. Leave BOT_MODEL out to train a model.")
    return train(path)


def train(path: Path) -> Path:
    """Trains into `path`. Raises TrainingError."""
    import rasa.api
    from rasa.shared.exceptions import RasaException

    from bot.nlu.language_model import available_model, describe

    print(f"Training the model with {describe(available_model())} ...", flush=True)
    start = time.monotonic()
    os.environ.setdefault("RASA_MAX_CACHE_SIZE", "0")
    try:
        with _working_directory(ROOT):
            result = rasa.api.train(
                domain=str(DOMAIN),
                config=str(CONFIG),
                training_files=[str(DATA)],
                output=str(path.parent),
                fixed_model_name=path.name.removesuffix(".tar.gz"),
                force_training=True,
            )
    except RasaException as error:
        raise TrainingError(f"Training failed: {error}\nMend the file it names and run 'make train' again.") from error
    if result.code != 0 or not path.is_file():
        raise TrainingError("Training failed; the messages above say where. Mend it and run 'make train' again.")
    print(f"Trained {path.name} in {time.monotonic() - start:.0f} s", flush=True)
    versions.remember(path, available_model())
    versions.remove_old(KEEP, path.parent)
    return path


@contextlib.contextmanager
def _working_directory(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
