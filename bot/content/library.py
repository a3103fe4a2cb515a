"""Loads the whole knowledge base and looks items up by id, former id or name."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from bot.content.model import ContentError, Item, Link, Problem, Taxonomy
from bot.content.reader import read_item, read_text

TAXONOMY_FILE = "taxonomie.yml"
LINKS_FILE = "links.yml"
SOURCES_FILE = "bronnen.yml"
GUIDES = "gesprekskaarten"  # a folder that holds no items; see bot/content/guides.py
TAXONOMY_GROUPS = ("rollen", "belemmeringen", "sectoren", "themas")
LINK_STATUSES = ("actueel", "verhuisd", "gestopt", "onbekend")
LINK_FIELDS = ("label", "url", "organisatie", "waarvoor", "status")  # and "toelichting", which may be left out


@dataclass(frozen=True)
class Library:
    """The checked knowledge base; immutable, so that a reload can swap it whole."""

    taxonomy: Taxonomy
    items: Mapping[str, Item]  # by id, in file order
    links: Mapping[str, Link]
    sources: Mapping[str, str]  # document key -> full title

    @cached_property
    def _ids(self) -> dict[str, str]:
        return {key: item.id for item in self.items.values() for key in (item.id, *item.aliases)}

    @cached_property
    def names(self) -> dict[str, str]:
        """Normalised name -> id, for every official, everyday and title name that is used once only."""
        found: dict[str, str] = {}
        for item in self.items.values():
            for name in (item.name, *item.names, item.title, item.id):
                found.setdefault(normalise(name), item.id)
        return found

    def find(self, key: str | None) -> Item | None:
        """The item with this id or former id, None when there is none."""
        return self.items.get(self._ids.get(key or "", ""))

    def children(self, item: Item) -> list[Item]:
        """The narrower items of an item, in order of weight."""
        found = [other for other in self.items.values() if self.find(other.parent) is item]
        return sorted(found, key=lambda other: (-other.weight, other.id))

    def item_links(self, item: Item) -> list[Link]:
        return [self.links[key] for key in item.links]


def normalise(name: str) -> str:
    """Lower case, without accents, punctuation and double spaces: 'Job-crafting ' -> 'job crafting'."""
    plain = unicodedata.normalize("NFKD", name.lower())
    kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(kept.split())


def load_library(folder: Path) -> Library:
    """Reads content/ whole. Raises ContentError with every problem found when anything is wrong."""
    problems: list[Problem] = []
    taxonomy_data = _read_yaml(folder / TAXONOMY_FILE, problems)
    sources = _read_yaml(folder / SOURCES_FILE, problems)
    links_data = _read_yaml(folder / LINKS_FILE, problems)
    if not problems:
        problems += _taxonomy_problems(taxonomy_data, f"{folder.name}/{TAXONOMY_FILE}")
    unchecked = bool(problems)  # without these lists every item would seem wrong
    if unchecked:
        raise ContentError(problems)
    links = {link.id: link for link in _read_links(folder / LINKS_FILE, links_data, problems)}
    taxonomy = Taxonomy(*(taxonomy_data[name] for name in TAXONOMY_GROUPS))

    items: dict[str, Item] = {}
    places: dict[str, tuple[str, dict[str, int]]] = {}
    unread: set[str] = set()  # items that have mistakes: a reference to one is no mistake of its own
    for path in sorted(path for path in folder.glob("*/*.md") if path.parent.name != GUIDES):
        shown = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        item, found, lines = read_item(path, shown)
        problems += found
        if item is None:
            unread.add(path.stem)
            continue
        if item.id in items:
            what = f"Het id '{item.id}' bestaat al in {places[item.id][0]}."
            problems.append(Problem(shown, lines.get("id", 2), what, "Kies een ander id of voeg ze samen."))
            continue
        items[item.id] = item
        places[item.id] = (shown, lines)
        if item.theme != path.parent.name:
            what = f"Het thema '{item.theme}' is niet de naam van de map ('{path.parent.name}')."
            problems.append(Problem(shown, lines.get("thema", 2), what, "Verplaats het bestand of pas het thema aan."))

    library = Library(taxonomy, items, links, sources)
    problems += _check_references(library, places, unread)
    if problems:
        raise ContentError(sorted(problems, key=lambda p: (p.file, p.line)))
    return library


def _read_yaml(path: Path, problems: list[Problem]) -> dict[str, Any]:
    shown = f"{path.parent.name}/{path.name}"
    if not path.is_file():
        problems.append(Problem(shown, 1, "Dit bestand ontbreekt.", "Zet het terug (git checkout)."))
        return {}
    text, found = read_text(path, shown)
    problems += found
    try:
        data = yaml.safe_load(text) or {}
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        what = f"Geen geldige YAML ({getattr(error, 'problem', error)})."
        problems.append(
            Problem(shown, 1 + (mark.line if mark else 0), what, "Controleer inspringen en aanhalingstekens.")
        )
        return {}
    return data if isinstance(data, dict) else {"": data}


def _read_links(path: Path, data: Mapping[str, Any], problems: list[Problem]) -> Iterator[Link]:
    """The links of a file; one with a mistake is named and still known, so that no item is blamed for it."""
    shown = f"{path.parent.name}/{path.name}"
    rows = path.read_text("utf-8", errors="replace").split("\n")
    for key, entry in data.items():
        line = next((n for n, row in enumerate(rows, 1) if row.startswith(f"{key}:")), 1)
        fields = entry if isinstance(entry, dict) else {}
        missing = [name for name in LINK_FIELDS if not fields.get(name)]
        link = Link(str(key), *(str(fields.get(name, "")) for name in (*LINK_FIELDS, "toelichting")))
        yield link
        if missing:
            what = f"Bij link '{key}' ontbreekt {', '.join(missing)}."
            problems.append(Problem(shown, line, what, f"Nodig zijn {', '.join(LINK_FIELDS)}."))
            continue
        if not _is_address(link.url):
            what = f"De url van link '{key}' is geen volledig adres: {link.url}."
            problems.append(Problem(shown, line, what, "Begin met https://"))
        if link.status not in LINK_STATUSES:
            what = f"Link '{key}' heeft status '{link.status}'."
            problems.append(Problem(shown, line, what, f"Kies uit: {', '.join(LINK_STATUSES)}."))


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:  # half an IPv6 address
        return False
    return parts.scheme in ("https", "http", "tel") and bool(parts.netloc or parts.path)


def _taxonomy_problems(data: Mapping[str, Any], shown: str) -> list[Problem]:
    return [
        Problem(shown, 1, f"De groep '{name}' ontbreekt of is geen lijst van 'naam: tekst'.", "Zet hem terug.")
        for name in TAXONOMY_GROUPS
        if not isinstance(data.get(name), dict)
    ]


def _double_names(library: Library, places: Mapping[str, tuple[str, dict[str, int]]]) -> Iterator[Problem]:
    """A title or name of one item that another one has too: the bot could not tell which is meant."""
    owners: dict[str, str] = {}
    for item in library.items.values():
        shown, lines = places[item.id]
        for field, name in (("titel", item.title), ("naam", item.name), *(("namen", name) for name in item.names)):
            owner = owners.setdefault(normalise(name), item.id)
            if owner != item.id:
                what = f"'{name}' ({field}) staat ook bij '{owner}'."
                yield Problem(shown, lines.get(field, 2), what, "Geef elk onderwerp een eigen titel en eigen namen.")


def _check_references(
    library: Library, places: Mapping[str, tuple[str, dict[str, int]]], unread: Iterable[str]
) -> list[Problem]:
    """Checks across files: vocabulary, double names, links and references to other items."""
    problems: list[Problem] = []
    taken: dict[str, str] = {item_id: item_id for item_id in library.items}

    def unknown(item: Item, field: str, values: Iterable[str], known: Iterable[str], remedy: str) -> None:
        shown, lines = places[item.id]
        for value in sorted(set(values) - set(known)):
            line = lines.get(f"{field}.{value}", lines.get(field, 2))
            problems.append(Problem(shown, line, f"Onbekend bij '{field}': {value}.", remedy))

    for item in library.items.values():
        shown, lines = places[item.id]
        vocabulary = library.taxonomy
        unknown(item, "rollen", item.roles, vocabulary.roles, f"Kies uit: {', '.join(vocabulary.roles)}.")
        unknown(
            item,
            "belemmeringen",
            item.barriers,
            vocabulary.barriers,
            f"Kies uit: {', '.join(vocabulary.barriers)}.",
        )
        unknown(item, "sectoren", item.sectors, vocabulary.sectors, f"Kies uit: {', '.join(vocabulary.sectors)}.")
        unknown(item, "thema", [item.theme], vocabulary.themes, f"Kies uit: {', '.join(vocabulary.themes)}.")
        unknown(
            item,
            "links",
            item.links,
            library.links,
            f"Voeg de link toe aan {LINKS_FILE} of haal hem hier weg.",
        )
        documents = [source.document for source in item.sources]
        unknown(item, "bron", documents, library.sources, f"Kies uit: {', '.join(library.sources)}.")
        for alias in item.aliases:
            if alias in taken:
                what = f"De alias '{alias}' is al in gebruik bij '{taken[alias]}'."
                problems.append(Problem(shown, lines.get("alias", 2), what, "Haal hem bij een van de twee weg."))
            taken[alias] = item.id
    problems += _double_names(library, places)
    known = {*taken, *unread}
    for item in library.items.values():
        remedy = "Verbeter het id of haal het weg."
        unknown(item, "gerelateerd", item.related, known, remedy)
        unknown(item, "ouder", [item.parent] if item.parent else [], known, remedy)
        if item.validity:
            unknown(item, "geldig", item.validity.alternatives, known, remedy)
    return problems
