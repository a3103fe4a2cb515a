"""Loads what the conversation stands on, and loads it anew when an editor changes content/, all or nothing."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import hashlib
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

import yaml

from bot.content.guides import read_guides
from bot.content.library import Library, load_library
from bot.content.model import ContentError, Problem
from bot.content.reader import read_text
from bot.content.search import SearchIndex, load_synonyms
from bot.conversation import care
from bot.conversation.closing import STEPS
from bot.conversation.cues import CUES_FILE, GROUPS, LISTS, Cues
from bot.conversation.explain import PART_ORDER
from bot.conversation.phrases import PHRASES_FILE, SIMPLE, Phrases
from bot.conversation.turn import Contact, Knowledge
from bot.paths import CONTENT, ROOT
from bot.privacy.settings import retention_days

logger = logging.getLogger(__name__)

CONTACT = ("BOT_CONTACT_NAAM", "BOT_CONTACT_ADRES", "BOT_CONTACT_UREN")
LOOK_SECONDS = 2.0
NOT_TEXT = ("links", "cards", "pages")  # named arguments of Turn.reply that fill in nothing
SYNONYMS_FILE = "synoniemen.yml"
SPEAKERS = ("conversation", "pages", "rendering", "channels")  # folders of bot/ whose code says texts of teksten.yml

# Texts that the code asks for by a name it puts together, so that `text_names` cannot read them off.
_COMPUTED = (
    "suggesties",
    "suggesties_anders",
    "vraag_belemmering",
    "vraag_belemmering_voor_anderen",
    "suggesties_wens",
    "niet_begrepen",
    *(f"zorg.{kind}" for kind in (*care.INTENTS, *care.KINDS)),
    *(f"thuis.{kind}" for kind in care.AT_HOME),
    "fout",
    "druk",
    "stopt",
    "storing",
    *(f"vraag_{part}" for part in PART_ORDER),
    *(f"scan_{part}" for part in ("begin", "begin_organisatie", "ja", "beetje", "nee")),
    *(f"voorbereiding_{part}" for part in ("overslaan", "stop")),
    *(f"kaart_{part}" for part in ("een_voor_een", "argumenten", "opties", "andere", "terug")),
    *(f"argument_{part}" for part in ("doelen", "geld", "opties")),
    *(f"stappen.{step}" for step in STEPS),
    *(f"stap_tekst.{step}" for step in STEPS),
    "feedback_goed",
    "feedback_slecht",
)
_LINK_LISTS = (
    "contact_links",
    *(f"zorg.links_{kind}" for kind in (*care.INTENTS, *care.KINDS)),
    *(f"thuis.links_{kind}" for kind in care.AT_HOME),
)
_BARRIER_GROUPS = ("voorbeelden_knoppen",)

Fingerprint = Mapping[str, tuple[int, int]]


def content_folder() -> Path:
    """BOT_CONTENT names another folder than content/."""
    return Path(os.environ.get("BOT_CONTENT") or CONTENT)


def load_knowledge(folder: Path) -> Knowledge:
    """Reads content/. Raises ContentError naming every mistake."""
    library, problems = read_folder(folder)
    if library is None or problems:
        raise ContentError(problems)
    guides, _ = read_guides(folder, library)
    assert guides is not None  # read_folder found no problem in them
    contact = Contact(*(os.environ.get(name, "") for name in CONTACT))
    index = SearchIndex(library, synonyms=load_synonyms(folder / SYNONYMS_FILE))
    return Knowledge(library, index, Phrases.load(folder), Cues.load(folder), guides, contact, retention_days())


def read_folder(folder: Path) -> tuple[Library | None, list[Problem]]:
    """The items and every mistake in items, links and texts together. The library is None when it has mistakes."""
    library: Library | None = None
    problems: list[Problem] = []
    try:
        library = load_library(folder)
    except ContentError as error:
        problems += error.problems
    if library is not None and not library.items:
        # A folder that is being copied or checked out: never serve a bot that knows nothing.
        what = "Er staat geen enkel onderwerp in deze map."
        problems.append(Problem(folder.name, 1, what, "Zet de mappen per thema terug (git checkout)."))
    if library is not None:
        problems += read_guides(folder, library)[1]
    return library, problems + text_problems(folder, library) + synonym_problems(folder) + cue_problems(folder)


@lru_cache(maxsize=1)
def store() -> KnowledgeStore:
    """The store of this process."""
    return KnowledgeStore(content_folder())


def knowledge() -> Knowledge:
    """The present knowledge of this process. BOT_CONTENT names another folder than content/."""
    return store().current


class KnowledgeStore:
    """Holds the knowledge that is served now. Who holds an older one (a turn under way) keeps it whole."""

    def __init__(self, folder: Path) -> None:
        """Raises ContentError: there is no older knowledge to fall back on."""
        self.folder = folder
        self.on_reload: Callable[[bool], None] = lambda succeeded: None
        self._loaded = self._last_look = fingerprint(folder)
        self.version = content_version(folder)
        self.current = load_knowledge(folder)

    def reload(self) -> bool:
        """Loads the folder anew and swaps it whole; keeps the last good one when anything is wrong."""
        self._loaded = fingerprint(self.folder)  # before loading: an edit made meanwhile is seen at the next look
        version = content_version(self.folder)
        succeeded = self._load()
        if succeeded:
            self.version = version
        self.on_reload(succeeded)
        return succeeded

    def _load(self) -> bool:
        try:
            self.current = load_knowledge(self.folder)
        except ContentError as error:
            logger.warning("De inhoud heeft fouten. De bot gaat door met de vorige inhoud.\n%s", error)
            return False
        except Exception:  # the talk goes on whatever a file holds
            logger.exception("De inhoud is niet te lezen. De bot gaat door met de vorige inhoud.")
            return False
        logger.info("De inhoud is opnieuw geladen: %d onderwerpen.", len(self.current.library.items))
        return True

    def look(self) -> bool:
        """Reloads when files changed since the last load, and have been left alone since the look before.
        Returns whether new knowledge is served."""
        now = fingerprint(self.folder)
        settled, self._last_look = now == self._last_look, now
        return settled and now != self._loaded and self.reload()

    async def watch(self, seconds: float = LOOK_SECONDS) -> None:
        """Looks every few seconds until cancelled, in a thread so that conversations go on meanwhile."""
        while True:
            await asyncio.sleep(seconds)
            await asyncio.to_thread(self.look)


def fingerprint(folder: Path) -> Fingerprint:
    """Time of change and size of every content file: differs when a file is changed, added, moved or removed."""
    found: dict[str, tuple[int, int]] = {}
    for path in (*folder.glob("*.yml"), *folder.glob("*/*.md")):
        try:
            status = path.stat()
        except OSError:
            continue  # removed while we were looking
        found[str(path)] = (status.st_mtime_ns, status.st_size)
    return found


def content_version(folder: Path) -> str:
    """The same for the same texts, wherever and whenever they were put there; for people to compare."""
    digest = hashlib.sha256()
    for path in sorted((*folder.glob("*.yml"), *folder.glob("*/*.md"))):
        with contextlib.suppress(OSError):  # removed while we were looking
            digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:8]


def text_problems(folder: Path, library: Library | None) -> list[Problem]:
    """What is wrong with teksten.yml: a missing text, or a {name} that the bot cannot fill in."""
    path = folder / PHRASES_FILE
    shown = f"{folder.name}/{PHRASES_FILE}"
    if not path.is_file():
        return [Problem(shown, 1, "Dit bestand ontbreekt.", "Zet het terug (git checkout).")]
    node, data, problems = read_yaml(path, shown)
    if problems:
        return problems
    texts = dict(_flat(data))
    lines = dict(key_lines(node))
    wanted = _wanted(library)
    wanted |= {simple: wanted[key] for key in wanted if (simple := f"{SIMPLE}.{key}") in texts}
    for key, names in wanted.items():
        if key not in texts:
            what = f"De tekst '{key}' ontbreekt."
            line = lines.get(key.split(".")[0], 1)
            problems.append(Problem(shown, line, what, f"Zet de regel '{key.split('.')[-1]}: \"...\"' terug."))
        else:
            problems += [Problem(shown, lines.get(key, 1), *fault) for fault in _faults(key, texts[key], names)]
    if library is not None:
        problems += [Problem(shown, lines.get(key, 1), *fault) for key, *fault in _strangers(texts, library)]
    return problems


def synonym_problems(folder: Path) -> list[Problem]:
    """What is wrong with synoniemen.yml, a file that may be left out."""
    path, shown = folder / SYNONYMS_FILE, f"{folder.name}/{SYNONYMS_FILE}"
    if not path.is_file():
        return []
    _, groups, problems = read_yaml(path, shown)
    if not problems and not (isinstance(groups, list | None) and all(isinstance(g, list) for g in groups or [])):
        what = "Niet elke regel is een groep woorden."
        problems.append(Problem(shown, 1, what, "Schrijf elke groep als: - [woord, ander woord]"))
    return problems


def cue_problems(folder: Path) -> list[Problem]:
    """What is wrong with kernwoorden.yml."""
    path, shown = folder / CUES_FILE, f"{folder.name}/{CUES_FILE}"
    if not path.is_file():
        return [Problem(shown, 1, "Dit bestand ontbreekt.", "Zet het terug (git checkout).")]
    node, data, problems = read_yaml(path, shown)
    if problems:
        return problems
    lines = dict(key_lines(node))
    flat = dict(_flat(data)) if isinstance(data, dict) else {}
    for name in (*GROUPS, *LISTS):
        if name not in flat and not any(key.startswith(f"{name}.") for key in flat):
            problems.append(Problem(shown, 1, f"De groep '{name}' ontbreekt.", "Zet hem terug (git checkout)."))
    for key, words in flat.items():
        if not isinstance(words, list) or not words or not all(isinstance(word, str) and word for word in words):
            what = f"Bij '{key}' staat geen lijst van woorden."
            problems.append(Problem(shown, lines.get(key, 1), what, "Schrijf: [woord, ander woord]"))
    kinds = {"zorg": care.KINDS, "thuis": care.AT_HOME}
    for key in flat:
        group, _, kind = key.partition(".")
        if group in kinds and kind not in kinds[group]:
            what = f"'{key}' is geen soort die de bot kent."
            problems.append(Problem(shown, lines.get(key, 1), what, f"Kies uit: {', '.join(kinds[group])}."))
    return problems


def read_yaml(path: Path, shown: str) -> tuple[yaml.Node | None, Any, list[Problem]]:
    """A YAML file with and without its line numbers, or what is wrong with it."""
    text, problems = read_text(path, shown)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        list(key_lines(node))  # whether it ends: an alias may hold itself
        return node, yaml.safe_load(text), problems
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        what = f"Geen geldige YAML ({getattr(error, 'problem', None) or error})."
        remedy = "Controleer het inspringen en de aanhalingstekens op deze regel en de regel erboven."
        return None, None, [Problem(shown, 1 + (mark.line if mark else 0), what, remedy)]


def key_lines(node: yaml.Node | None, prefix: str = "") -> Iterator[tuple[str, int]]:
    """Every key of a YAML text with its line, keys of a group as 'group.key'. A key that is there twice comes twice."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = f"{prefix}{key.value}"
            yield name, key.start_mark.line + 1
            yield from key_lines(value, f"{name}.")


@lru_cache(maxsize=1)
def text_names() -> Mapping[str, frozenset[str]]:
    """Every text that the bot asks for, with the names it fills in.

    Read from the code itself: a table of them would be one more thing to keep up to date.
    """
    found: dict[str, frozenset[str]] = {key: frozenset() for key in _COMPUTED}
    for path in sorted(path for folder in SPEAKERS for path in (ROOT / "bot" / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                continue
            keys = [node.args[0].body, node.args[0].orelse] if isinstance(node.args[0], ast.IfExp) else node.args[:1]
            for key in keys:
                if node.func.attr in {"say", "reply"} and isinstance(key, ast.Constant) and isinstance(key.value, str):
                    names = frozenset(word.arg for word in node.keywords if word.arg and word.arg not in NOT_TEXT)
                    found[key.value] = found.get(key.value, names) & names
    return found


def _wanted(library: Library | None) -> dict[str, frozenset[str]]:
    """The texts that must be there, with the names that may be used in each."""
    wanted = dict(text_names())
    if library is not None:
        known = library.taxonomy
        groups = (
            ("rollen", known.roles),
            ("rollen_voor", known.roles),
            ("belemmeringen", known.barriers),
            ("herkenning", known.barriers),
        )
        for group, keys in (*groups, ("sectoren", known.sectors)):
            wanted |= {f"{group}.{key}": frozenset() for key in keys}
    return wanted


def _faults(key: str, value: Any, names: frozenset[str]) -> Iterator[tuple[str, str]]:
    """What is wrong with one text, and the remedy."""
    variants = value if isinstance(value, list) else [value]
    if not variants or not all(isinstance(variant, str) and variant.strip() for variant in variants):
        yield f"De tekst '{key}' is leeg of heeft de verkeerde vorm.", 'Schrijf een tekst tussen " ".'
        return
    allowed = ", ".join(f"{{{name}}}" for name in sorted(names)) or "geen"
    for variant in variants:
        try:
            used = {name for _, name, _, _ in Formatter().parse(variant) if name is not None}
        except ValueError:
            yield f"In de tekst '{key}' staat een losse accolade.", "Schrijf { en } altijd samen: {naam}."
            continue
        for name in sorted(used - names):
            yield f"De tekst '{key}' gebruikt {{{name}}}; dat kan de bot niet invullen.", f"Mogelijk is: {allowed}."


def _strangers(texts: Mapping[str, Any], library: Library) -> Iterator[tuple[str, str, str]]:
    """Keys in teksten.yml that point at a link or barrier that does not exist."""
    for key in _LINK_LISTS:
        value = texts.get(key)
        for link in value if isinstance(value, list) else [value]:
            if str(link) not in library.links:
                yield key, f"'{key}' noemt een link die niet bestaat: {link}.", "Kies een link uit links.yml."
    for key in texts:
        group, _, barrier = key.partition(".")
        if group == SIMPLE and barrier not in texts:
            yield key, f"'{key}' hoort bij geen tekst.", "Gebruik de naam van een tekst uit dit bestand."
        if group in _BARRIER_GROUPS and barrier not in library.taxonomy.barriers:
            yield key, f"Onbekende belemmering: {key}.", "Kies een belemmering uit taxonomie.yml."


def _flat(data: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """'group.key' -> text, for every text."""
    if isinstance(data, dict):
        for key, value in data.items():
            if isinstance(value, dict):
                yield from _flat(value, f"{prefix}{key}.")
            else:
                yield f"{prefix}{key}", value
