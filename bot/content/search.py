"""Full-text search over items and passages with Tantivy (BM25), for questions asked in everyday Dutch.

One index holds two kinds of documents: an item (its names, its summary and all of its passages) and each passage on
its own. An item is found through what it is about or through one of its facts; a passage counts for more when its item
fits the question. Words are compared by their lemma and stem; a compound is also searched by its parts
('scholingsbudget' finds 'budget voor scholing'), split with the vocabulary of the content itself; an unknown word by
the words spelled nearly the same; and every word by its synonyms, when those are given.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import json
import math
import re
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from pathlib import Path

import tantivy
import yaml

from bot.content.library import Library, normalise
from bot.content.model import Item, Passage, Section

Synonyms = Iterable[Iterable[str]]

_VERSION = "4"  # of the way an index is made: another version is not reopened
_KIND, _KEY, _ITEM, _WORD, _TAG = "soort", "sleutel", "item", "woord", "kenmerk"
_NAME, _BODY, _FACT = "naam", "tekst", "feit"

# Weights, found on the even half of tests/content/questions.yml and on questions_tuning.yml.
ITEM_FIELDS = {_NAME: 2.5, _BODY: 0.6}
PASSAGE_FIELDS = {_NAME: 0.7, _BODY: 0.4, _FACT: 1.8}
PASSAGE_IN_ITEM, SECOND_PASSAGE = 1.8, 0.2  # what the best passage adds to its item; and the second, against the first
ITEM_IN_PASSAGE = 0.4  # what an item adds to the score of its passages
FIRST, BESIDE = 6.0, 10.0  # for the first passage of its item; for a neighbour that holds all of the question
CANDIDATE_ITEMS, CANDIDATE_PASSAGES, RERANKED = 60, 150, 25
PART, SYNONYM, NEAR_SPELLING = 0.6, 0.45, 0.7  # against 1 for the word itself
TIE = 0.4  # what the lesser ways of finding one and the same word still add
NAMED = 8.0  # what an item gains for each telling word of its name, when the whole name is said
TOGETHER = 1.0  # a text that holds all of the question counts twice as much as its words apart
RARITY = 0.3  # how much more a rare word weighs in the coverage
# What a passage gains when it can hold what is asked for; see _ASKS.
TAG_SCORES = {
    "bewijs": 3.0,
    "cijfer": 6.0,
    "contact": 2.0,
    "feit": 5.0,
    "jaar": 8.0,
    "kosten": 4.0,
    "naam": 2.0,
    "opsomming": 1.6,
    "tijd": 2.0,
    "uitleg": 4.0,
    "voorbeelden": 4.0,
    "voorwaarden": 6.0,
    "doelgroep": 3.0,
    "maker": 3.0,
    "doel": 3.0,
    "inhoud": 3.0,
    "moment": 3.0,
}

PART_ASKED = 0.3  # a word that asks for a part ('kost', 'duurt'), against a word that names the subject

_COVERED_BY_SYNONYM = 0.8
_MOST_TERMS = 24  # of one question; a pasted text is searched by its rarest words
_MOST_CHARACTERS = 20_000
_MIN_PART, _MIN_COMPOUND, _MIN_FUZZY, _LONG_FUZZY = 4, 8, 5, 8
_MOST_NAMED, _LONGEST_NAME = 60, 8  # words of a question looked through for names, words of a name
_LONGEST = 40  # characters: anything longer is no word
_LINKERS = ("", "s", "en", "e")  # sounds between the parts of a compound

# Words of a question that say nothing about its subject.
QUESTION_WORDS = frozenset(
    """
    wat hoe wie waar wanneer welke welk waarom hoeveel kun kan kunt kunnen mag moet moeten wil zijn is ben er
    een het de van voor met bij op in te om aan dat die dit deze ik je jij mij mijn we wij ons onze u uw zo dan
    nog ook al maar eens even graag weten vertel leg uit over meer iets doe doet doen heb heeft hebben krijg
    krijgt krijgen gaat gaan zit ze hun als of en niet geen wel toch eigenlijk precies betekent bedoel bedoelen
    bestaat bestaan noem noemt noemen noemde heet heten hiet geef zoiets n dingen ding gewoon zulke zulk jullie
    jou jouw hij zij hem haar hen daar hier toen heel erg iemand niemand niets wordt worden werd was waren had
    hadden zal zou zullen zouden want omdat zodat terwijl dus af bent sta staat staan straks da komt komen
    waarmee waarvoor waarover waaruit waarin wilt willen deed allemaal ene soort anders nou hoor oke please
    alsjeblieft ja nee laten laat hoort horen bepaalde bepaald manier manieren zoals via naar volgens waarbij
    zich door maakt minimaal mogen mocht weet wist niks ooit alsof enige degene ofzo trouwens hoezo behalve
    sorry hallo bedankt dank
    """.split()
)
_NUMBERS = dict(
    zip(
        ["een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf"],
        map(str, range(1, 13)),
        strict=True,
    )
)
del _NUMBERS["een"]  # nearly always the article

# What a question asks for -> the mark of the passages that can hold it; see _tags.
_ASKS = [
    (re.compile(r"\b(hoeveel|procent|percentage|hoe (vaak|lang|groot|hoog|oud)|welk jaar|tot wanneer)\b"), "cijfer"),
    (re.compile(r"\b(wanneer|welk jaar|welke datum|sinds)\b"), "jaar"),
    (re.compile(r"\b(kost|kosten|prijs|duur|hoeveel geld|euro|betaalt?|vergoed\w*)\b"), Section.COST.value),
    (re.compile(r"\b(hoe lang|hoelang|hoeveel (tijd|uur|dagen|weken))\b"), Section.TIME.value),
    (re.compile(r"\b(nodig|voorwaarden?|eisen|moet (ik|je|de|een|wij|we))\b"), Section.CONDITIONS.value),
    (
        re.compile(r"\b(voorbeeld(en)?|welke? bedrij(f|ven)|bijvoorbeeld|zoals|noem( eens)? een)\b"),
        Section.EXAMPLES.value,
    ),
    (re.compile(r"\b(onderzoek|bewijs|bewezen|effect|resultaat|werkt .{0,40}echt)\b"), Section.EVIDENCE.value),
    (re.compile(r"\b(telefoonnummer|bellen|mailen|bereik(en)?|contact)\b"), Section.CONTACT.value),
    (re.compile(r"\b(wie|welke \w+|met welke|wie zijn)\b"), "naam"),
    (re.compile(r"\b(wat is|wat zijn|wat betekent|hoe heet|hoe noem\w*|waar staa[tn]?)\b"), "uitleg"),
    (re.compile(r"\b(welke|noem|uit welke|wat zijn)\b"), "opsomming"),
    (re.compile(r"^\W*(\w+ ){0,3}(hoeveel|wie|welke?|wanneer|waar|hoe lang|hoe vaak|wat)\b"), "feit"),
    (re.compile(r"\b(voor wie|voor (welke?|wat voor) \w+|bedoeld voor|is .{0,40} (voor )?iedereen)\b"), "doelgroep"),
    (re.compile(r"\b(van wie|wie (heeft|hebben|biedt|geeft|maakte|maakt|zit|bedacht)|welke organisatie)\b"), "maker"),
    (re.compile(r"\b(doel(en)?|waarom|waarvoor|bereiken|wat levert|wat heb (ik|je)|helpt|bedoeling)\b"), "doel"),
    (re.compile(r"\b(waar(over)? (ga|ging)\w*|onderwerp(en)?|thema'?s?|inhoud|wat (leer|zit|staat|vind))\b"), "inhoud"),
    (re.compile(r"\b(momenten?|hoe vaak|hoe dikwijls|wanneer)\b"), "moment"),
]
_FIGURE = re.compile(
    r"\d|\b(twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|twintig|half|helft|derde|kwart)\b"
)
_AIMED_AT = re.compile(
    r"\b((is|zijn)( er| bedoeld| vooral)? voor|bedoeld voor|doelgroep|voor (mensen|werk\w+|medewerkers))\b", re.I
)
_MADE_BY = re.compile(
    r"\b(van [A-Z]|komt van|maakten?|gemaakt|ontwikkeld\w*|biedt|aanbieder|initiatief|bedacht|geven?)\b"
)
_PURPOSE = re.compile(r"\b(doel|zodat|wil(len)?|helpt|gedachte|kern|beter|omdat|minder|meer)\b", re.I)
_CONTENTS = re.compile(
    r"\b(gaa?t(an)? over|onderwerp(en)?|thema'?s?|staa[tn]|inhoud|bestaat uit|je (vindt|leert))\b", re.I
)
_MOMENT = re.compile(
    r"\b(vooraf|tijdens|achteraf|na(dat)?|voordat|elke|iedere|dagelijks|per (dag|week|maand|jaar)|keer|moment)\b", re.I
)
_YEAR = re.compile(r"\b(19|20)\d\d\b")
_INNER_CAPITAL = re.compile(r"(?<=[a-z,;:(] )[‘'(]?[A-Z]")
_MEANS = re.compile(r"\b(betekent|heet|heten|noem|is een|is het|zijn|is de|staat voor)\b", re.I)


@dataclass(frozen=True)
class Hit:
    """An item or passage found; `score` is comparable within one query only, `coverage` (0..1) between queries:
    the share of the question's telling words (rare ones weigh more, a synonym counts for 0.8) that stand in the text or
    in the item's names."""

    item: Item
    passage: Passage | None
    score: float
    coverage: float


@dataclass(frozen=True)
class _Term:
    """A telling word of a question with the other ways to find it, all as stems."""

    stem: str
    parts: tuple[str, ...]
    near: tuple[str, ...]
    synonyms: tuple[str, ...]

    def covered(self, have: frozenset[str]) -> float:
        """How well words that stand somewhere cover this one."""
        if self.stem in have:
            return 1.0
        if self.parts and all(part in have for part in self.parts):
            return 1.0
        if any(word in have for word in (*self.near, *self.synonyms)):
            return _COVERED_BY_SYNONYM
        return 0.5 if any(part in have for part in self.parts) else 0.0


class SearchIndex:
    """Built once per version of the content, in memory or in a folder, where the next process finds it."""

    def __init__(self, library: Library, folder: Path | None = None, synonyms: Synonyms = ()) -> None:
        self._library = library
        self._words = _vocabulary(library)
        self._stems = frozenset(map(stem, self._words))
        self._synonyms = _by_stem(synonyms)
        # Per index, so that an index that is replaced takes its caches with it.
        self._parts = lru_cache(50_000)(self._find_parts)
        self._weight = lru_cache(20_000)(self._find_weight)
        self._name_stems = lru_cache(2_000)(self._find_name_stems)
        self._item_stems = lru_cache(2_000)(self._find_item_stems)
        self._own_stems = lru_cache(10_000)(self._find_own_stems)
        self._index = self._open(folder)
        self._searcher = self._index.searcher()
        self._asked: tuple[str, list[_Term]] = ("", [])

    def items(self, question: str, count: int = 3) -> list[Hit]:
        """The items nearest to a question, best first."""
        terms = self._terms(question)
        if not terms or count < 1:
            return []
        scores = self._item_scores(terms, max(count, CANDIDATE_ITEMS))
        total, seen = defaultdict(float, scores), Counter[str]()
        for score, passage in self._passage_scores(question, terms, max(count, CANDIDATE_PASSAGES)):
            seen[passage.item_id] += 1  # the best one comes first
            share = {1: 1.0, 2: SECOND_PASSAGE}.get(seen[passage.item_id], 0.0)
            total[passage.item_id] += PASSAGE_IN_ITEM * share * score
        for key, words in self._named(question).items():
            total[key] += NAMED * words
        ranked = sorted(total, key=lambda key: (-total[key], key))[: max(count, RERANKED)]
        for key in ranked:
            total[key] *= 1 + TOGETHER * self._coverage(terms, self._item_stems(key))
        ranked = sorted(ranked, key=lambda key: (-total[key], key))[:count]
        items = self._library.items
        return [self._hit(terms, items[key], None, total[key]) for key in ranked]

    def passages(self, question: str, count: int = 3, item: str | None = None) -> list[Hit]:
        """The passages nearest to a question, best first; of one item when `item` is given."""
        terms = self._terms(question)
        if not terms or count < 1:
            return []
        scores = self._item_scores(terms, CANDIDATE_ITEMS) if item is None else {}
        found = [
            (score + ITEM_IN_PASSAGE * scores.get(passage.item_id, 0.0), passage)
            for score, passage in self._passage_scores(question, terms, max(count, CANDIDATE_PASSAGES), item)
        ]
        found.sort(key=lambda pair: -pair[0])
        found = [
            (
                score * (1 + TOGETHER * self._coverage(terms, self._passage_stems(passage)))
                + self._place_score(terms, passage),
                passage,
            )
            for score, passage in found[: max(count, RERANKED)]
        ]
        found.sort(key=lambda pair: -pair[0])
        return [self._hit(terms, self._library.items[p.item_id], p, score) for score, p in found[:count]]

    def beside_name(self, question: str, passage: Passage) -> float:
        """How much of what a question says beside the name of the item stands in the passage itself (0..1)."""
        names = self._name_stems(passage.item_id)
        rest = [t for t in self._terms(question) if t.covered(names) < 1 and t.stem not in _section_stems()]
        return self._coverage(rest, self._own_stems(passage)) if rest else 1.0

    # -- searching

    def _item_scores(self, terms: Sequence[_Term], count: int) -> dict[str, float]:
        query = _both(self._term_query(_KIND, "item"), self._any_of(terms, ITEM_FIELDS))
        found = self._searcher.search(query, count).hits
        return {self._searcher.doc(address).get_first(_KEY): float(score) for score, address in found}

    def _named(self, question: str) -> dict[str, int]:
        """The items called by a whole name, with the number of telling words of that name."""
        words = normalise(question[:_MOST_CHARACTERS]).split()[:_MOST_NAMED]
        found: dict[str, int] = {}
        for start, end in combinations(range(len(words) + 1), 2):
            if end - start <= _LONGEST_NAME and (key := self._library.names.get(" ".join(words[start:end]))):
                telling = sum(word not in QUESTION_WORDS for word in words[start:end])
                found[key] = max(found.get(key, 0), telling)
        return found

    def _passage_scores(
        self, question: str, terms: Sequence[_Term], count: int, item: str | None = None
    ) -> Iterator[tuple[float, Passage]]:
        place = self._term_query(_KIND, "passage") if item is None else self._term_query(_ITEM, item)
        tags = [
            (tantivy.Occur.Should, tantivy.Query.const_score_query(self._term_query(_TAG, tag), gain))
            for tag, gain in _asked_for(question).items()
        ]
        query = tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Must, tantivy.Query.const_score_query(place, 0.0)),
                (tantivy.Occur.Must, self._any_of(terms, PASSAGE_FIELDS)),
                *tags,
            ]
        )
        for score, address in self._searcher.search(query, count).hits:
            item_id, _, number = self._searcher.doc(address).get_first(_KEY).rpartition("#")
            yield float(score), self._library.items[item_id].passages[int(number)]

    def _place_score(self, terms: Sequence[_Term], passage: Passage) -> float:
        """What a passage gains by its place in the item: the main thing stands first, and a fact often stands beside
        the sentence that names its subject."""
        passages = self._library.items[passage.item_id].passages
        place = passages.index(passage)
        beside = (*passages[max(place - 1, 0) : place], *passages[place + 1 : place + 2])
        shared = max((self._coverage(terms, self._own_stems(other)) for other in beside), default=0.0)
        return FIRST / (1 + place) + BESIDE * shared

    def _any_of(self, terms: Sequence[_Term], fields: Mapping[str, float]) -> tantivy.Query:
        wanted = [
            (tantivy.Occur.Should, tantivy.Query.boost_query(self._one_term(term, field), weight * _share(term)))
            for term in terms
            for field, weight in fields.items()
        ]
        return tantivy.Query.boolean_query(wanted)

    def _one_term(self, term: _Term, field: str) -> tantivy.Query:
        """One word in one field: however many synonyms stand there, it counts about once."""
        ways = [self._term_query(field, term.stem)]
        if term.parts:
            parts = [(tantivy.Occur.Should, self._term_query(field, part)) for part in term.parts]
            ways.append(tantivy.Query.boost_query(tantivy.Query.boolean_query(parts), PART))
        for words, weight in ((term.near, NEAR_SPELLING), (term.synonyms, SYNONYM)):
            ways += [tantivy.Query.boost_query(self._term_query(field, word), weight) for word in words]
        return ways[0] if len(ways) == 1 else tantivy.Query.disjunction_max_query(ways, TIE)

    def _term_query(self, field: str, value: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._index.schema, field, value, index_option="freq")

    # -- the question

    def _terms(self, question: str) -> list[_Term]:
        asked, terms = self._asked
        if asked != question:  # an answer often searches twice with the same question
            terms = self._read(question)
            self._asked = question, terms
        return terms

    def _read(self, question: str) -> list[_Term]:
        telling = [word for word in telling_words(question[:_MOST_CHARACTERS]) if word not in QUESTION_WORDS]
        words = {stem(word): word for word in reversed(telling)}
        chosen = list(words.items())[::-1]
        if len(chosen) > _MOST_TERMS:
            known = [pair for pair in chosen if pair[0] in self._stems]
            chosen = sorted(known or chosen, key=lambda pair: self._frequency(pair[0]))[:_MOST_TERMS]
        return [self._term(word) for _, word in chosen]

    def _term(self, word: str) -> _Term:
        stemmed = stem(word)
        parts = tuple(stem(part) for part in self._parts(word))
        near: tuple[str, ...] = ()
        if not parts and stemmed not in self._stems and stemmed not in self._synonyms:
            near = self._spelled_alike(word)
        others = {other for known in (stemmed, *near) for other in self._synonyms.get(known, ())}
        synonyms = tuple(sorted(other for other in others - {stemmed, *parts, *near} if other in self._stems))
        return _Term(stemmed, parts, near, synonyms)

    def _frequency(self, stemmed: str) -> int:
        return int(self._searcher.doc_freq(_BODY, stemmed))

    def _spelled_alike(self, word: str) -> tuple[str, ...]:
        """Stems of words of the content that differ from an unknown word by a slip or two."""
        if not _MIN_FUZZY <= len(word) <= _LONGEST:
            return ()
        for distance in (1, 2) if len(word) >= _LONG_FUZZY else (1,):
            query = tantivy.Query.fuzzy_term_query(self._index.schema, _WORD, word, distance, True)
            found = self._searcher.search(query, 10).hits
            if found:
                words = {stem(self._searcher.doc(address).get_first(_KEY)) for _, address in found}
                return tuple(sorted(words, key=lambda other: (-self._frequency(other), other)))[:3]
        return ()

    def _find_parts(self, word: str) -> tuple[str, ...]:
        """The two parts of a compound, when both are words of the content; the longest first part wins."""
        if not _MIN_COMPOUND <= len(word) <= _LONGEST:
            return ()
        for cut in range(len(word) - _MIN_PART, _MIN_PART - 1, -1):
            if word[cut:] not in self._words:
                continue
            for linker in _LINKERS:
                head = word[:cut].removesuffix(linker) if word[:cut].endswith(linker) else ""
                if len(head) >= _MIN_PART - 1 and head in self._words:
                    return head, word[cut:]
        return ()

    # -- the answer

    def _hit(self, terms: Sequence[_Term], item: Item, passage: Passage | None, score: float) -> Hit:
        if passage:
            have = self._passage_stems(passage)
        else:
            # What the item is about, not its details: callers ask whether a question names a subject.
            terms = [term for term in terms if term.stem not in _section_stems()]
            have = self._name_stems(item.id) | frozenset(self._stemmed(item.summary).split())
        return Hit(item, passage, score, self._coverage(terms, have))

    def _coverage(self, terms: Sequence[_Term], have: frozenset[str]) -> float:
        weights = [self._weight(term.stem) * _share(term) for term in terms]
        if not terms:
            return 0.0
        covered = sum(weight * term.covered(have) for term, weight in zip(terms, weights, strict=True))
        return covered / sum(weights)

    def _find_weight(self, stemmed: str) -> float:
        """How much a word tells: the rarer in the content, the more; an unknown word as much as the rarest."""
        return 1 + RARITY * math.log((self._searcher.num_docs + 1) / (self._frequency(stemmed) + 1))

    def _find_name_stems(self, item_id: str) -> frozenset[str]:
        item = self._library.items[item_id]
        return frozenset(self._stemmed(" . ".join([item.name, item.title, *item.names])).split())

    def _find_own_stems(self, passage: Passage) -> frozenset[str]:
        return frozenset(self._stemmed(f"{passage.heading} . {passage.text}").split())

    def _passage_stems(self, passage: Passage) -> frozenset[str]:
        return self._name_stems(passage.item_id) | self._own_stems(passage)

    def _find_item_stems(self, item_id: str) -> frozenset[str]:
        return frozenset(self._stemmed(" . ".join(_item_texts(self._library.items[item_id]))).split())

    # -- building

    def _open(self, folder: Path | None) -> tantivy.Index:
        """The index of exactly this content: from the folder when it is there, made anew otherwise."""
        if folder is None:
            index = tantivy.Index(_schema())
            self._fill(index)
            return index
        place = folder / _fingerprint(self._library)
        if not place.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            # Made aside and then renamed: a process that is stopped halfway leaves no half index behind.
            aside = Path(tempfile.mkdtemp(prefix="index-", dir=folder))
            self._fill(tantivy.Index(_schema(), str(aside)))
            try:
                aside.rename(place)
            except OSError:  # another process was first
                shutil.rmtree(aside, ignore_errors=True)
        return tantivy.Index.open(str(place))

    def _fill(self, index: tantivy.Index) -> None:
        writer = index.writer(heap_size=50_000_000, num_threads=1)
        for item in self._library.items.values():
            for document in self._documents(item):
                writer.add_document(document)
        for word in sorted(self._words):
            writer.add_document(tantivy.Document(**{_KIND: "woord", _KEY: word, _WORD: word}))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()

    def _documents(self, item: Item) -> Iterator[tantivy.Document]:
        names = self._stemmed(" . ".join([item.name, item.title, *item.names]))
        short = self._stemmed(f"{item.summary} {item.simple}")
        bodies = [self._stemmed(f"{passage.heading} . {passage.text}") for passage in item.passages]
        yield tantivy.Document(**{_KIND: "item", _KEY: item.id, _NAME: names, _BODY: " ".join([short, *bodies])})
        named = set(names.split())
        for number, (passage, body) in enumerate(zip(item.passages, bodies, strict=True)):
            key = f"{item.id}#{number}"
            fields = {_KIND: "passage", _KEY: key, _ITEM: item.id, _NAME: names, _BODY: body}
            fact = " ".join(word for word in body.split() if word not in named)
            yield tantivy.Document(**fields, **{_FACT: fact, _TAG: _tags(passage)})

    def _stemmed(self, text: str) -> str:
        """The stems of a text, with the stems of the parts of its compound words after them."""
        tokens = _tokens(text)
        return " ".join(map(stem, [*tokens, *(part for token in tokens for part in self._parts(token))]))


def load_synonyms(path: Path) -> list[list[str]]:
    """The groups of content/synoniemen.yml; none when there is no such file."""
    groups = yaml.safe_load(path.read_text("utf-8")) if path.is_file() else []
    return [[str(word) for word in group] for group in groups or []]


def telling_words(question: str) -> list[str]:
    """The words of a question that say what it is about; all of its words when none of them does."""
    tokens = _tokens(question)
    return [t for t in tokens if t not in QUESTION_WORDS] or tokens


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """What forms of a word have in common: the Dutch (Snowball) stem of its lemma ('gekregen', 'kreeg' -> 'krijg')."""
    found = _word_stemmer().analyze(_lemmas().get(word) or _infinitive(word))
    return str(found[0]) if found else word


def _infinitive(word: str) -> str:
    """The infinitive of a regular verb form that the table lacks ('maakt', 'gebruikt'); any other word as it is."""
    for form in (word, word.removeprefix("ge")):
        if len(form) > _MIN_PART and form[-1] in "td":
            root = form[:-1]
            short = re.sub(r"([aeou])\1(?=[^aeiou]$)", r"\1", root)
            voiced = short[:-1] + {"f": "v", "s": "z"}.get(short[-1], short[-1])  # 'blijft', 'kiest'
            for infinitive in (f"{short}en", f"{root}{root[-1]}en", f"{voiced}en"):
                if infinitive in _infinitives():
                    return infinitive
    return word


def _share(term: _Term) -> float:
    return PART_ASKED if term.stem in _section_stems() else 1.0


@lru_cache(maxsize=1)
def _section_stems() -> frozenset[str]:
    """Words that ask for a part of an item and say nothing about which one ('wat kost dat')."""
    words = (
        "kost kosten prijs duurt duren lang duur hoog oud vaak percentage procent aantal leeftijd nodig voorwaarde "
        "voorbeeld voorbeelden contact link bewijs"
    )
    return frozenset(map(stem, words.split()))


@lru_cache(maxsize=1)
def _infinitives() -> frozenset[str]:
    return frozenset(lemma for lemma in _lemmas().values() if lemma.endswith("en"))


@lru_cache(maxsize=1)
def _word_stemmer() -> tantivy.TextAnalyzer:
    return tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.stemmer("dutch")).build()


@lru_cache(maxsize=1)
def _lemmas() -> dict[str, str]:
    """Strong verbs, plurals and diminutives, from the tables of spacy-lookups-data; read without loading spaCy."""
    found = importlib.util.find_spec("spacy_lookups_data")
    if found is None or not found.submodule_search_locations:
        return {}
    path = Path(found.submodule_search_locations[0]) / "data" / "nl_lemma_lookup.json.gz"
    table = json.loads(gzip.decompress(path.read_bytes())) if path.is_file() else {}
    return {word: lemma for word, lemma in table.items() if lemma.isascii() and lemma.isalpha()}


def _both(must: tantivy.Query, wanted: tantivy.Query) -> tantivy.Query:
    silent = tantivy.Query.const_score_query(must, 0.0)
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, silent), (tantivy.Occur.Must, wanted)])


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for field in (_NAME, _BODY, _FACT):
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    for field in (_KIND, _ITEM, _WORD, _TAG):
        builder.add_text_field(field, tokenizer_name="raw" if field != _TAG else "whitespace", index_option="basic")
    builder.add_text_field(_KEY, stored=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def _asked_for(question: str) -> dict[str, float]:
    plain = question[:_MOST_CHARACTERS].lower()
    return {tag: TAG_SCORES[tag] for pattern, tag in _ASKS if pattern.search(plain)}


def _tags(passage: Passage) -> str:
    """What kind of questions a passage may answer."""
    text = passage.text
    tags = [passage.section.value]
    tags += ["cijfer"] if _FIGURE.search(text) else []
    tags += ["jaar"] if _YEAR.search(text) else []
    tags += ["naam"] if _INNER_CAPITAL.search(text) else []
    tags += ["uitleg"] if _MEANS.search(text) else []
    tags += ["doelgroep"] if _AIMED_AT.search(text) else []
    tags += ["maker"] if _MADE_BY.search(text) else []
    tags += ["doel"] if _PURPOSE.search(text) else []
    tags += ["inhoud"] if _CONTENTS.search(text) else []
    tags += ["moment"] if _MOMENT.search(text) else []
    tags += ["opsomming"] if ":" in text or text.count(",") >= 2 else []
    tags += ["feit"] if passage.section not in (Section.WHEN, Section.CAUTION, Section.CONTACT) else []
    return " ".join(tags)


def _tokens(text: str) -> list[str]:
    text = re.sub(r"(?<=\w)&(?=\w)", "", text)  # 'RI&E' is typed as 'rie' as well
    plain = normalise(text.replace("%", " procent ").replace("€", " euro "))
    return [_NUMBERS.get(word, word) for word in re.findall(r"[0-9a-z]+", plain)]


def _by_stem(groups: Synonyms) -> dict[str, frozenset[str]]:
    """Stem -> the stems of every group it is in."""
    found: dict[str, set[str]] = {}
    for group in groups:
        stems = {stem(token) for word in group for token in _tokens(word)}
        for one in stems:
            found.setdefault(one, set()).update(stems - {one})
    return {key: frozenset(others) for key, others in found.items()}


def _fingerprint(library: Library) -> str:
    """Changes with the texts searched, the way the index is made and the stemmer's tables."""
    digest = hashlib.sha256(f"{_VERSION} {tantivy.__version__} {len(_lemmas())}".encode())
    for item in library.items.values():
        digest.update("\0".join([item.id, *_item_texts(item)]).encode())
    return digest.hexdigest()[:16]


def _vocabulary(library: Library) -> frozenset[str]:
    """Every word of the content: the words that compounds can be split into."""
    texts = (text for item in library.items.values() for text in _item_texts(item))
    return frozenset(word for text in texts for word in _tokens(text) if len(word) >= _MIN_PART - 1)


def _item_texts(item: Item) -> Iterator[str]:
    yield from (item.name, item.title, *item.names, item.summary, item.simple)
    for passage in item.passages:
        yield from (passage.section.value, passage.heading, passage.text)
