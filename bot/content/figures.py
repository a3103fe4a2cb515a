"""The figures a question can ask for (an amount of money, a share, a period, ...) and whether a text gives one."""

from __future__ import annotations

import re
from enum import Enum
from itertools import pairwise

from bot.content.search import stem

_NUMBER = (
    r"(\d[\d.,]*|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|twintig|honderd|duizend|tientallen|honderden)"
)
_TIME = r"(uur|uren|minu\w+|dag(en)?|dagdelen|we(e)?k(en)?|maand(en)?|jaar|jaren|kwartier)"
_NEAR = 3  # words from a number to what it counts
_PEOPLE = frozenset("mensen medewerkers werknemers werkenden personen deelnemers collega's burgers leden".split())
_BEFORE_TIME = rf"({_NUMBER}|een|één|hal(f|ve)|anderhalve?|enkele|paar)"


class Figure(Enum):
    """Each with what a question for it looks like and what a text that gives it looks like, the narrow ones first."""

    asked: re.Pattern[str]
    given: re.Pattern[str]

    PHONE = r"\b(telefoon)?nummer\b|\bbellen\b", r"(\d[ -]?){8,}"
    SHARE = r"hoeveel procent|percentage|welk deel\b", r"%|\bprocent\b|\b(helft|derde|kwart|tweederde)\b|\d op de \d"
    AGE = r"\bhoe (oud|jong) moet|\b(welke|wat voor) leeftijd\b", rf"{_NUMBER} (jaar|tot|t/m)|\d-plus|\d\+"
    FREQUENCY = (
        r"hoe (vaak|dikwijls)|hoeveel keer",
        rf"\b(elke|iedere|jaarlijks|dagelijks|wekelijks|maandelijks|eens|keer)\b|\bper {_TIME}",
    )
    PERIOD = (
        rf"\bhoe ?lang\b|hoeveel (vrije |extra )?(tijd|{_TIME})|\bduurt\b|\bdoorlooptijd\b",
        rf"\b{_BEFORE_TIME}( (hele|vrije|extra|betaalde|werkzame))? {_TIME}\b"
        rf"|{_NUMBER} (keer|sessies|bijeenkomsten|gesprekken)\b",
    )
    MONEY = (
        r"hoeveel (geld|euro|budget|subsidie|kost\w*|krijg|kreeg|betaal\w*)|\bhoe (duur|hoog)\b|\b(wat|hoeveel) kost"
        r"|\bprijs\b|\b(welk|wat voor) bedrag",
        r"€|\beuro\b|\b(gratis|kosteloos|betaal\w*|betalen|vergoed\w*)\b|\bkost(en)? (geld|niets)\b"
        r"|\d ?%|\bprocent\b",
    )
    YEAR = r"\b(welk jaar|welke datum|sinds wanneer)\b", r"\b(19|20)\d\d\b"
    COUNT = r"\bhoeveel\b", rf"\b{_NUMBER}\b"

    def __init__(self, asked: str, given: str) -> None:
        self.asked = re.compile(asked, re.IGNORECASE)
        self.given = re.compile(given, re.IGNORECASE)


def asked_figure(question: str) -> Figure | None:
    """The figure that a question asks for; None when it asks for something else."""
    return next((figure for figure in Figure if figure.asked.search(question)), None)


def gives(text: str, question: str, figure: Figure) -> bool:
    """Whether a text gives the figure of that kind that a question asks for. A count must be one of the thing counted:
    'twaalf vragen' or 'het aantal vragen is twaalf' for 'hoeveel vragen'."""
    if figure is not Figure.COUNT:
        return bool(figure.given.search(text))
    if "mensen" in _counted(question) and re.search(r"\d ?%", text):
        return True  # 'hoeveel mensen doen mee': '29% doet mee'
    words = re.findall(r"[\w.,]*\w", text.lower())
    things = [n for n, word in enumerate(words) if _thing(word) in _counted(question)]
    numbers = [n for n, word in enumerate(words) if figure.given.fullmatch(word)]
    return any(
        0 < thing - number <= _NEAR or (number > thing > 0 and words[thing - 1] == "aantal")
        for thing in things
        for number in numbers
    )


def _counted(question: str) -> set[str]:
    words = re.findall(r"\w+", question.lower())
    return {_thing(word) for before, word in pairwise(words) if before == "hoeveel"}


def _thing(word: str) -> str:
    """People count as people, whatever they are called."""
    return "mensen" if word in _PEOPLE else stem(word)
