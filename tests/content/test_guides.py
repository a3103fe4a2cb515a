"""Cards, scans, sheet and case: every mistake is told with file, line and remedy; facts come from the items."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from bot.content.guides import Guides, read_guides
from bot.content.library import Library
from bot.content.model import Problem
from bot.conversation.turn import Knowledge
from bot.paths import CONTENT

FILES = ("scans.yml", "voorbereiding.yml", "argumenten.yml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "content"
    shutil.copytree(CONTENT / "gesprekskaarten", made / "gesprekskaarten")
    for name in FILES:
        shutil.copy(CONTENT / name, made)
    return made


def edit(folder: Path, name: str, old: str, new: str) -> int:
    """Replaces `old`; returns its line."""
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text.count("\n", 0, text.index(old)) + 1


def only_problem(folder: Path, library: Library) -> Problem:
    guides, problems = read_guides(folder, library)
    assert guides is None and len(problems) == 1, problems
    assert problems[0].remedy
    return problems[0]


@pytest.fixture
def guides(knowledge: Knowledge) -> Guides:
    return knowledge.guides


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("gesprekskaarten/ouder.md", "Opgebouwde kennis", "Bedachte kennis", "beginnen 0 punten met"),
        ("gesprekskaarten/ouder.md", "onderwerp: leerambassadeurs_vdl", "onderwerp: onzin", "'onzin' bestaat niet"),
        ("gesprekskaarten/ouder.md", "## Liever niet", "## Nooit", "'Nooit' is onbekend"),
        ("gesprekskaarten/ouder.md", "belemmering: ouder", "belemmering: jong", "niet de naam van het bestand"),
        ("gesprekskaarten/ouder.md", "titel:", "kop:", "Onbekend veld: kop"),
        ("scans.yml", "belemmering: onbekend_aanbod", "belemmering: onzin", "Onbekende belemmering: onzin"),
        ("scans.yml", "factor: durven", "factor: lef", "'lef' staat niet onder"),
        ("scans.yml", "model: drie_knoppen", "model: vier_knoppen", "'vier_knoppen' bestaat niet"),
        ("voorbereiding.yml", "  taal:", "  taalles:", "ontbreekt, of deze belemmering bestaat niet"),
        ("argumenten.yml", 'punt: "Kosten van scholing', 'punt: "Winst van scholing', "beginnen 0 punten"),
    ],
)
def test_a_mistake_is_told_with_its_line(
    folder: Path, library: Library, name: str, old: str, new: str, told: str
) -> None:
    line = edit(folder, name, old, new)
    _, problems = read_guides(folder, library)
    assert any(p.file == f"content/{name}" and told in p.what and p.line <= line for p in problems), problems
    assert all(p.remedy for p in problems)


def test_the_line_of_a_lost_fact_is_exact(folder: Path, library: Library) -> None:
    line = edit(folder, "gesprekskaarten/ouder.md", "Opgebouwde kennis", "Bedachte kennis")
    assert only_problem(folder, library).line == line


def test_a_missing_card_is_told(folder: Path, library: Library) -> None:
    (folder / "gesprekskaarten" / "taal.md").unlink()
    assert "ontbreekt" in only_problem(folder, library).what


def test_a_card_that_is_too_long_is_told(folder: Path, library: Library) -> None:
    edit(folder, "gesprekskaarten/taal.md", "## Vragen\n", "## Vragen\n- " + "woord " * 61 + "\n")
    assert "woorden" in only_problem(folder, library).what


def test_yaml_that_is_broken_is_told(folder: Path, library: Library) -> None:
    (folder / "scans.yml").write_text("scans: [", "utf-8")
    assert "Geen geldige YAML" in only_problem(folder, library).what


def test_every_barrier_has_a_card_with_open_questions(guides: Guides, library: Library) -> None:
    assert set(guides.cards) == set(library.taxonomy.barriers)
    closed = re.compile(r"^(Ben|Heb|Wil|Kun|Mag|Is|Zou|Vind|Ga|Weet|Doe|Moet)\b")
    for card in guides.cards.values():
        assert 4 <= len(card.questions) <= 6
        assert sum(bool(closed.match(question)) for question in card.questions) <= 1, card.barrier
        assert all(question.endswith("?") for question in card.questions)
        assert not any(item.ended for item in card.options)


def test_no_figure_stands_outside_a_fact(guides: Guides) -> None:
    """A figure with a unit in words of our own would have no source."""
    figure = re.compile(r"\d+\s?(?:%|procent|euro|miljoen)|€")
    for card in guides.cards.values():
        own = [*card.opening, *card.questions, *card.avoid, *card.next_step, *(a.say for a in card.arguments)]
        assert not any(figure.search(text) for text in own), card.barrier
    assert not any(figure.search(text) for text in (*guides.tips.values(), guides.spending.say, guides.goals.say))
