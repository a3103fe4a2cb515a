"""What helps with a talk: conversation cards, scans, the preparation sheet, the case for learning.

A fact in a guide is no sentence of its own: it names an item and how one of its passages begins, and is said in the
words of that passage. A figure thus stands in one place, and a guide that loses its fact is a mistake with a line.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft7Validator

from bot.content.library import GUIDES, Library
from bot.content.model import Item, Passage, Problem
from bot.content.reader import explain_error, front_matter, key_lines, load_json_dates, read_text

SCANS_FILE, PREPARATION_FILE, CASE_FILE = "scans.yml", "voorbereiding.yml", "argumenten.yml"
CARD_SECTIONS = {"Zo begin je": "opening", "Vragen": "questions", "Liever niet": "avoid", "Volgende stap": "next_step"}
MAX_SECTION_WORDS = 60
MAX_SAY_WORDS = 25

_DEFINITIONS = json.loads(Path(__file__).with_name("guides.schema.json").read_text("utf-8"))["definitions"]


@dataclass(frozen=True)
class Fact:
    """A passage of an item, to be said as it stands there, with the item as its source."""

    item: Item
    text: str


@dataclass(frozen=True)
class Claim:
    """Something to say in a talk, and the facts that bear it."""

    say: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class TalkCard:
    """For who talks with someone about one barrier."""

    barrier: str
    title: str
    opening: tuple[str, ...]
    questions: tuple[str, ...]
    avoid: tuple[str, ...]
    next_step: tuple[str, ...]
    arguments: tuple[Claim, ...]
    options: tuple[Item, ...]

    def options_from(self, role: str | None) -> tuple[Item, ...]:
        """What someone with this role has to offer: not what they are themselves (a learning ambassador)."""
        return tuple(item for item in self.options if role not in item.names)


@dataclass(frozen=True)
class Statement:
    """A positive sentence about work and learning; who disagrees has the barrier. `unsure` is what 'I don't know'
    counts as: nee, beetje or overslaan."""

    factor: str
    barrier: str
    unsure: str
    text: str


@dataclass(frozen=True)
class Scan:
    key: str
    title: str
    model: Item
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class Phase:
    """One of the phases of an organisation, what it is, and what helps there."""

    name: str
    sentence: str
    fact: Fact
    step: str
    barriers: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True)
class SheetPart:
    """One part of the preparation sheet: its heading, the question in the chat and the help on paper."""

    key: str
    heading: str
    question: str
    help: tuple[str, ...]


@dataclass(frozen=True)
class Assumption:
    """Something employers often think, and the answer to it."""

    title: str
    barriers: tuple[str, ...]
    claim: Claim


@dataclass(frozen=True)
class Guides:
    """All of it. `words` says which words are which answer; `tips` and `cards` are by barrier."""

    cards: Mapping[str, TalkCard]
    scans: Mapping[str, Scan]
    factors: Mapping[str, str]
    phases: tuple[Phase, ...]
    words: Mapping[str, tuple[str, ...]]
    sheet: tuple[SheetPart, ...]
    sheet_facts: tuple[Fact, ...]
    tips: Mapping[str, str]
    assumptions: tuple[Assumption, ...]
    goals: Claim
    spending: Claim
    case_options: tuple[Item, ...]


def read_guides(folder: Path, library: Library) -> tuple[Guides | None, list[Problem]]:
    """Reads the guides of content/. None, and every mistake with file, line and remedy, when anything is wrong."""
    reader = _Reader(folder, library)
    cards = reader.cards()
    scans = reader.file(SCANS_FILE, "scans")
    preparation = reader.file(PREPARATION_FILE, "voorbereiding")
    case = reader.file(CASE_FILE, "argumenten")
    if scans and preparation and case:
        guides = reader.guides(cards, scans, preparation, case)
        if not reader.problems:
            return guides, []
    return None, reader.problems


@dataclass(frozen=True)
class _Source:
    """A file's data with the line of every key ('a.0.b')."""

    shown: str
    data: Any
    lines: Mapping[str, int]

    def line(self, path: str) -> int:
        while path and path not in self.lines:
            path = path.rpartition(".")[0]
        return self.lines.get(path, 1)


class _Reader:
    """Turns data into guides; what cannot be resolved becomes a problem and is left out."""

    def __init__(self, folder: Path, library: Library) -> None:
        self.folder = folder
        self.library = library
        self.problems: list[Problem] = []

    def file(self, name: str, kind: str) -> _Source | None:
        path, shown = self.folder / name, f"{self.folder.name}/{name}"
        if not path.is_file():
            self.problems.append(Problem(shown, 1, "Dit bestand ontbreekt.", "Zet het terug (git checkout)."))
            return None
        text, found = read_text(path, shown)
        self.problems += found
        return None if found else self._parse(text, shown, kind, first_line=1)

    def _parse(self, text: str, shown: str, kind: str, first_line: int) -> _Source | None:
        try:
            node, data = load_json_dates(text)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            what = f"Geen geldige YAML ({getattr(error, 'problem', None) or error})."
            remedy = 'Zet tekst met een dubbele punt of aanhalingsteken tussen " " en controleer het inspringen.'
            self.problems.append(Problem(shown, first_line + (mark.line if mark else 0), what, remedy))
            return None
        lines = {key: first_line + line for key, line in key_lines(node)}
        schema = {"definitions": _DEFINITIONS, "$ref": f"#/definitions/{kind}"}
        found = [explain_error(error, shown, lines) for error in Draft7Validator(schema).iter_errors(data)]
        self.problems += found
        return None if found else _Source(shown, data, lines)

    def cards(self) -> dict[str, TalkCard]:
        """All conversation cards. Every barrier must have one."""
        cards: dict[str, TalkCard] = {}
        names: set[str] = set()
        for path in sorted((self.folder / GUIDES).glob("*.md")):
            names.add(path.stem)
            card = self._card(path)
            if card is not None:
                cards[card.barrier] = card
        for barrier in self.library.taxonomy.barriers:
            if barrier not in names:
                shown = f"{self.folder.name}/{GUIDES}/{barrier}.md"
                self.problems.append(
                    Problem(shown, 1, "Deze gesprekskaart ontbreekt.", "Elke belemmering heeft er een: maak hem.")
                )
        return cards

    def _card(self, path: Path) -> TalkCard | None:
        shown = f"{self.folder.name}/{GUIDES}/{path.name}"
        text, found = read_text(path, shown)
        self.problems += found
        if found:
            return None
        split = front_matter(text)
        if split is None:
            what = "Het bestand begint niet met gegevens tussen twee regels met drie streepjes (---)."
            self.problems.append(Problem(shown, 1, what, "Neem een andere gesprekskaart als voorbeeld."))
            return None
        fields, body, body_line = split
        source = self._parse(fields, shown, "gesprekskaart", first_line=2)
        sections = self._sections(body, body_line, shown)
        if source is None or sections is None:
            return None
        data = source.data
        if data["belemmering"] != path.stem or path.stem not in self.library.taxonomy.barriers:
            what = f"De belemmering '{data['belemmering']}' is niet de naam van het bestand, of bestaat niet."
            self.problems.append(Problem(shown, source.line("belemmering"), what, "Maak ze gelijk; zie taxonomie.yml."))
            return None
        arguments = []
        for number, entry in enumerate(data["argumenten"]):
            fact = self._fact(source, entry, f"argumenten.{number}")
            if len(entry["zeg"].split()) > MAX_SAY_WORDS:
                what = f"'zeg' is te lang ({len(entry['zeg'].split())} woorden)."
                line = source.line(f"argumenten.{number}.zeg")
                self.problems.append(Problem(shown, line, what, f"Gebruik hoogstens {MAX_SAY_WORDS} woorden."))
            arguments += [Claim(entry["zeg"], (fact,))] if fact else []
        options = self._items(source, data["opties"], "opties")
        return TalkCard(data["belemmering"], data["titel"], **sections, arguments=tuple(arguments), options=options)

    def _sections(self, body: str, first_line: int, shown: str) -> dict[str, tuple[str, ...]] | None:
        """The lists of a card, by field name."""
        found: dict[str, list[str]] = {}
        before = len(self.problems)
        current: str | None = None

        def problem(line: int, what: str, remedy: str) -> None:
            self.problems.append(Problem(shown, line, what, remedy))

        for number, raw in enumerate(body.split("\n"), start=first_line):
            line = raw.strip()
            if line.startswith("## "):
                current = CARD_SECTIONS.get(line[3:].strip())
                if current is None or current in found:
                    kind = "onbekend" if current is None else "dubbel"
                    problem(number, f"Het kopje '{line[3:]}' is {kind}.", f"Kies uit: {', '.join(CARD_SECTIONS)}.")
                else:
                    found[current] = []
            elif line.startswith("- ") and current in found:
                found[current].append(line[2:].strip())
            elif line:
                problem(number, "Deze regel is geen punt onder een kopje.", "Begin met '- ', onder een kopje.")
        for heading, name in CARD_SECTIONS.items():
            words = sum(len(point.split()) for point in found.get(name, ()))
            if not words:
                problem(first_line, f"Het kopje '{heading}' ontbreekt of is leeg.", "Voeg het toe, met punten.")
            elif words > MAX_SECTION_WORDS:
                what = f"Onder '{heading}' staan {words} woorden."
                problem(first_line, what, f"Maak het korter (hoogstens {MAX_SECTION_WORDS} woorden).")
        if len(self.problems) > before:
            return None
        return {name: tuple(points) for name, points in found.items()}

    def guides(self, cards: dict[str, TalkCard], scans: _Source, preparation: _Source, case: _Source) -> Guides:
        self._barriers_known(scans)
        self._barriers_known(case)
        for barrier in sorted(set(preparation.data["tips"]) ^ set(self.library.taxonomy.barriers)):
            what = f"De tip bij '{barrier}' ontbreekt, of deze belemmering bestaat niet."
            line = preparation.line(f"tips.{barrier}")
            self.problems.append(Problem(preparation.shown, line, what, "Geef elke belemmering één tip."))
        assumptions = tuple(
            Assumption(a["titel"], tuple(a["belemmeringen"]), self._claim(case, a, f"aannames.{n}"))
            for n, a in enumerate(case.data["aannames"])
        )
        return Guides(
            cards=cards,
            scans={key: scan for key in scans.data["scans"] if (scan := self._scan(scans, key))},
            factors=scans.data["factoren"],
            phases=tuple(self._phases(scans)),
            words={answer: tuple(words) for answer, words in scans.data["antwoorden"].items()},
            sheet=tuple(
                SheetPart(part["sleutel"], part["kop"], part["vraag"], tuple(part["hulp"]))
                for part in preparation.data["delen"]
            ),
            sheet_facts=self._facts(preparation, preparation.data["punten"], "punten"),
            tips=preparation.data["tips"],
            assumptions=assumptions,
            goals=self._claim(case, case.data["doelen"], "doelen"),
            spending=self._claim(case, case.data["geld"], "geld"),
            case_options=self._items(case, case.data["opties"], "opties"),
        )

    def _scan(self, source: _Source, key: str) -> Scan | None:
        data = source.data["scans"][key]
        statements = []
        for number, entry in enumerate(data["uitspraken"]):
            statements.append(Statement(entry["factor"], entry["belemmering"], entry["weet_niet"], entry["zin"]))
            if entry["factor"] not in source.data["factoren"]:
                what = f"De factor '{entry['factor']}' staat niet onder 'factoren'."
                line = source.line(f"scans.{key}.uitspraken.{number}.factor")
                self.problems.append(Problem(source.shown, line, what, "Voeg hem daar toe of verbeter de naam."))
        model = self._items(source, [data["model"]], f"scans.{key}.model")
        return Scan(key, data["titel"], model[0], tuple(statements)) if model else None

    def _phases(self, source: _Source) -> Iterator[Phase]:
        for number, entry in enumerate(source.data["fasen"]):
            fact = self._fact(source, entry["punt"], f"fasen.{number}.punt")
            if fact is not None:
                barriers, words = tuple(entry["belemmeringen"]), tuple(entry["woorden"])
                yield Phase(entry["naam"], entry["zin"], fact, entry["stap"], barriers, words)

    def _claim(self, source: _Source, entry: Mapping[str, Any], path: str) -> Claim:
        return Claim(entry["zeg"], self._facts(source, entry["punten"], f"{path}.punten"))

    def _facts(self, source: _Source, entries: Iterable[Mapping[str, str]], path: str) -> tuple[Fact, ...]:
        found = (self._fact(source, entry, f"{path}.{number}") for number, entry in enumerate(entries))
        return tuple(fact for fact in found if fact is not None)

    def _fact(self, source: _Source, entry: Mapping[str, str], path: str) -> Fact | None:
        """The one passage of the item that begins with `punt`."""
        items = self._items(source, [entry["onderwerp"]], f"{path}.onderwerp")
        if not items:
            return None
        start = entry["punt"]
        fitting: list[Passage] = [p for p in items[0].passages if p.text.startswith(start)]
        if len({passage.text for passage in fitting}) == 1:
            return Fact(items[0], fitting[0].text)
        what = f"In '{items[0].id}' beginnen {len(fitting)} punten met: {start}"
        remedy = "Neem de eerste woorden van precies één punt van dat onderwerp over."
        self.problems.append(Problem(source.shown, source.line(f"{path}.punt"), what, remedy))
        return None

    def _items(self, source: _Source, ids: Iterable[str], path: str) -> tuple[Item, ...]:
        found = []
        for item_id in ids:
            item = self.library.find(item_id)
            if item is None:
                what = f"Het onderwerp '{item_id}' bestaat niet."
                self.problems.append(Problem(source.shown, source.line(path), what, "Verbeter het id."))
            else:
                found.append(item)
        return tuple(found)

    def _barriers_known(self, source: _Source) -> None:
        for path, value in _values(source.data):
            named = path.endswith(".belemmering") or ".belemmeringen." in path
            if named and value not in self.library.taxonomy.barriers:
                what, line = f"Onbekende belemmering: {value}.", source.line(path)
                self.problems.append(Problem(source.shown, line, what, "Kies er een uit taxonomie.yml."))


def _values(data: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every value with its path ('a.0.b')."""
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _values(value, f"{prefix}.{key}" if prefix else str(key))
    else:
        yield prefix, data
