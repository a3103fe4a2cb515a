"""Ranks items for a person: role, barriers and sector in, items with a score and a reason out.

Deterministic and explainable. The score of an item is

    fit x weight x sector x validity

fit:      for every barrier of the person that the item helps against: how much it matters to the person
          (their first barrier most) times how central it is to the item (its first barrier most), summed.
weight:   the editor's judgement (`gewicht` 1..5) of how good a first suggestion the item is.
sector:   an item made for the person's sector counts more; one for another sector is left out.
validity: an item that must be checked counts less; an ended one is left out.
Items that do not serve the person's role are left out, and so is what the person already is (a learning ambassador
for a learning ambassador). Equal scores are ordered by weight, then id.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.content.library import Library
from bot.content.model import Item

SUGGESTIBLE = frozenset({"interventie", "instrument", "methode", "regeling", "platform", "campagne", "stappenplan"})

PERSON_BARRIER = (1.0, 0.8, 0.65, 0.55)  # by the person's order of barriers; further ones count as the last
ITEM_BARRIER = (1.0, 0.8, 0.65, 0.55, 0.5)  # by the item's order of barriers
ROLE = (1.0, 0.97, 0.95, 0.93)  # by the item's order of roles
WEIGHT = {1: 0.5, 2: 0.7, 3: 0.85, 4: 1.0, 5: 1.15}
OWN_SECTOR, UNKNOWN_SECTOR = 1.25, 0.5
MUST_BE_CHECKED = 0.6
DEFAULT_ROLE = "medewerker"  # a person who did not say is treated as an employee in the order, not in the selection


@dataclass(frozen=True)
class Match:
    """An item that fits, how well, and the barrier that decided it."""

    item: Item
    score: float
    barrier: str

    @property
    def reason(self) -> str:
        """Why it fits, in a sentence of the content."""
        return self.item.barriers[self.barrier]


def rank(library: Library, role: str | None, barriers: Sequence[str], sector: str | None) -> list[Match]:
    """All items that fit, best first. With no barriers nothing fits."""
    matches = [m for item in library.items.values() if (m := _match(item, role, barriers, sector))]
    return sorted(matches, key=lambda m: (-round(m.score, 6), -m.item.weight, m.item.id))


def suggest(
    library: Library,
    role: str | None,
    barriers: Sequence[str],
    sector: str | None,
    seen: Collection[str] = (),
    count: int = 3,
) -> list[Match]:
    """The best `count` items not seen yet. Never an item beside its own parent or sibling form: three
    suggestions should be three different ideas. Fewer when there are no more."""
    chosen: list[Match] = []
    spare: list[Match] = []
    families: set[str] = set()
    for match in rank(library, role, barriers, sector):
        if match.item.id in seen:
            continue
        family = {match.item.id, match.item.parent} - {""}
        if families & family:
            spare.append(match)
            continue
        chosen.append(match)
        families |= family
        if len(chosen) == count:
            return chosen
    return (chosen + spare)[:count]


def _match(item: Item, role: str | None, barriers: Sequence[str], sector: str | None) -> Match | None:
    parts: dict[str, float] = {}
    own = list(item.barriers)
    for index, barrier in enumerate(barriers):
        if barrier in item.barriers:
            parts[barrier] = _at(PERSON_BARRIER, index) * _at(ITEM_BARRIER, own.index(barrier))
    if not parts or item.ended or item.kind not in SUGGESTIBLE:
        return None
    if role and (role not in item.roles or role in item.names):
        return None
    if item.sectors and sector and sector not in item.sectors:
        return None
    score = sum(parts.values()) * WEIGHT[item.weight]
    wanted = role or DEFAULT_ROLE
    score *= _at(ROLE, item.roles.index(wanted)) if wanted in item.roles else ROLE[-1]
    if item.sectors:
        score *= OWN_SECTOR if sector else UNKNOWN_SECTOR
    if item.validity:
        score *= MUST_BE_CHECKED
    decisive = max(parts, key=lambda barrier: parts[barrier])
    return Match(item, score, decisive)


def _at(values: Sequence[float], index: int) -> float:
    return values[min(index, len(values) - 1)]
