"""The plain data of the knowledge base. Keys (role, barrier, sector, theme) are those of content/taxonomie.yml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Section(str, Enum):
    """A section of an item: the value is the key used in buttons, the heading stands in the Markdown file."""

    heading: str

    SUMMARY = "samenvatting", "Samenvatting"
    SIMPLE = "eenvoudig", "Eenvoudig"
    HOW = "werkwijze", "Zo werkt het"
    WHEN = "wanneer", "Wanneer kies je dit"
    CAUTION = "let_op", "Let op"
    CONDITIONS = "voorwaarden", "Voorwaarden"
    COST = "kosten", "Kosten"
    TIME = "tijd", "Tijd"
    EXAMPLES = "voorbeelden", "Voorbeelden"
    EVIDENCE = "bewijs", "Bewijs"
    CONTACT = "contact", "Contact"

    def __new__(cls, key: str, heading: str = "") -> Section:
        member = str.__new__(cls, key)
        member._value_ = key
        member.heading = heading
        return member


@dataclass(frozen=True)
class Passage:
    """One statement that answers a question on its own: a condition, caution, fact or example of an item."""

    item_id: str
    section: Section
    text: str
    heading: str = ""  # the condition's own heading, e.g. 'Tijd in het rooster'


@dataclass(frozen=True)
class Source:
    """Where a fact comes from: document key of content/bronnen.yml and the place in it."""

    document: str
    place: str


@dataclass(frozen=True)
class Validity:
    """Why an item is not simply in force: `beeindigd` (ended) or `controleren` (must be checked)."""

    status: str
    text: str
    since: str = ""
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True)
class Link:
    """A web address that may be handed out. `status`: actueel, verhuisd, gestopt or onbekend."""

    id: str
    label: str
    url: str
    organisation: str
    purpose: str
    status: str
    note: str = ""


@dataclass(frozen=True)
class Item:
    """One intervention, scheme, instrument, ... of the knowledge base."""

    id: str
    title: str
    name: str
    kind: str
    theme: str
    roles: tuple[str, ...]  # the role it serves best first
    barriers: Mapping[str, str]  # barrier -> why the item helps against it; strongest first
    sectors: tuple[str, ...]  # empty: every sector
    weight: int  # 1..5: how good a first suggestion it is
    names: tuple[str, ...]  # everyday names
    aliases: tuple[str, ...]  # ids of records merged into this item
    related: tuple[str, ...]
    sources: tuple[Source, ...]
    links: tuple[str, ...]
    reviewed: str  # ISO date
    summary: str
    simple: str
    passages: tuple[Passage, ...]
    parent: str = ""
    validity: Validity | None = None

    @property
    def ended(self) -> bool:
        return self.validity is not None and self.validity.status == "beeindigd"

    def section(self, section: Section) -> tuple[Passage, ...]:
        """The passages of one section, in the order of the file."""
        return tuple(p for p in self.passages if p.section is section)


@dataclass(frozen=True)
class Taxonomy:
    """The vocabulary: each mapping goes from key to description, in the order of the file."""

    roles: Mapping[str, str]
    barriers: Mapping[str, str]
    sectors: Mapping[str, str]
    themes: Mapping[str, str]


@dataclass(frozen=True)
class Problem:
    """One mistake in a content file, told to an editor."""

    file: str
    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what} {self.remedy}".rstrip()


@dataclass
class ContentError(Exception):
    """The content cannot be used; `problems` names every mistake found."""

    problems: list[Problem] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems]
        count = len(lines)
        return "\n".join([*lines, f"{count} fout{'en' if count != 1 else ''} in de inhoud."])
