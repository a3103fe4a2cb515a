"""How well the search finds, and how fast, at the real size and with 100,000 generated items.

    python -m benchmarks.search [--items 100000]          prints Markdown tables

The search was tuned on tests/content/questions_tuning.yml and on the even half (development) of questions.yml, split by
position; the odd half (test) tells how it does on questions it has not seen.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import yaml

from bot.content.library import Library, load_library
from bot.content.model import Item
from bot.content.search import Hit, SearchIndex, load_synonyms
from bot.paths import CONTENT, ROOT

QUESTIONS = ROOT / "tests" / "content" / "questions.yml"
TUNING = ROOT / "tests" / "content" / "questions_tuning.yml"

Question = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=100_000, help="number of generated items (0: none)")
    count = parser.parse_args().items
    library = load_library(CONTENT)
    synonyms = load_synonyms(CONTENT / "synoniemen.yml")
    questions = load_questions()
    print_recall(library, SearchIndex(library, synonyms=synonyms))
    print(
        "\n| items | passages | build (s) | open (s) | on disk (MiB) | memory (MiB) | item query (ms) | passage (ms) |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    print_size(library, synonyms, questions)
    if count:
        print_size(grown(library, count), synonyms, questions)


def load_questions(path: Path = QUESTIONS) -> list[Question]:
    return list(yaml.safe_load(path.read_text("utf-8")))


def print_recall(library: Library, index: SearchIndex) -> None:
    questions = load_questions()
    sets = {"tuning": load_questions(TUNING), "development": questions[0::2], "test": questions[1::2]}
    print("| set | questions | item in 1 | item in 3 | item in 5 | answers | passage in 1 | passage in 3 |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, half in sets.items():
        answered = [question for question in half if question.get("antwoord")]
        items = [item_rank(library, index, question) for question in half]
        passages = [passage_rank(library, index, question) for question in answered]
        cells = [f"{recall(items, 1):.1%}", f"{recall(items, 3):.1%}", f"{recall(items, 5):.1%}", str(len(answered))]
        cells += [f"{recall(passages, 1):.1%}", f"{recall(passages, 3):.1%}"]
        print(f"| {name} | {len(half)} | {' | '.join(cells)} |")


def recall(ranks: Sequence[int], count: int) -> float:
    """The share of the questions with a right answer among the first `count`."""
    return sum(rank <= count for rank in ranks) / len(ranks)


def item_rank(library: Library, index: SearchIndex, question: Question, most: int = 10) -> int:
    """The place of the first right item, from 1; `most` + 1 when there is none."""
    right = expected(library, question)
    return _first(index.items(question["vraag"], most), lambda hit: hit.item.id in right, most)


def passage_rank(library: Library, index: SearchIndex, question: Question, most: int = 10) -> int:
    """The place of the first passage with the answer in it, from 1; `most` + 1 when there is none."""
    right, answers = expected(library, question), question["antwoord"]

    def holds(hit: Hit) -> bool:
        assert hit.passage is not None
        in_heading = hit.item.id in right and contains(hit.passage.heading, answers)
        return in_heading or contains(hit.passage.text, answers)

    return _first(index.passages(question["vraag"], most), holds, most)


def expected(library: Library, question: Question) -> set[str]:
    """The ids of the right items, also when an item was merged into another one since."""
    return {found.id for key in question["item"] if (found := library.find(key))}


def contains(text: str, answers: Sequence[str]) -> bool:
    """Whether one of the answers stands in the text, not in the middle of a word."""
    plain = _plain(text)
    return any(re.search(rf"(?<![0-9a-zà-ÿ]){re.escape(_plain(answer))}", plain) for answer in answers)


def _plain(text: str) -> str:
    return text.lower().replace("\u2011", "-").replace("–", "-")


def _first(hits: Sequence[Hit], right: Callable[[Hit], bool], most: int) -> int:
    return next((place for place, hit in enumerate(hits, 1) if right(hit)), most + 1)


def print_size(library: Library, synonyms: list[list[str]], questions: Sequence[Question]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, process = Path(name), psutil.Process()
        before = process.memory_info().rss
        begin = time.perf_counter()
        SearchIndex(library, folder, synonyms)
        built = time.perf_counter() - begin
        begin = time.perf_counter()
        index = SearchIndex(library, folder, synonyms)
        opened = time.perf_counter() - begin
        asked = [question["vraag"] for question in questions]
        by_item = median_time(index.items, asked)
        by_passage = median_time(index.passages, asked)
        memory = (process.memory_info().rss - before) / 2**20
        disk = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20
    passages = sum(len(item.passages) for item in library.items.values())
    cells = [f"{len(library.items):,}", f"{passages:,}", f"{built:.1f}", f"{opened:.1f}", f"{disk:.0f}"]
    print(f"| {' | '.join([*cells, f'{memory:.0f}', f'{by_item:.2f}', f'{by_passage:.2f}'])} |", flush=True)


def median_time(search: Callable[[str], list[Hit]], asked: Sequence[str]) -> float:
    """Milliseconds per question, each asked once after one round to warm up."""
    times = []
    for warm in (False, True):
        for question in asked:
            begin = time.perf_counter()
            search(question)
            if warm:
                times.append(time.perf_counter() - begin)
            search("")  # forgets the question, so that nothing of it is reused
    return statistics.median(times) * 1000


def grown(library: Library, count: int) -> Library:
    """A library of `count` items, each a mix of the words of two real ones; the same for the same content."""
    source = random.Random(count)
    originals = list(library.items.values())
    items = dict(library.items)
    while len(items) < count:
        one, other = source.sample(originals, 2)
        made = _mixed(source, one, other, f"gemaakt_{len(items)}")
        items[made.id] = made
    return Library(library.taxonomy, items, library.links, library.sources)


def _mixed(source: random.Random, one: Item, other: Item, key: str) -> Item:
    passages = []
    for passage in source.sample([*one.passages, *other.passages], k=min(6, len(one.passages))):
        words = passage.text.split()
        source.shuffle(words)
        passages.append(replace(passage, item_id=key, text=" ".join(words)))
    return replace(
        one,
        id=key,
        aliases=(),
        name=f"{one.name} {other.name} {key}",
        title=f"{one.title} {key}",
        names=(),
        summary=other.summary,
        simple=one.simple,
        passages=tuple(passages),
    )


if __name__ == "__main__":
    main()
