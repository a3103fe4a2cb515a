"""What editors get to see: mistakes with file, line and remedy; coverage; what to review; previews; readability."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from bot.content import readability, report
from bot.content.library import Library
from bot.content.model import Section
from bot.conversation.explain import PORTION_WORDS
from bot.paths import CONTENT, ROOT
from tests.conftest import needs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CONTENT, tmp_path / "content"))


def test_all_mistakes_are_told_in_one_run(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    item = folder / "ruimte" / "job_crafting.md"
    item.write_text(item.read_text("utf-8").replace("gewicht:", "gewigt:", 1), "utf-8")
    texts = folder / "teksten.yml"
    texts.write_text(texts.read_text("utf-8") + 'terug: "Nog eens"\n', "utf-8")
    (folder / "los.md").write_text("verdwaald", "utf-8")
    assert report.check(folder, tmp_path / "build") == 1
    told = capsys.readouterr().out
    assert "content/ruimte/job_crafting.md\n  regel" in told and "Onbekend veld: gewigt." in told
    assert "'terug' staat er twee keer" in told
    assert "content/los.md\n  regel 1: De bot leest dit bestand niet." in told
    assert "-> " in told and "fouten in" in told


def test_good_content_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert report.check(CONTENT, tmp_path) == 0
    told = capsys.readouterr().out
    for part in ("Geen fouten.", "Dekking", "Onderwerpen per thema", "Om na te lopen"):
        assert part in told
    assert max(map(len, told.split("\n"))) <= 120
    assert (tmp_path / "dekking.png").read_bytes().startswith(b"\x89PNG")
    assert "en nog" not in (tmp_path / "nalopen.txt").read_text("utf-8")


def test_thin_places_in_the_coverage_are_marked() -> None:
    table = report.coverage_table({"taal": {"hr": 2, "or": 3}, "ouder": {"hr": 12, "or": 0}})
    assert "!2     3" in table and "12    !0" in table
    assert "minder dan 3 opties (2): hr x taal (2), or x ouder (0)" in table


def test_items_not_reviewed_for_a_year_are_listed(library: Library) -> None:
    last = date.fromisoformat(max(item.reviewed for item in library.items.values()))
    later = last.replace(year=last.year + 2)
    assert len(report.stale_items(library, later)) == len(library.items)
    assert "Langer dan een jaar niet nagekeken (" in report.attention(library, later)


def test_without_textstat_one_line_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readability, "available", lambda: False)
    assert report.check(CONTENT, tmp_path) == 0
    told = capsys.readouterr().out.split("\n")
    assert [line for line in told if "textstat is niet" in line] == [told[1]]


def test_the_preview_shows_the_portions_of_the_bot(library: Library) -> None:
    item = library.items["leerambassadeurs"]
    portions = report.portions(item, Section.HOW)
    told = "\n".join(portions)
    assert len(portions) > 1
    assert all(passage.text in told for passage in item.section(Section.HOW))
    lines = "\n".join(report.preview_lines(library, item))
    assert f"bericht 2 van {len(portions)}" in lines and "woorden" in lines
    for text in portions:
        assert len(text.replace("- ", "").split()) <= PORTION_WORDS


def test_every_item_can_be_previewed(library: Library) -> None:
    for item in library.items.values():
        assert any(line.startswith("\nBron") for line in report.preview_lines(library, item))


def test_a_preview_by_name_and_a_near_miss(capsys: pytest.CaptureFixture[str]) -> None:
    assert report.preview("Leerambassadeur") == 0
    assert report.preview("leerambas") == 1
    assert "Bedoel je: leerambassadeurs" in capsys.readouterr().out


@pytest.fixture
def measured() -> None:
    if not readability.available():
        needs("textstat is not installed")


@pytest.mark.usefixtures("measured")
def test_no_item_outside_the_list_reads_too_hard(library: Library) -> None:
    exceptions, problems = readability.read_exceptions(CONTENT)
    assert problems == []
    new = {
        field: sorted(set(below) - set(exceptions[field])) for field, below in readability.under_floor(library).items()
    }
    assert not any(new.values()), f"rewrite these texts in shorter sentences and words: {new}"


@pytest.mark.usefixtures("measured")
def test_the_list_of_exceptions_only_shrinks(library: Library) -> None:
    exceptions, _ = readability.read_exceptions(CONTENT)
    below = readability.under_floor(library)
    mended = {field: sorted(set(listed) - set(below[field])) for field, listed in exceptions.items()}
    assert not any(mended.values()), f"these read well enough now; take them off the list: {mended}"


@pytest.mark.usefixtures("measured")
def test_the_floor_lets_most_items_pass(library: Library) -> None:
    for below in readability.under_floor(library).values():
        assert len(below) <= len(library.items) / 8


@pytest.mark.usefixtures("measured")
def test_a_text_that_became_too_hard_is_named_with_its_line(library: Library, folder: Path) -> None:
    exceptions = folder / readability.EXCEPTIONS_FILE
    exceptions.write_text("samenvatting:\n  - leerambassadeurs\neenvoudig: []\npunten: []\n", "utf-8")
    told = [str(problem) for problem in readability.problems(folder, library)]
    assert any("leesbaarheid_uitzonderingen.yml:2" in line and "leest nu goed genoeg" in line for line in told)
    hard = next(iter(readability.under_floor(library)["samenvatting"]))
    row = next(line for line in told if f"/{hard}.md:" in line and "'Samenvatting' leest te moeilijk" in line)
    number = int(row.split(":")[1])
    text = (CONTENT / library.items[hard].theme / f"{hard}.md").read_text("utf-8")
    assert text.split("\n")[number - 1] == "## Samenvatting"


def test_the_manual_names_every_field_heading_and_floor() -> None:
    manual = (ROOT / "docs" / "redactie.md").read_text("utf-8")
    schema = json.loads((ROOT / "bot" / "content" / "item.schema.json").read_text("utf-8"))
    assert [field for field in schema["properties"] if f"| `{field}` |" not in manual] == []
    assert [section.heading for section in Section if f"## {section.heading}`" not in manual] == []
    floors = [f"{floor:.0f}" for floor in readability.FLOORS.values()]
    assert '{} voor de samenvatting, {} voor "Eenvoudig" en {} voor alle'.format(*floors) in manual
