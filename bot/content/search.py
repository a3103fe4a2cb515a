"""Full-text search over items and passages with Tantivy: Dutch stemming and stop words, compounds, typos.

One index holds two kinds of documents: an item (its names, title, summary) and each of its passages. A compound
word is also searched by its parts ('scholingsbudget' finds 'budget voor scholing'), split with the vocabulary of
the content itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import tantivy

from bot.content.library import Library, normalise
from bot.content.model import Item, Passage

_STEMMED = "nl_stam"
_BODY, _NAME, _KIND, _KEY = "tekst", "naam", "soort", "sleutel"
_MIN_PART, _MIN_COMPOUND, _MIN_FUZZY = 4, 8, 5
_LINKERS = ("", "s", "en", "e")  # sounds between the parts of a compound

# Words of a question that say nothing about its subject; Tantivy's own list holds the articles and pronouns.
QUESTION_WORDS = frozenset(
    [
        "wat",
        "hoe",
        "wie",
        "waar",
        "wanneer",
        "welke",
        "welk",
        "waarom",
        "hoeveel",
        "kun",
        "kan",
        "kunt",
        "kunnen",
        "mag",
        "moet",
        "moeten",
        "wil",
        "zijn",
        "is",
        "ben",
        "er",
        "een",
        "het",
        "de",
        "van",
        "voor",
        "met",
        "bij",
        "op",
        "in",
        "te",
        "om",
        "aan",
        "dat",
        "die",
        "dit",
        "deze",
        "ik",
        "je",
        "jij",
        "mij",
        "mijn",
        "we",
        "wij",
        "ons",
        "onze",
        "u",
        "uw",
        "zo",
        "dan",
        "nog",
        "ook",
        "al",
        "maar",
        "eens",
        "even",
        "graag",
        "weten",
        "vertel",
        "leg",
        "uit",
        "over",
        "meer",
        "iets",
        "doe",
        "doet",
        "doen",
        "heb",
        "heeft",
        "hebben",
        "krijg",
        "krijgt",
        "krijgen",
        "gaat",
        "gaan",
        "zit",
        "ze",
        "hun",
        "als",
        "of",
        "en",
        "niet",
        "geen",
        "wel",
        "toch",
        "eigenlijk",
        "precies",
        "betekent",
        "bedoel",
        "bedoelen",
        "bestaat",
        "bestaan",
    ]
)


@dataclass(frozen=True)
class Hit:
    """An item or passage found; `score` is comparable within one query only, `coverage` (0..1) between queries:
    the share of the question's telling words that stand in the text or in the item's names."""

    item: Item
    passage: Passage | None
    score: float
    coverage: float


class SearchIndex:
    """Built once per version of the content, in memory or in a folder."""

    def __init__(self, library: Library, folder: Path | None = None) -> None:
        self._library = library
        self._index = tantivy.Index(_schema(), str(folder) if folder else None)
        self._index.register_tokenizer(_STEMMED, _stemmer())
        self._vocabulary = _vocabulary(library)
        self._passages: list[Passage] = []
        writer = self._index.writer(heap_size=50_000_000, num_threads=1)
        for item in library.items.values():
            names = " . ".join([item.name, item.title, *item.names])
            writer.add_document(self._document("item", item.id, names, f"{item.summary} {item.simple}"))
            for passage in item.passages:
                key = str(len(self._passages))
                self._passages.append(passage)
                body = f"{passage.heading} . {passage.text}"
                writer.add_document(self._document("passage", key, names, body))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def items(self, question: str, count: int = 3) -> list[Hit]:
        """The items nearest to a question, best first."""
        return self._search(question, "item", count)

    def passages(self, question: str, count: int = 3, item: str | None = None) -> list[Hit]:
        """The passages nearest to a question, best first; of one item when `item` is given."""
        hits = self._search(question, "passage", count if item is None else 200)
        return [hit for hit in hits if item in (None, hit.item.id)][:count]

    def _document(self, kind: str, key: str, names: str, body: str) -> tantivy.Document:
        document = tantivy.Document()
        document.add_text(_KIND, kind)
        document.add_text(_KEY, key)
        document.add_text(_NAME, self._with_parts(names))
        document.add_text(_BODY, self._with_parts(body))
        return document

    def _with_parts(self, text: str) -> str:
        """The text with the parts of its compound words after it."""
        tokens = _tokens(text)
        return " ".join([*tokens, *(part for token in tokens for part in self._parts(token))])

    def _parts(self, word: str) -> tuple[str, ...]:
        """The two parts of a compound, when both are words of the content; the longest first part wins."""
        if len(word) < _MIN_COMPOUND:
            return ()
        for cut in range(len(word) - _MIN_PART, _MIN_PART - 1, -1):
            tail = word[cut:]
            if tail not in self._vocabulary:
                continue
            for linker in _LINKERS:
                head = word[:cut]
                if linker and head.endswith(linker):
                    head = head[: -len(linker)]
                elif linker:
                    continue
                if len(head) >= _MIN_PART - 1 and head in self._vocabulary:
                    return head, tail
        return ()

    def _search(self, question: str, kind: str, count: int) -> list[Hit]:
        terms = telling_words(question)
        if not terms:
            return []
        schema = self._index.schema
        clauses = [(tantivy.Occur.Must, tantivy.Query.term_query(schema, _KIND, kind))]
        wanted = []
        for term in terms:
            options = [(stem(term), 1.0), *((stem(part), 0.6) for part in self._parts(term))]
            for stemmed, boost in options:
                for field, weight in ((_NAME, 2.0), (_BODY, 1.0)):
                    query = tantivy.Query.term_query(schema, field, stemmed)
                    wanted.append((tantivy.Occur.Should, tantivy.Query.boost_query(query, boost * weight)))
            if len(term) >= _MIN_FUZZY and not self._known(term):
                distance = 1 if len(term) < 8 else 2
                for field, weight in ((_NAME, 1.2), (_BODY, 0.6)):
                    query = tantivy.Query.fuzzy_term_query(schema, field, stem(term), distance, True)
                    wanted.append((tantivy.Occur.Should, tantivy.Query.boost_query(query, weight)))
        clauses.append((tantivy.Occur.Must, tantivy.Query.boolean_query(wanted)))
        found = self._searcher.search(tantivy.Query.boolean_query(clauses), count)
        return [self._hit(score, self._searcher.doc(address), terms) for score, address in found.hits]

    def _known(self, word: str) -> bool:
        return word in self._vocabulary or stem(word) in self._stems

    @property
    def _stems(self) -> frozenset[str]:
        if not hasattr(self, "_stem_cache"):
            self._stem_cache = frozenset(stem(word) for word in self._vocabulary)
        return self._stem_cache

    def _hit(self, score: float, document: tantivy.Document, terms: list[str]) -> Hit:
        key = document.get_first(_KEY)
        passage = self._passages[int(key)] if document.get_first(_KIND) == "passage" else None
        item = self._library.items[passage.item_id if passage else key]
        text = " ".join([item.name, item.title, *item.names, passage.text if passage else item.summary])
        have = {stem(token) for token in _tokens(self._with_parts(text))}
        covered = sum(1 for t in terms if stem(t) in have or any(stem(p) in have for p in self._parts(t)))
        return Hit(item, passage, float(score), covered / len(terms))


def telling_words(question: str) -> list[str]:
    """The words of a question that say what it is about; all of its words when none of them does."""
    tokens = _tokens(question)
    return [t for t in tokens if t not in QUESTION_WORDS] or tokens


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The Dutch (Snowball) stem, as in the index."""
    found = _word_stemmer().analyze(word)
    return found[0] if found else word


@lru_cache(maxsize=1)
def _word_stemmer() -> tantivy.TextAnalyzer:
    return tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.stemmer("dutch")).build()


def _stemmer() -> tantivy.TextAnalyzer:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    return builder.filter(tantivy.Filter.stopword("dutch")).filter(tantivy.Filter.stemmer("dutch")).build()


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(_BODY, tokenizer_name=_STEMMED, index_option="freq")
    builder.add_text_field(_NAME, tokenizer_name=_STEMMED, index_option="freq")
    builder.add_text_field(_KIND, stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(_KEY, stored=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def _tokens(text: str) -> list[str]:
    return re.findall(r"[0-9a-z]+", normalise(text))


def _vocabulary(library: Library) -> frozenset[str]:
    """Every word of the content: the words that compounds can be split into."""
    return frozenset(word for text in _texts(library) for word in _tokens(text) if len(word) >= _MIN_PART - 1)


def _texts(library: Library) -> Iterable[str]:
    for item in library.items.values():
        yield from (item.name, item.title, *item.names, item.summary, item.simple)
        yield from (passage.text for passage in item.passages)
