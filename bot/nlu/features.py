"""Turns a message into sparse features: words, pieces of words and the concepts of the lexicon."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import HashingVectorizer

Lexicon = Mapping[str, Sequence[str]]  # concept -> words, stems ('rooster*') and phrases

WORD_BITS, PIECE_BITS = 17, 18
MAX_CHARACTERS = 2000  # a longer paste is understood from its beginning

_NOT_WORD = re.compile(r"[^0-9a-z'+]+")
_REPEATED = re.compile(r"(.)\1{2,}")


def normalise(text: str) -> str:
    """Lower case without accents; three or more equal letters in a row become two ('neeeee' -> 'nee')."""
    text = unicodedata.normalize("NFKD", text[:MAX_CHARACTERS].lower().replace("’", "'"))
    text = "".join(c for c in text if not unicodedata.combining(c))
    return _REPEATED.sub(r"\1\1", text)


def words(text: str) -> list[str]:
    """The words of a normalised text; sentence ends are lost on purpose."""
    return [word for word in _NOT_WORD.sub(" ", text).split() if word != "'"]


def _word_grams(text: str) -> list[str]:
    tokens = words(text)
    return tokens + [f"{a} {b}" for a, b in pairwise(tokens)]


class ConceptMatcher:
    """Finds the concepts of the lexicon in a text: whole words, stems ending in '*', and phrases."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.names = sorted(lexicon)
        self._exact: dict[str, list[int]] = {}
        self._stems: dict[str, list[int]] = {}
        self._longest_phrase = 1
        self._shortest_stem, self._longest_stem = 99, 0
        for index, name in enumerate(self.names):
            for entry in lexicon[name]:
                plain = " ".join(words(normalise(entry)))
                if entry.endswith("*"):
                    self._stems.setdefault(plain, []).append(index)
                    self._shortest_stem = min(self._shortest_stem, len(plain))
                    self._longest_stem = max(self._longest_stem, len(plain))
                else:
                    self._exact.setdefault(plain, []).append(index)
                    self._longest_phrase = max(self._longest_phrase, len(plain.split()))

    def find(self, text: str) -> set[int]:
        """Indices (in `names`) of the concepts in a normalised text."""
        tokens = words(text)
        found: set[int] = set()
        for start in range(len(tokens)):
            for size in range(1, self._longest_phrase + 1):
                if start + size > len(tokens):
                    break
                phrase = " ".join(tokens[start : start + size])
                found.update(self._exact.get(phrase, ()))
                if size <= 2:
                    for end in range(self._shortest_stem, min(len(phrase), self._longest_stem) + 1):
                        found.update(self._stems.get(phrase[:end], ()))
        return found


class Featurizer:
    """Messages to a sparse matrix with one row per message. Stateless but for the lexicons: nothing to fit.

    Each lexicon is a block of its own, so that a message rich in words of one (jobs) keeps those of the other.
    """

    def __init__(self, lexicons: Sequence[Lexicon], concept_weight: float = 0.8) -> None:
        self.concepts = [ConceptMatcher(lexicon) for lexicon in lexicons]
        self.concept_weight = concept_weight
        self._words = HashingVectorizer(
            analyzer=_word_grams, n_features=2**WORD_BITS, alternate_sign=False, norm="l2", dtype=np.float32
        )
        self._pieces = HashingVectorizer(
            analyzer="char_wb",
            ngram_range=(2, 5),
            lowercase=False,
            n_features=2**PIECE_BITS,
            alternate_sign=False,
            norm="l2",
            dtype=np.float32,
        )

    @property
    def width(self) -> int:
        return int(2**WORD_BITS + 2**PIECE_BITS + sum(len(matcher.names) for matcher in self.concepts))

    def lexicon_columns(self, last: int) -> slice:
        """The columns of the last so many lexicons."""
        return slice(self.width - sum(len(matcher.names) for matcher in self.concepts[-last:]), self.width)

    def transform(self, texts: Iterable[str]) -> csr_matrix:
        """A (messages x width) matrix, each block of a row with length 1 times its weight."""
        plain = [normalise(text) for text in texts]
        blocks = [self._words.transform(plain), self._pieces.transform(plain)]
        blocks += [self._concept_rows(matcher, plain) for matcher in self.concepts]
        return _side_by_side(blocks) if len(plain) == 1 else hstack(blocks, format="csr", dtype=np.float32)

    def _concept_rows(self, matcher: ConceptMatcher, texts: Sequence[str]) -> csr_matrix:
        indices: list[int] = []
        values: list[float] = []
        ends = [0]
        for text in texts:
            found = sorted(matcher.find(text))
            indices += found
            values += [self.concept_weight / max(len(found), 1) ** 0.5] * len(found)
            ends.append(len(indices))
        shape = (len(texts), len(matcher.names))
        return csr_matrix((np.array(values, dtype=np.float32), indices, ends), shape=shape)


def _side_by_side(rows: Sequence[csr_matrix]) -> csr_matrix:
    """As scipy's hstack, for one message: making the row that way takes longer than finding its features."""
    begins = np.cumsum([0, *(row.shape[1] for row in rows)])
    indices = np.concatenate([row.indices + begin for row, begin in zip(rows, begins, strict=False)])
    data = np.concatenate([row.data for row in rows]).astype(np.float32, copy=False)
    return csr_matrix((data, indices, [0, len(indices)]), shape=(1, int(begins[-1])))
