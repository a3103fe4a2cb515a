"""An editor's change is served without a restart: whole when it is right, not at all when it is wrong."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from pathlib import Path

import pytest

from bot.content.library import Library
from bot.content.model import ContentError
from bot.knowledge import KnowledgeStore, fingerprint, load_knowledge, text_names, text_problems
from bot.paths import CONTENT

ITEM = "ruimte/job_crafting.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CONTENT, tmp_path / "content"))


@pytest.fixture
def store(folder: Path) -> KnowledgeStore:
    return KnowledgeStore(folder)


def edit(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    later = path.stat().st_mtime_ns + 10_000_000  # some file systems keep time in coarse steps
    os.utime(path, ns=(later, later))


def served(store: KnowledgeStore) -> str:
    item = store.current.library.find("job_crafting")
    assert item is not None
    return item.title


def retitle(folder: Path, title: str) -> None:
    path = folder / ITEM
    row = next(r for r in path.read_text("utf-8").split("\n") if r.startswith("titel:"))
    edit(folder, ITEM, row, title)


def look_until_settled(store: KnowledgeStore) -> bool:
    """The first look notices that files change, the second that they have been left alone."""
    return store.look() or store.look()


def test_a_good_edit_is_served(store: KnowledgeStore, folder: Path) -> None:
    before = store.current
    retitle(folder, "titel: Sleutelen aan je werk")
    assert look_until_settled(store)
    assert served(store) == "Sleutelen aan je werk"
    assert before.library.items["job_crafting"].title != "Sleutelen aan je werk"  # a turn under way keeps its own
    assert not look_until_settled(store)


def test_a_broken_edit_keeps_the_old_and_mending_serves_the_new(
    store: KnowledgeStore, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = store.current
    retitle(folder, "titel: Half: werk: hier")
    edit(folder, "teksten.yml", "{onderwerp}", "{onderwrp}")
    with caplog.at_level(logging.WARNING, logger="bot.knowledge"):
        assert not look_until_settled(store)
        assert not look_until_settled(store)
    assert store.current is before
    assert len(caplog.records) == 1  # told once, not at every look
    assert "job_crafting.md:3" in caplog.text and "teksten.yml" in caplog.text  # every problem
    retitle(folder, "titel: Werk dat af is")
    edit(folder, "teksten.yml", "{onderwrp}", "{onderwerp}")
    assert look_until_settled(store)
    assert served(store) == "Werk dat af is"


def test_nothing_is_swapped_when_only_the_texts_are_wrong(store: KnowledgeStore, folder: Path) -> None:
    before = store.current
    retitle(folder, "titel: Dit mag niet half door")
    edit(folder, "teksten.yml", "welkom_terug:", "welkom_trug:")
    assert not store.reload()
    assert store.current is before


def test_a_file_that_comes_or_goes_is_noticed(store: KnowledgeStore, folder: Path) -> None:
    before = fingerprint(folder)
    (folder / ITEM).unlink()
    assert fingerprint(folder) != before
    assert not look_until_settled(store)  # the last item: a bot that knows nothing is never served
    assert "job_crafting" in store.current.library.items


def test_an_unforeseen_error_does_not_stop_the_bot(store: KnowledgeStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Path) -> None:
        raise OSError("weg")

    before = store.current
    monkeypatch.setattr("bot.knowledge.load_knowledge", fail)
    assert not store.reload()
    assert store.current is before


def test_watching_serves_an_edit(store: KnowledgeStore, folder: Path) -> None:
    async def wait() -> None:
        watching = asyncio.ensure_future(store.watch(0.02))
        retitle(folder, "titel: Vanzelf opgehaald")
        for _ in range(500):
            if served(store) == "Vanzelf opgehaald":
                break
            await asyncio.sleep(0.02)
        watching.cancel()

    asyncio.run(wait())
    assert served(store) == "Vanzelf opgehaald"


def test_content_that_is_wrong_at_the_start_is_refused(folder: Path) -> None:
    edit(folder, ITEM, "gewicht:", "gewigt:")
    edit(folder, "teksten.yml", "weet_niet:", "weetniet:")
    with pytest.raises(ContentError) as caught:
        load_knowledge(folder)
    told = str(caught.value)
    assert "gewigt" in told and "'weet_niet' ontbreekt" in told


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("{onderwerp}", "{onderwrp}", "gebruikt {onderwrp}; dat kan de bot niet invullen. Mogelijk is: {onderwerp}."),
        ("{onderwerp}", "{onderwerp", "losse accolade"),
        ('verder_gaan: "Ja, ga verder"', "verder_gaan:", "'verder_gaan' is leeg"),
        ('  weinig_tijd: "te weinig tijd"\n', "", "De tekst 'belemmeringen.weinig_tijd' ontbreekt"),
        ('links_nood: ["113"]', 'links_nood: ["114"]', "een link die niet bestaat: 114"),
        ("voorbeelden_knoppen:\n  weinig_tijd:", "voorbeelden_knoppen:\n  weinig:", "Onbekende belemmering"),
        ('weet_niet: "', "weet_niet: '", "Geen geldige YAML"),
    ],
)
def test_a_mistake_in_the_texts_is_named(folder: Path, library: Library, old: str, new: str, expected: str) -> None:
    edit(folder, "teksten.yml", old, new)
    told = [str(problem) for problem in text_problems(folder, library)]
    assert any(expected in line for line in told), told
    assert all(line.startswith("content/teksten.yml:") for line in told)


def test_the_real_texts_are_right(library: Library) -> None:
    assert text_problems(CONTENT, library) == []
    assert text_names()["bron_uitleg"] == {"bron", "datum"}


def test_a_broken_list_of_synonyms_is_refused(folder: Path) -> None:
    (folder / "synoniemen.yml").write_text("- [baan, werk]\n- baas\n", "utf-8")
    with pytest.raises(ContentError, match="Niet elke regel is een groep woorden"):
        load_knowledge(folder)
