"""Finds names of people, with the name lists and name patterns of deduce, a Dutch de-identification library.

Deduce was made for letters of hospitals, where names have capitals. In a chat people leave capitals out, or type
everything in capitals. So the text is first given the capitals it would have in print (`_printed`): a name gets one,
an ordinary word loses it. What 'Bakker' is, a name or a trade, is then decided in one place.
"""

from __future__ import annotations

import gzip
import json
import logging
import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Any

from bot.privacy.patterns import Span

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCE_START = re.compile(r"(?:^|[.!?:\n]\s*|^[-*]\s*)$")
# Ordinary words by the lemma tables, but names first of all.
_NAMES_FIRST = frozenset(
    "abel arie astrid axel bas benjamin berend bob bram daan demi ester eva evertje fransje gerold griet grietje hans "
    "hellen henry jaap jack jan jasmijn jeanet jeannet joke joop kim klaas klaske koen liesje lieven lubbert margriet "
    "marieke maxime mieke mindert mohammed oscar peter piet rachel rob rowan rozemarijn ruud sander sannie serge tim "
    "tjerk tommy vicky wout luuk iris".split()
)
# In the lists of names, but more often a word in what people type here.
_WORDS_FIRST = frozenset("mark can may grace hope will art joy do an no so".split())
_CALLED = re.compile(
    r"(?:mijn (?:voor|achter)?naam is|(?:ik|hij|zij|ze|die|collega|baas|chef|manager) heet|heet ik|noem me|"
    r"\b(?:dhr|mevr|mw|meneer|mijnheer|mevrouw|de heer|juf|meester)\.?)\s+$",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:\bgroet(?:en|jes)?|\bgr|\bmvg|\bgroetjes van|\bhoogachtend|\bliefs)[\s,.!]*(?:van\s)?$", re.IGNORECASE
)


def find_names(text: str) -> list[Span]:
    return _finder().find(text)


class NameFinder:
    """Lists of names, and deduce's annotators on them. Built once: takes about 0.3 s and 40 MB."""

    def __init__(self) -> None:
        # deduce sets the root logger to DEBUG when it is imported, unless that has a handler.
        guard = logging.NullHandler()
        logging.getLogger().addHandler(guard)
        import deduce
        from deduce.lookup_struct_loader import (
            load_first_name_lookup,
            load_interfix_lookup,
            load_prefix_lookup,
            load_surname_lookup,
            load_whitelist_lookup,
        )
        from deduce.lookup_structs import load_raw_itemsets
        from deduce.tokenizer import DeduceTokenizer
        from docdeid import DocDeid
        from docdeid.ds import DsCollection, LookupSet

        logging.getLogger().removeHandler(guard)
        folders = [f"names/lst_{n}" for n in ("first_name", "surname", "interfix", "interfix_surname", "prefix")]
        folders += ["names/lst_initial"]
        folders += [f"whitelist/lst_{n}" for n in ("common_word", "stop_word", "medical_term")]
        raw = load_raw_itemsets(Path(deduce.__file__).parent / "data" / "lookup", folders)
        lists = DsCollection()
        for name in ("initial", "interfix_surname"):
            lists[name] = LookupSet()
            lists[name].add_items_from_iterable(raw[name])
        lists["prefix"], lists["interfix"] = load_prefix_lookup(raw), load_interfix_lookup(raw)
        lists["whitelist"] = load_whitelist_lookup(raw)
        tokenizer = DeduceTokenizer(chain(lists["prefix"].items(), lists["interfix"].items()))
        lists["first_name"] = load_first_name_lookup(raw, tokenizer)
        lists["surname"] = load_surname_lookup(raw, tokenizer)
        self._first = {name for name in raw["first_name"] if len(name) > 1}
        self._last = set(raw["surname"]) | set(raw["interfix_surname"])
        self._between = {word.lower() for word in raw["interfix"]}
        self._ordinary = (_vocabulary() | set(lists["whitelist"].items()) | _WORDS_FIRST) - _NAMES_FIRST
        self._deduce = DocDeid()
        self._deduce.tokenizers["default"] = tokenizer
        for name, processor in _processors(lists):
            self._deduce.processors.add_processor(name, processor)

    def find(self, text: str) -> list[Span]:
        printed = self._printed(text)
        if printed is None:
            return []
        annotations = self._deduce.deidentify(printed).annotations
        spans = sorted(Span(a.start_char, a.end_char, "naam") for a in annotations)
        return _joined(spans, text)

    def _printed(self, text: str) -> str | None:
        """The text, of the same length, with the capitals it would have in print; None without a possible name."""
        letters = [c for c in text if c.isalpha()]
        shouted = len(letters) > 3 and sum(c.isupper() for c in letters) > 0.8 * len(letters)
        parts: list[str] = []
        end = 0
        named = possible = False  # whether the word before belongs to a name; whether there is any
        for match in _WORD.finditer(text):
            word, start = match[0], match.start()
            between = text[end:start]
            before = text[:start]
            written = word.lower() if shouted else word
            plain, title = word.lower(), _title(word)
            continues = named and between.strip() in ("", "-", ".")
            if plain in self._between:
                shown, named = plain if named or shouted else written, continues
            else:
                is_name = self._is_name(written, plain, title, before, continues)
                shown = title if is_name else (plain if plain in self._ordinary else written)
                named = is_name
                possible = possible or is_name or shown != plain
            parts += [between, shown if len(shown) == len(word) else word]
            end = match.end()
        return "".join([*parts, text[end:]]) if possible else None

    def _is_name(self, written: str, plain: str, title: str, before: str, continues: bool) -> bool:
        if _CALLED.search(before) or _CLOSING.search(before):
            return plain not in self._ordinary or title in self._first or title in self._last
        capital = written[:1].isupper()
        if continues:
            return title in self._last or (capital and plain not in self._ordinary)
        if plain in self._ordinary:
            return capital and title in self._first | self._last and not _SENTENCE_START.search(before)
        if title in self._first:
            return capital or len(plain) >= 4 or plain in _NAMES_FIRST
        return capital and title in self._last


def _title(word: str) -> str:
    return re.sub(r"[^\W\d_]+", lambda part: part[0].capitalize(), word)


def _joined(spans: list[Span], text: str) -> list[Span]:
    """Parts of one name ('Jan' 'de Vries') become one span."""
    joined: list[Span] = []
    for span in spans:
        if joined and not text[joined[-1].end : span.start].strip(" .-") and span.start - joined[-1].end <= 2:
            joined[-1] = Span(joined[-1].start, max(span.end, joined[-1].end), span.kind)
        else:
            joined.append(span)
    return joined


def _processors(lists: Any) -> Iterator[tuple[str, Any]]:
    """The name patterns of deduce's own base configuration, which its package leaves out."""
    from deduce.annotation_processor import PersonAnnotationConverter
    from deduce.annotator import ContextAnnotator, TokenPatternAnnotator
    from docdeid.process import MultiTokenLookupAnnotator

    like_name = {"and": [{"like_name": True}, {"neg_lookup": "whitelist"}, {"neg_lookup": "prefix"}]}
    prefix, initial, interfix = {"lookup": "prefix"}, {"lookup": "initial"}, {"lookup": "interfix"}
    surname = {"and": [{"lookup": "interfix_surname"}, {"neg_lookup": "whitelist"}]}
    patterns = {
        "prefix+initiaal": [prefix, initial],
        "prefix+interfix+naam": [prefix, interfix, {"like_name": True}],
        "prefix+naam": [prefix, like_name],
        "interfix+achternaam": [interfix, surname],
        "initiaal+naam": [initial, like_name],
        "initiaal+interfix+naam": [initial, interfix, {"like_name": True}],
    }
    for tag, pattern in patterns.items():
        yield tag, TokenPatternAnnotator(pattern=pattern, ds=lists, skip=["."], tag=tag)
    yield "voornaam", MultiTokenLookupAnnotator(trie=lists["first_name"], overlapping=True, tag="voornaam")
    yield "achternaam", MultiTokenLookupAnnotator(trie=lists["surname"], overlapping=True, tag="achternaam")
    names = ["initiaal", "naam", "voornaam", "achternaam", "interfix", "prefix"]
    context = [
        ("right", "{tag}+interfix+achternaam", [interfix, {"like_name": True}], [".", "-"], names[:4]),
        ("left", "initiaal+{tag}", [initial], ["."], names[:5]),
        ("left", "naam+{tag}", [like_name], ["-"], names[1:4]),
        ("right", "{tag}+naam", [like_name], ["-"], names),
    ]
    yield (
        "omgeving",
        ContextAnnotator(
            pattern=[
                {"direction": direction, "tag": tag, "pattern": pattern, "skip": skip, "pre_tag": before}
                for direction, tag, pattern, skip, before in context
            ],
            ds=lists,
            iterative=True,
        ),
    )
    yield "personen", PersonAnnotationConverter()


def _vocabulary() -> set[str]:
    """Ordinary Dutch words, from the lemma tables that the language model uses too."""
    spec = find_spec("spacy_lookups_data")
    assert spec and spec.origin
    path = Path(spec.origin).parent / "data" / "nl_lemma_lookup.json.gz"
    lemmas: dict[str, str] = json.loads(gzip.decompress(path.read_bytes()))
    return {word for word in chain(lemmas, lemmas.values()) if word.islower()}


@lru_cache(maxsize=1)
def _finder() -> NameFinder:
    return NameFinder()
