"""The search finds the right item and the right passage for everyday questions, whatever is typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.search import TUNING, item_rank, load_questions, passage_rank, recall
from bot.content.library import Library
from bot.content.search import SearchIndex, load_synonyms, stem, telling_words
from bot.paths import CONTENT

SYNONYMS = CONTENT / "synoniemen.yml"
# A little under what `python -m benchmarks.search` tells: items and passages among the first three.
FLOORS = {"development": (0.94, 0.89), "test": (0.93, 0.83)}

ODD = [
    "!!! ??? ...",
    "\0\t\n\r",
    "😀😀",
    'AND OR NOT (naam:"x" ~2 ^3) [a TO b] {*} \\ / \' "',
    "naam:evc",
    "ﬁscaal ѕсhоlіng 学习 تعلم",
    "\u202e\u200b\ufeff\ud800",
    "a" * 20_000,
    "0123456789" * 50,
    "e\u0301e\u0301n cursus",
]


@pytest.fixture(scope="module")
def index(library: Library) -> SearchIndex:
    return SearchIndex(library, synonyms=load_synonyms(SYNONYMS))


@pytest.fixture(scope="module")
def plain(library: Library) -> SearchIndex:
    """Without synonyms, as a knowledge base without such a file has it."""
    return SearchIndex(library)


def ids(index: SearchIndex, question: str, count: int = 3) -> list[str]:
    return [hit.item.id for hit in index.items(question, count)]


@pytest.mark.parametrize(("half", "start"), [("development", 0), ("test", 1)])
def test_recall_stays_up(library: Library, index: SearchIndex, half: str, start: int) -> None:
    questions = load_questions()[start::2]
    items = recall([item_rank(library, index, question) for question in questions], 3)
    answered = [question for question in questions if question.get("antwoord")]
    passages = recall([passage_rank(library, index, question) for question in answered], 3)
    least_items, least_passages = FLOORS[half]
    assert items >= least_items
    assert passages >= least_passages


def test_the_questions_name_items_that_exist(library: Library) -> None:
    questions = load_questions() + load_questions(TUNING)
    unknown = {key for question in questions for key in question["item"] if library.find(key) is None}
    assert not unknown


def test_a_compound_is_found_by_its_parts_and_the_other_way_round(plain: SearchIndex) -> None:
    assert "scholingsbudget_cao" in ids(plain, "budget voor scholing in de cao")
    assert "scholingsbudget_cao" in ids(plain, "cao scholingsbudget")
    [hit] = plain.items("budget voor scholing", 1)
    assert hit.coverage == 1.0


@pytest.mark.parametrize("typed", ["leerambasadeur", "leerambassadeurs", "leerambassaduer"])
def test_a_slip_of_the_keys_is_forgiven(index: SearchIndex, typed: str) -> None:
    assert "leerambassadeurs" in ids(index, f"wat is een {typed}?")


def test_a_known_word_is_not_taken_for_a_slip(plain: SearchIndex) -> None:
    assert ids(plain, "pesten")[0] != ids(plain, "testen")[0]


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [("aan je baan sleutelen", "job_crafting"), ("eigen geld voor een cursus", "individueel_leerbudget")],
)
def test_an_everyday_name_finds_the_item(plain: SearchIndex, typed: str, wanted: str) -> None:
    assert ids(plain, typed)[0] == wanted


def test_every_item_is_found_by_its_name_and_its_title(library: Library, index: SearchIndex) -> None:
    lost = [
        (item.id, name)
        for item in library.items.values()
        for name in (item.name, item.title)
        if item.id not in ids(index, name, 3)
    ]
    assert len(lost) <= len(library.items) * 0.02, lost


def test_a_synonym_finds_but_covers_less(library: Library) -> None:
    index = SearchIndex(library, synonyms=[["kwartel", "leerambassadeur"]])
    [hit] = index.items("kwartel", 1)
    assert "leerambassadeur" in hit.item.id
    assert hit.coverage == pytest.approx(0.8)
    assert not SearchIndex(library).items("kwartel", 1)


def test_forms_of_one_word_have_one_stem() -> None:
    assert stem("gekregen") == stem("kreeg") == stem("krijgen")
    assert stem("potjes") == stem("pot")


def test_coverage_tells_a_subject_of_ours_from_another(index: SearchIndex) -> None:
    [ours] = index.passages("hoe vaak mag een rijksmedewerker loopbaanadvies vragen?", 1)
    foreign = index.passages("hoe bak ik een pannenkoek met stroop en spek?", 1)
    assert ours.coverage > 0.7
    assert all(hit.coverage < 0.5 for hit in foreign)


def test_a_word_for_a_part_of_an_item_is_no_subject(index: SearchIndex) -> None:
    assert index.items("wat kost EVC?", 1)[0].coverage == 1.0
    assert index.items("wat kost dat?", 1)[0].coverage == 0.0


def test_passages_of_one_item_only(index: SearchIndex) -> None:
    hits = index.passages("wat moet ik doen voor een diploma?", 3, "evc")
    assert hits
    assert {hit.item.id for hit in hits} == {"evc"}
    assert index.passages("diploma", 3, "bestaat_niet") == []


def test_stop_words_only(index: SearchIndex) -> None:
    assert telling_words("wat is dat dan?") == ["wat", "is", "dat", "dan"]
    for typed in ("wat is dat dan?", "en toen?", "iets anders", "ja"):
        assert index.items(typed) == index.passages(typed) == []


@pytest.mark.parametrize("typed", ["", " ", "?"])
def test_nothing_asked_is_nothing_found(index: SearchIndex, typed: str) -> None:
    assert index.items(typed) == []
    assert index.passages(typed) == []


def test_no_hits_wanted(index: SearchIndex) -> None:
    assert index.items("evc", 0) == index.passages("evc", 0) == []


@pytest.mark.parametrize("typed", ODD, ids=range(len(ODD)))
def test_odd_characters_never_raise(index: SearchIndex, typed: str) -> None:
    for hit in [*index.items(typed), *index.passages(typed), *index.passages(typed, 3, "evc")]:
        assert 0 <= hit.coverage <= 1


def test_a_text_of_20_000_characters(index: SearchIndex) -> None:
    text = " ".join(question["vraag"] for question in load_questions() * 2)[:20_000]
    assert len(text) == 20_000
    assert len(index.items(text)) == len(index.passages(text)) == 3


def test_the_same_question_gives_the_same_answer(library: Library, index: SearchIndex) -> None:
    other = SearchIndex(library, synonyms=load_synonyms(SYNONYMS))
    for question in load_questions()[:60]:
        first, second = index.passages(question["vraag"], 5), other.passages(question["vraag"], 5)
        assert [(hit.passage, hit.score) for hit in first] == [(hit.passage, hit.score) for hit in second]


def test_an_index_in_a_folder_is_opened_again(library: Library, index: SearchIndex, tmp_path: Path) -> None:
    SearchIndex(library, tmp_path)
    [place] = tmp_path.iterdir()
    made = {path.name: path.stat().st_mtime_ns for path in place.iterdir()}
    again = SearchIndex(library, tmp_path, load_synonyms(SYNONYMS))
    assert {path.name: path.stat().st_mtime_ns for path in place.iterdir()} == made
    for question in load_questions()[:20]:
        assert ids(again, question["vraag"]) == ids(index, question["vraag"])


def test_other_content_gets_an_index_of_its_own(library: Library, tmp_path: Path) -> None:
    SearchIndex(library, tmp_path)
    fewer = dict(list(library.items.items())[:5])
    small = SearchIndex(Library(library.taxonomy, fewer, library.links, library.sources), tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    assert {hit.item.id for hit in small.items("leren", 50)} <= set(fewer)


def test_synonyms_are_single_words_in_groups_of_two_or_more() -> None:
    groups = load_synonyms(SYNONYMS)
    assert len(groups) >= 150
    assert [group for group in groups if len(group) < 2 or any(not word.isalnum() for word in group)] == []


def test_without_a_file_there_are_no_synonyms(tmp_path: Path) -> None:
    assert load_synonyms(tmp_path / "synoniemen.yml") == []
