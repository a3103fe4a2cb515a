"""Which words are ordinary Dutch, and the lists of names and streets that come with deduce."""

from __future__ import annotations

import gzip
import json
import logging
import re
from functools import lru_cache
from importlib.util import find_spec
from itertools import chain
from pathlib import Path

from bot.paths import DATA

_LONGEST_NAME = 14  # letters
_NO_NAMES = DATA / "lexicon" / "geen_namen.txt"


@lru_cache(maxsize=1)
def deduce_lists() -> Path:
    """The folder of deduce's lists."""
    # deduce sets the root logger to DEBUG when it is imported, unless that has a handler.
    guard = logging.NullHandler()
    logging.getLogger().addHandler(guard)
    import deduce

    logging.getLogger().removeHandler(guard)
    return Path(deduce.__file__).parent / "data" / "lookup"


def is_word(word: str) -> bool:
    """Whether this, in lower case, is an ordinary Dutch word. So long a word is taken to be one, not a name."""
    return len(word) > _LONGEST_NAME or word in _vocabulary()


@lru_cache(maxsize=1)
def _vocabulary() -> frozenset[str]:
    """From the lemma tables that the language model uses too."""
    spec = find_spec("spacy_lookups_data")
    assert spec and spec.origin
    path = Path(spec.origin).parent / "data" / "nl_lemma_lookup.json.gz"
    lemmas: dict[str, str] = json.loads(gzip.decompress(path.read_bytes()))
    return frozenset(word for word in chain(lemmas, lemmas.values()) if len(word) <= _LONGEST_NAME and word.islower())


@lru_cache(maxsize=1)
def no_names() -> tuple[frozenset[str], re.Pattern[str]]:
    """The words, and the expressions, of data/lexicon/geen_namen.txt."""
    lines = _NO_NAMES.read_text("utf-8").splitlines()
    text = " ".join(line for line in lines if not line.startswith("#"))
    expressions = re.findall(r'"([^"]+)"', text)
    words = frozenset(re.sub(r'"[^"]+"', " ", text).split())
    return words, re.compile(r"\b(?:" + "|".join(re.escape(e) for e in expressions) + r")\b", re.IGNORECASE)
