"""A broken content file is reported with file, line, what is wrong and how to mend it; all mistakes at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.content.library import load_library
from bot.content.model import ContentError
from bot.paths import CONTENT

GOOD = """---
id: proef
titel: Een proef
naam: Proef
soort: begrip
thema: ruimte
rollen: [medewerker]
belemmeringen:
  weinig_tijd: Het kost bijna geen tijd.
sectoren: []
gewicht: 3
namen: [proefje]
alias: []
gerelateerd: []
bron:
  - {document: ruimte_scheppen, plaats: "Voorblad"}
links: []
nagekeken: 2026-11-21
---

## Samenvatting
Een proef om te testen.

## Eenvoudig
Dit is een proef. Hij is kort. Meer is het niet.

## Zo werkt het
- De proef werkt vanzelf.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small content folder with one good item."""
    made = tmp_path / "content"
    (made / "ruimte").mkdir(parents=True)
    for name in ("taxonomie.yml", "links.yml", "bronnen.yml"):
        shutil.copy(CONTENT / name, made / name)
    (made / "ruimte" / "proef.md").write_text(GOOD, "utf-8")
    return made


def problems(folder: Path) -> list[str]:
    with pytest.raises(ContentError) as caught:
        load_library(folder)
    return [str(problem) for problem in caught.value.problems]


def test_a_good_item_is_read(folder: Path) -> None:
    item = load_library(folder).items["proef"]
    assert item.title == "Een proef"
    assert item.passages[0].text == "De proef werkt vanzelf."
    assert item.reviewed == "2026-11-21"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("gewicht: 3", "gewicht: veel"), "proef.md:11: 'gewicht'"),
        (("gewicht: 3", "gewigt: 3"), "proef.md:11: Onbekend veld: gewigt"),
        (("gewicht: 3\n", ""), "Het veld 'gewicht' ontbreekt"),
        (("rollen: [medewerker]", "rollen: [baas]"), "proef.md:7: Onbekend bij 'rollen': baas"),
        (("  weinig_tijd:", "  geen_tijd:"), "proef.md:9: Onbekend bij 'belemmeringen': geen_tijd"),
        (("soort: begrip", "soort: ding"), "proef.md:5: 'soort' is 'ding'"),
        (("sectoren: []", "sectoren: [maan]"), "proef.md:10: Onbekend bij 'sectoren': maan"),
        (
            ("gerelateerd: []", "gerelateerd: [bestaat_niet]"),
            "proef.md:14: Onbekend bij 'gerelateerd': bestaat_niet",
        ),
        (("links: []", "links: [nergens]"), "proef.md:17: Onbekend bij 'links': nergens"),
        (("document: ruimte_scheppen", "document: krant"), "proef.md:15: Onbekend bij 'bron': krant"),
        (("thema: ruimte", "thema: psa"), "proef.md:6: Het thema 'psa' is niet de naam van de map"),
        (("id: proef", "id: ander"), "proef.md:2: Het id 'ander' is niet de naam van het bestand"),
        (("nagekeken: 2026-11-21", "nagekeken: gisteren"), "proef.md:18: 'nagekeken' is 'gisteren'"),
        (
            ("titel: Een proef", "titel: Een: proef: met"),
            "proef.md:3: De gegevens bovenaan zijn geen geldige YAML",
        ),
        (("## Zo werkt het", "## Hoe het werkt"), "proef.md:27: Onbekend kopje 'Hoe het werkt'"),
        (
            ("- De proef werkt vanzelf.", "De proef werkt vanzelf."),
            "proef.md:28: Onder 'Zo werkt het' begint",
        ),
        (("- De proef werkt vanzelf.", "- " + "woord " * 60), "proef.md:28: Dit punt heeft 60 woorden"),
        (("Hij is kort. Meer is het niet.", "Hij is kort."), "'Eenvoudig' heeft 2 zinnen"),
        (("soort: begrip", "soort: interventie"), "Het kopje 'Wanneer kies je dit' ontbreekt"),
        (("---\nid", "id"), "proef.md:1: Het bestand begint niet met gegevens"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_remedy(folder: Path, change: tuple[str, str], expected: str) -> None:
    path = folder / "ruimte" / "proef.md"
    path.write_text(GOOD.replace(*change, 1), "utf-8")
    found = problems(folder)
    assert any(expected in line for line in found), found
    assert all(line.rstrip().endswith((".", ")")) or "Kies uit" in line for line in found)  # each has a remedy


def test_all_mistakes_of_all_files_are_told_at_once(folder: Path) -> None:
    (folder / "ruimte" / "een.md").write_text(GOOD.replace("gewicht: 3", "gewicht: 9"), "utf-8")
    (folder / "ruimte" / "twee.md").write_bytes(GOOD.encode("utf-16"))
    found = "\n".join(problems(folder))
    assert "een.md:11" in found
    assert "een.md:2: Het id 'proef'" in found
    assert "twee.md:1: Dit bestand is niet in UTF-8" in found


def test_an_alias_or_id_may_be_used_once(folder: Path) -> None:
    double = GOOD.replace("id: proef", "id: dubbel").replace("alias: []", "alias: [proef]")
    (folder / "ruimte" / "dubbel.md").write_text(double, "utf-8")
    assert any("De alias 'proef' is al in gebruik" in line for line in problems(folder))


def test_a_link_without_scheme_is_refused(folder: Path) -> None:
    links = folder / "links.yml"
    links.write_text(
        links.read_text("utf-8").replace("https://www.leeroverzicht.nl/", "www.leeroverzicht.nl", 1), "utf-8"
    )
    assert any("links.yml" in line and "geen volledig adres" in line for line in problems(folder))


def test_a_mistake_in_a_link_hides_no_other_and_blames_no_item(folder: Path) -> None:
    links = folder / "links.yml"
    links.write_text(links.read_text("utf-8").replace("  label:", "  labbel:", 1), "utf-8")
    first = links.read_text("utf-8").split("  labbel:")[0].rsplit("\n", 2)[-2].removesuffix(":")
    wrong = GOOD.replace("gewicht: 3", "gewicht: 9").replace("links: []", f"links: [{first}]")
    (folder / "ruimte" / "proef.md").write_text(wrong, "utf-8")
    found = problems(folder)
    assert len(found) == 2
    assert any("links.yml" in line and "ontbreekt label" in line for line in found)


def test_a_title_or_name_belongs_to_one_item(folder: Path) -> None:
    """A copied file whose title was not changed would give two buttons that read the same."""
    (folder / "ruimte" / "kopie.md").write_text(GOOD.replace("id: proef", "id: kopie"), "utf-8")
    found = problems(folder)
    assert any("proef.md:3: " in line and "(titel) staat ook bij 'kopie'" in line for line in found), found


def test_a_missing_taxonomy_is_named(folder: Path) -> None:
    (folder / "taxonomie.yml").unlink()
    assert any("taxonomie.yml:1: Dit bestand ontbreekt" in line for line in problems(folder))
