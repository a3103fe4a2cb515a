"""The models that are kept, what each was made of, and going back to an earlier one.

Beside a model file stands a small JSON file that says what it was made of. The file CHOICE names the model gone back
to, until `python -m bot terug --nieuwste` or a training.
"""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from bot.conversation.state import MEMORY_SLOT, PUBLIC_SLOTS
from bot.paths import DATA, MODEL_REPORTS, MODELS, ROOT

PREFIX = "interventiewijzer-"
CHOICE = "gekozen"
_EXAMPLE = re.compile(r"^\s+- \S", re.MULTILINE)


class VersionError(Exception):
    """The model asked for cannot be served; the message says why and what to do."""


@dataclass(frozen=True)
class Origin:
    """What a model was made of. `code`: of the project, from git; '' when it is not in git."""

    language_model: str
    examples: int
    code: str


@dataclass(frozen=True)
class Version:
    path: Path
    made: datetime
    origin: Origin | None  # None for a model without its JSON file

    @property
    def name(self) -> str:
        """The fingerprint of what it was trained on, see bot/training.py."""
        return model_name(self.path)


def model_name(path: Path) -> str:
    return path.name.removesuffix(".tar.gz").removeprefix(PREFIX)


def versions(folder: Path = MODELS) -> list[Version]:
    """The newest first."""
    paths = sorted(folder.glob(f"{PREFIX}*.tar.gz"), key=lambda path: -path.stat().st_mtime)
    return [Version(path, datetime.fromtimestamp(path.stat().st_mtime), _origin(path)) for path in paths]


def remember(path: Path, language_model: str) -> None:
    """Notes what the model that was trained just now was made of."""
    examples = sum(len(_EXAMPLE.findall(file.read_text("utf-8"))) for file in (DATA / "nlu").rglob("*.yml"))
    origin = Origin(language_model, examples, _code())
    _beside(path).write_text(json.dumps(asdict(origin)), "utf-8")


def remove_old(keep: int, folder: Path = MODELS) -> None:
    """Keeps the newest, and the one gone back to."""
    for version in versions(folder)[keep:]:
        if version.path != chosen(folder):
            version.path.unlink()
            _beside(version.path).unlink(missing_ok=True)


def chosen(folder: Path = MODELS) -> Path | None:
    """The model gone back to; None when there is none. Raises VersionError when it is not there any more."""
    choice = folder / CHOICE
    if not choice.is_file():
        return None
    path = folder / choice.read_text("utf-8").strip()
    if not path.is_file():
        raise VersionError(
            f"Het gekozen model {model_name(path)} bestaat niet meer. Kies: python -m bot terug --nieuwste"
        )
    return path


def go_back(served: Path, name: str | None = None, folder: Path = MODELS) -> tuple[Version, list[str]]:
    """Chooses the model with this name, or the one made before `served`. Returns it, with what will not work as with
    the present code. Raises VersionError."""
    found = versions(folder)
    if name:
        fitting = [version for version in found if version.name.startswith(name)]
    else:
        fitting = (
            found[[version.path for version in found].index(served) + 1 :][:1] if served in _paths(found) else found[:1]
        )
    if len(fitting) != 1:
        what = f"'{name}' is niet de naam van één model" if name else "Er is geen ouder model"
        raise VersionError(f"{what}. Er zijn: {', '.join(version.name for version in found) or 'geen'}.")
    remarks = check(fitting[0].path)
    (folder / CHOICE).write_text(fitting[0].path.name + "\n", "utf-8")
    return fitting[0], remarks


def go_forward(folder: Path = MODELS) -> None:
    """Back to the model of the present data and settings."""
    (folder / CHOICE).unlink(missing_ok=True)


def check(path: Path) -> list[str]:
    """How the domain in the model differs from what the present code needs, in Dutch. Raises VersionError when the
    code cannot work with it."""
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.shared.core.domain import Domain
    from rasa_sdk.executor import ActionExecutor

    from bot.nlu.language_model import available_model
    from bot.paths import DOMAIN

    try:
        domain = LocalModelStorage.metadata_from_archive(path).domain
    except Exception as error:  # whatever a broken archive holds
        raise VersionError(f"Het model {model_name(path)} is niet te lezen ({type(error).__name__}).") from error
    actions = ActionExecutor()
    actions.register_package("actions")
    present = Domain.load(str(DOMAIN))
    slots = {slot.name for slot in domain.slots}
    faults = [f"actie {name}" for name in sorted(set(domain.user_actions) - set(actions.actions))]
    faults += [f"slot {name}" for name in (MEMORY_SLOT, "belemmeringen", "suggesties") if name not in slots]
    origin = _origin(path)
    if origin and origin.language_model != available_model():
        faults.append(f"taalmodel {origin.language_model}")
    if faults:
        raise VersionError(
            f"Het model {model_name(path)} past niet bij deze versie van het programma ({', '.join(faults)}). "
            "Zet met git ook de code van toen terug, of kies een ander model: python -m bot modellen"
        )
    remarks = [f"Wordt niet meer onthouden: {name}." for name in PUBLIC_SLOTS if name not in slots]
    lost = sorted(set(present.intents) - set(domain.intents))
    if lost:
        remarks.append(f"Wordt niet herkend, ook niet als knop: {', '.join(lost)}.")
    return remarks


def listing(served: Path, folder: Path = MODELS, reports: Path = MODEL_REPORTS) -> str:
    """The models, one a line, in Dutch."""
    lines = [f"  {'model':14} {'gemaakt':17} {'voorbeelden':>11} {'intentie':>9} {'belemmering':>12}  code"]
    for version in versions(folder):
        origin = version.origin
        examples, code = (str(origin.examples), origin.code or "niet in git") if origin else ("onbekend", "onbekend")
        intent, barrier = _figures(version, reports)
        mark = "*" if version.path == served else " "
        made = f"{version.made:%d-%m-%Y %H:%M} "
        lines.append(f"{mark} {version.name:14} {made} {examples:>11} {intent:>9} {barrier:>12}  {code}")
    if served not in _paths(versions(folder)):
        lines.append(f"* {model_name(served)} ({served.parent})")
    shares = "intentie, belemmering: deel van de testzinnen dat goed gaat (python -m benchmarks.model_report)"
    return "\n".join([*lines, "* wordt gebruikt bij de volgende start", shares])


def _figures(version: Version, reports: Path) -> tuple[str, str]:
    """Intents right, and likeliest barriers right, of the test set; as far as they were measured."""
    try:
        measured = json.loads((reports / f"{version.name}.json").read_text("utf-8"))["cijfers"]["test"]
        return f"{measured['intent_juist']:.2f}", f"{measured['belemmering_sterkste_goed']:.2f}"
    except (OSError, ValueError, KeyError):
        return "-", "-"


def _paths(found: list[Version]) -> list[Path]:
    return [version.path for version in found]


def _beside(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(".tar.gz") + ".json")


def _origin(path: Path) -> Origin | None:
    try:
        return Origin(**json.loads(_beside(path).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _code() -> str:
    command = ["git", "describe", "--always", "--dirty", "--tags"]
    try:
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""
