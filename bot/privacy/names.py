"""Finds names of people, with the name lists and name patterns of deduce, a Dutch de-identification library.

Deduce was made for letters of hospitals, where names have capitals. In a chat people leave capitals out, or type
everything in capitals. So the text is first given the capitals it would have in print (`_printed`): a name gets one,
an ordinary word loses it. What 'Bakker' is, a name or a trade, is then decided in one place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import Any

from bot.privacy.patterns import Span
from bot.privacy.words import deduce_lists, is_word, no_names

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;\n(\[\"'‘’“”|]\s*|^[-*]\s*)$")
# Ordinary words by the lemma tables, but names first of all.
_NAMES_FIRST = frozenset(
    "abel arie astrid axel bas benjamin berend bob bram daan demi ester eva evertje fransje griet grietje hans jaap "
    "hellen henry jack jan jeanet jeannet joke joop kim klaas klaske koen liesje lieven lubbert margriet "
    "marieke maxime mieke mindert mohammed oscar peter piet rachel rob rowan rozemarijn ruud sander sannie serge tim "
    "tjerk tommy vicky wout luuk iris mo jo".split()
)
_CALLED = re.compile(
    r"(?:mijn (?:voor|achter)?naam is|\b(?:ik|hij|zij|ze|die|collega|baas|chef|manager|leidinggevende|coach) heet|"
    r"heet ik|noem me(?: maar)?|\b(?:dhr|mevr|mw|meneer|mijnheer|mevrouw|de heer|juf)\.?)\s+$",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:\bgroet(?:en|jes)?|\bgr|\bmvg|\bhoogachtend|\bliefs|\bhartelijks)[\s,.!]*(?:van\s)?$", re.IGNORECASE
)
# What often stands before a name. Here a short first name counts too, when it is no ordinary word; and after a person
# of whom there are many, or who speaks, also a name on no list. ('Ik ben' and 'manager' stand before trades as well.)
_PERSON = re.compile(
    r"\b(?:ik ben|hoi met|hallo met|spreekt u met|baas|chef|manager|leidinggevende|teamleider|coach|directeur|"
    r"bedrijfsarts)\s+$",
    re.IGNORECASE,
)
_SOMEONE = re.compile(
    r"\b(?:collega|man|vrouw|zoon|dochter|broer|zus|vriend|vriendin|buurman|buurvrouw|zei|zegt|vroeg|vraagt|volgens|"
    r"namens)\s+$",
    re.IGNORECASE,
)
_PIECE = re.compile(r"\S.{0,80}(?:[.!?\n](?=\s)|(?=\s)|$)|\S{1,80}", re.DOTALL)
# What deduce makes a name of without a listed one: an initial, 'van Dijk', 'mevrouw X'.
_MORE = re.compile(
    r"\b(?:[A-Z]\.|(?:v\.?d\.?|van|de[nrl]?|te[nr]?|'t|el|la|le|du|di|da|von|op|aan|in|uit|[Dd]hr|[Mm]e?[jv]r?|[Mm]w|[Mm]r|"
    r"[Dd]rs?|[Pp]rof|[Ii]n?g|[Ii]r|[Mm]eneer|[Mm]evrouw|heer|[Cc]ollega)\.?\s[A-Z])"
)
_ABBREVIATION = re.compile(r"[A-Z]{2,5}(?![^\W\d_])")  # HR, and HR-adviseur
_LOOK_BACK = 40  # characters before a word that are looked at
_TITLE = re.compile(
    r"(?:(?:de heer|dhr|mevr|mevrouw|mw|meneer|mijnheer|mej|collega|prof|dr|drs|ir|ing|mr|ds|bc|kand)\b\.?\s*)+",
    re.IGNORECASE,
)


def find_names(text: str) -> list[Span]:
    return _finder().find(text)


class NameFinder:
    """Lists of names, and deduce's annotators on them. Built once: takes about 1 s and 90 MiB."""

    def __init__(self) -> None:
        lists_folder = deduce_lists()  # imports deduce with care, before the imports below do
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

        folders = [f"names/lst_{n}" for n in ("first_name", "surname", "interfix", "interfix_surname", "prefix")]
        folders += [
            "names/lst_initial",
            "locations/lst_placename/lst_residence",
            "locations/lst_placename/lst_province",
        ]
        folders += [f"whitelist/lst_{n}" for n in ("common_word", "stop_word", "medical_term")]
        raw = load_raw_itemsets(lists_folder, folders)
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
        self._last = set(raw["surname"])
        self._last_after_between = self._last | set(raw["interfix_surname"])  # 'Dijk' of 'van Dijk'
        self._between = {word.lower() for word in raw["interfix"]}
        no_name_words, self._expressions = no_names()
        places = {place.lower() for place in raw["residence"] | raw["province"] if " " not in place}
        self._no_names = no_name_words | places - {name.lower() for name in self._first}
        self._common = frozenset(lists["whitelist"].items())
        self._deduce = DocDeid()
        self._deduce.tokenizers["default"] = tokenizer
        for name, processor in _processors(lists):
            self._deduce.processors.add_processor(name, processor)

    def find(self, text: str) -> list[Span]:
        printed, spans = self._printed(text)
        spans += [
            _without_title(Span(start + found.start_char, start + found.end_char, "naam"), text)
            for start, piece in _pieces(printed, spans)
            for found in self._deduce.deidentify(piece).annotations
        ]
        return _joined(sorted(span for span in spans if span.start < span.end), text)

    def _printed(self, text: str) -> tuple[str, list[Span]]:
        """The text, of the same length, with the capitals it would have in print, and the names that are clear from
        the word and what stands before it. Deduce finds the rest: initials, unlisted surnames beside a name."""
        letters = [c for c in text if c.isalpha()]
        shouted = len(letters) > 3 and sum(c.isupper() for c in letters) > 0.8 * len(letters)
        known = [match.span() for match in self._expressions.finditer(text)]
        parts: list[str] = []
        end = 0
        names: list[Span] = []
        named = linked = False  # whether the word before is of a name; whether it is a 'van der' after one
        for match in _WORD.finditer(text):
            word, start = match[0], match.start()
            plain, title = word.lower(), _title(word)
            near = text[end:start].strip(" ") in ("", "-") or (named and text[end:start].strip(" ") == ".")
            initial = len(word) == 1 and word.isupper() and not shouted and text[match.end() : match.end() + 1] == "."
            if any(begin <= start < stop for begin, stop in known):
                shown, named, linked = plain, False, False
            elif initial:
                shown, named, linked = word, True, False
            elif plain in self._between:
                shown, linked = plain if shouted or (named and near) else word, (named or linked) and near
                named = False
            else:
                abbreviation = not shouted and _ABBREVIATION.match(word) is not None
                written = plain if shouted or abbreviation else word
                is_name = self._is_name(
                    written, text[max(0, start - _LOOK_BACK) : start], named and near, linked and near
                )
                lowered = self._ordinary(plain) or plain in self._no_names or shouted or abbreviation
                shown = title if is_name else plain if lowered else word
                if is_name:
                    names.append(Span(start, match.end(), "naam"))
                named, linked = is_name, False
            parts += [text[end:start], shown if len(shown) == len(word) else word]
            end = match.end()
        return "".join([*parts, text[end:]]), names

    def _ordinary(self, plain: str) -> bool:
        if "-" in plain and _title(plain) not in self._first:  # 'hr-adviseur', but not 'jan-willem'
            return any(self._ordinary(part) and not self._listed(_title(part)) for part in plain.split("-"))
        return plain not in _NAMES_FIRST and (plain in self._common or is_word(plain))

    def _listed(self, title: str) -> bool:
        return title in self._first or title in self._last

    def _is_name(self, written: str, before: str, named: bool, linked: bool) -> bool:
        """Whether a word is (part of) a name. `named`: the word before it is; `linked`: 'van' or so stands between."""
        plain, title = written.lower(), _title(written)
        capital = written[:1].isupper()
        listed = self._listed(title)
        ordinary = self._ordinary(plain)
        if ordinary and not listed and not linked and not (named and capital):
            return False
        if _CALLED.search(before):
            return True
        if _CLOSING.search(before):
            return listed or capital
        if linked:
            return title in self._last_after_between or (capital and plain not in self._no_names)
        if plain in self._no_names:
            return False
        if named:
            return (capital or not ordinary) and (listed or capital)
        if not ordinary and title in self._first and _PERSON.search(before):
            return True
        if not ordinary and (capital or title in self._first) and _SOMEONE.search(before):
            return True
        if ordinary:
            return capital and listed and not _SENTENCE_START.search(before)
        if title in self._first:
            return capital or len(plain) >= 4 or plain in _NAMES_FIRST
        return capital and title in self._last


def _pieces(printed: str, names: list[Span]) -> Iterator[tuple[int, str]]:
    """Pieces in which deduce may find more, with where they start: its time grows faster than the text."""
    for match in _PIECE.finditer(printed):
        if _MORE.search(match[0]) or any(match.start() <= name.start < match.end() for name in names):
            yield match.start(), match[0]


def _without_title(span: Span, text: str) -> Span:
    """'mevrouw Jansen' without 'mevrouw', which says nothing and helps to understand."""
    title = _TITLE.match(text, span.start, span.end)
    return Span(title.end(), span.end, span.kind) if title else span


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


@lru_cache(maxsize=1)
def _finder() -> NameFinder:
    return NameFinder()
