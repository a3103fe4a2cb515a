"""Ranking is deterministic, explainable, and puts what an expert would put first."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.content.library import Library
from bot.content.matching import SUGGESTIBLE, rank, suggest

EXPECTED = yaml.safe_load(Path(__file__).with_name("expected_rankings.yml").read_text("utf-8"))


@pytest.mark.parametrize("case", EXPECTED, ids=lambda c: f"{c['rol']}-{'+'.join(c['belemmeringen'])}")
def test_the_expected_items_come_first(library: Library, case: dict[str, object]) -> None:
    found = suggest(library, case["rol"], case["belemmeringen"], case.get("sector"))  # type: ignore[arg-type]
    ids = [match.item.id for match in found]
    assert ids == case["eerste"], case.get("waarom")


def test_the_order_does_not_depend_on_the_order_of_loading(library: Library) -> None:
    turned = Library(library.taxonomy, dict(reversed(list(library.items.items()))), library.links, library.sources)
    for barrier in library.taxonomy.barriers:
        ids = [m.item.id for m in rank(library, "medewerker", [barrier], None)]
        assert ids == [m.item.id for m in rank(turned, "medewerker", [barrier], None)]


def test_every_match_serves_the_role_and_says_why(library: Library) -> None:
    for role in library.taxonomy.roles:
        for barrier in library.taxonomy.barriers:
            for match in rank(library, role, [barrier], None):
                assert role in match.item.roles
                assert match.item.kind in SUGGESTIBLE
                assert not match.item.ended
                assert match.reason == match.item.barriers[barrier]


def test_an_item_of_another_sector_is_left_out(library: Library) -> None:
    for match in rank(library, None, list(library.taxonomy.barriers), "zorg_welzijn"):
        assert not match.item.sectors or "zorg_welzijn" in match.item.sectors


def test_seen_items_are_not_suggested_again(library: Library) -> None:
    first = [m.item.id for m in suggest(library, "medewerker", ["weinig_tijd"], None)]
    second = [m.item.id for m in suggest(library, "medewerker", ["weinig_tijd"], None, seen=first)]
    assert len(first) == 3
    assert not set(first) & set(second)


def test_nothing_fits_without_a_barrier(library: Library) -> None:
    assert rank(library, "hr", [], None) == []
