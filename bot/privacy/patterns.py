"""Personal data with a shape of their own: numbers, addresses on the web and in a street, dates of birth."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Span:
    """Characters `start` up to `end` (exclusive) of a text hold personal data of this kind."""

    start: int
    end: int
    kind: str

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end


def find_patterns(text: str) -> list[Span]:
    """Spans in order of trust: what an earlier pattern found, a later one leaves alone."""
    found: list[Span] = []
    characters = set(text)
    for kind, needed, pattern, accept in _PATTERNS:
        if characters.isdisjoint(needed):
            continue
        for match in pattern.finditer(text):
            start, end = match.span("found")
            span = Span(start, end, kind)
            if accept(match) and not any(span.overlaps(other) for other in found):
                found.append(span)
    return found


def _digits(match: re.Match[str]) -> str:
    return re.sub(r"\D", "", match["found"])


def _always(_: re.Match[str]) -> bool:
    return True


def _is_iban(match: re.Match[str]) -> bool:
    """The check of ISO 13616, or a Dutch one with a typing error."""
    code = re.sub(r"[\s.-]", "", match["found"]).upper()
    if re.fullmatch(r"NL\d\d[A-Z]{4}\d{10}", code):
        return True
    moved = code[4:] + code[:4]
    return 15 <= len(code) <= 34 and int("".join(str(int(c, 36)) for c in moved)) % 97 == 1


def _is_bsn(match: re.Match[str]) -> bool:
    """The eleven check of a burgerservicenummer, or the check of a Belgian rijksregisternummer."""
    digits = _digits(match)
    if len(digits) == 11:
        return any(97 - int(century + digits[:9]) % 97 == int(digits[9:]) for century in ("", "2"))
    weighted = sum(int(d) * w for d, w in zip(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1), strict=True))
    return weighted % 11 == 0 and len(set(digits)) > 1


_SERVICE = re.compile(r"0(?:800|900|906|909)|14")


def _is_phone(match: re.Match[str]) -> bool:
    """Dutch and Belgian numbers by their length, others by + or 00. Public service numbers are nobody's own."""
    digits, international = _digits(match), match["found"].lstrip("( ").startswith("+")
    if international:
        return 8 <= len(digits) <= 15
    if digits.startswith("00"):
        return 10 <= len(digits) <= 17 and digits[2] != "0"
    return digits.startswith("0") and len(digits) in (9, 10) and not _SERVICE.match(digits)


_MONTH = "jan(?:uari)?|feb(?:ruari)?|maart|mrt|apr(?:il)?|mei|jun[i]?|jul[i]?|aug(?:ustus)?|sep(?:t(?:ember)?)?|okt(?:ober)?|nov(?:ember)?|dec(?:ember)?"  # noqa: E501
_DATE = rf"\d{{1,2}}[-/. ]\d{{1,2}}[-/. ](?:19|20)?\d\d|(?:19|20)\d\d[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}(?:e|ste|de)?[-/. ]?(?:{_MONTH})\.?[-/. ]{{0,2}}(?:(?:19|20)\d\d|['’]\d\d)?"  # noqa: E501
_NUMBER_WORD = r"(?:nummer|nr\.?|no\.?|code|id|naam)"

_STREET = "straat|laan|weg|plein|kade|gracht|singel|dijk|dreef|hof|steeg|pad|plantsoen|lei|wal|burg|kamp|oord|park|markt|baan|str\\.?"  # noqa: E501
_NO_STREET = re.compile(
    r"(?:leer|snel|auto|om|uit|groei|stappen|carri[eè]re|ontwikkel)(?:weg|pad|park|plein)|"
    r"(?:arbeids|super|banen|huur|woning|vacature|kapitaal|vrije|leer)markt|(?:vakantie|wagen|machine)park|"
    r"(?:loop|bij|droom|start|vaste|flex|deeltijd|topsport|rol)baan",
    re.IGNORECASE,
)
_UNIT = (
    r"(?!\s*(?:jaar|jaren|maand|uur|uren|keer|x\b|%|dag|week|weken|euro|kg|kilo|gram|graden|m2|km|minuten|procent|"
    r"mensen|man\b|banen))"
)


HOUSE_NUMBER = (
    r"\d{1,4}(?:\s?bus\s\d+|\s?bis\b|\s?hs\b|-(?:\d{1,3}|[a-z])\b|\s?-?\s?[a-z]\b)?"
    rf"{_UNIT}(?!\d)(?:,?\s[1-9]\d{{3}}(?:\s?[a-z]{{2}}\b)?(?!\d))?"
)


def _is_street(match: re.Match[str]) -> bool:
    return not _NO_STREET.fullmatch(match["street"] or "")


_NO_POSTCODE = {
    "SA",
    "SD",
    "SS",
    "EU",
    "HR",
    "IT",
    "OR",
    "KG",
    "KM",
    "MG",
    "ML",
    "CM",
    "MM",
    "KW",
    "KB",
    "MB",
    "GB",
    "EN",
    "OF",
    "IS",
    "UU",
    "UR",
    "ST",
    "PX",
    "EX",
    "IN",
    "OP",
}


def _is_postcode(match: re.Match[str]) -> bool:
    return match["found"][-2:].upper() not in _NO_POSTCODE


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_DIGITS = frozenset("0123456789")
_LETTERS = frozenset("nthNTH")  # letters of the words that must be there
# kind, characters of which there must be one (to be quick with a text without), pattern, a closer look
_PATTERNS: list[tuple[str, frozenset[str], re.Pattern[str], Callable[[re.Match[str]], bool]]] = [
    ("e-mail", frozenset("@"), _compile(r"(?P<found>\b[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,5})"), _always),
    (
        "e-mail",
        frozenset("tT"),
        _compile(
            r"(?P<found>\b[\w.+-]{2,64}\s?(?:\(at\)|\[at\]|\bat\b|\bapenstaartje\b)\s?[\w-]+"
            r"(?:\s?\.\s?|\s(?:punt|dot)\s)(?:nl|be|com|org|net|eu|info)\b)"
        ),
        _always,
    ),
    (
        "account",
        frozenset("/"),
        _compile(r"(?P<found>(?:https?://)?(?:www\.|nl\.)?(?:linkedin|facebook|instagram|x|twitter)\.com/[\w./-]+)"),
        _always,
    ),
    ("account", frozenset("@"), _compile(r"(?<![\w@])(?P<found>@[a-z_][\w.-]{2,})"), _always),
    (
        "iban",
        _DIGITS,
        _compile(
            r"\b(?P<found>nl\d\d[ .-]?[a-z]{4}(?:[ .-]?\d){10}|be\d\d(?:[ .-]?\d){12}|de\d\d(?:[ .-]?\d){18}|"
            r"(?-i:[A-Z]{2})\d\d(?: ?(?-i:[A-Z0-9]{4})){2,7}(?: ?(?-i:[A-Z0-9]{1,3}))?)(?!\w)"
        ),
        _is_iban,
    ),
    (
        "geboortedatum",
        _DIGITS,
        _compile(
            rf"\b(?:geboren|geb|dob|gebdat|geb\w*datum|verjaardag|jarig)\b[^?!\d]{{0,25}}(?P<found>{_DATE})(?!\d)"
        ),
        _always,
    ),
    ("geboortedatum", _DIGITS, _compile(rf"\bik (?:ben|kom) van (?P<found>{_DATE})(?!\d)"), _always),
    ("geboortedatum", _DIGITS, _compile(rf"^\W*(?P<found>{_DATE})\W*$"), _always),  # the answer to a question
    (
        "bsn",
        _DIGITS,
        _compile(
            r"\b(?:bsn|burger ?service ?nummer|sofi-?nummer|rijksregisternummer|insz)\b[^\d?!]{0,20}"
            r"(?P<found>\d(?:[ .-]{0,2}\d){6,10})(?!\d)"
        ),
        _always,
    ),
    (
        "bsn",
        _DIGITS,
        _compile(r"(?<![\d.,€+-])(?P<found>\d{3}[ .]?\d{3}[ .]?\d{3}|\d{4}[ .]\d{2}[ .]\d{3})(?![\d,])"),
        _is_bsn,
    ),
    ("bsn", _DIGITS, _compile(r"(?<!\d)(?P<found>\d\d\.?\d\d\.?\d\d[ -]?\d{3}[ .]?\d\d)(?!\d)"), _is_bsn),
    (
        "personeelsnummer",
        _DIGITS,
        _compile(
            r"\b(?:personeels?|medewerkers?|werknemers?|employee|stam|badge|pas|inlog|registratie|leerling|student|"
            rf"relatie|klant|dossier|deelnemers?)[- ]?{_NUMBER_WORD}(?!\w)[^\w?!]{{0,3}}(?:(?:is|van mij is|was)\W+)?"
            r"(?P<found>[a-z]{0,4}[-.]?\d[\d.-]{0,11}\d)\b"
        ),
        _always,
    ),
    (
        "telefoon",
        _DIGITS,
        _compile(r"(?<![\w.,€])(?P<found>(?:\(?\+|00|\(?0)\)?\s?\d?(?:[ ./()-]{0,3}\d){7,15})(?!\d)"),
        _is_phone,
    ),
    (
        "adres",
        _DIGITS,
        _compile(
            r"\b(?P<found>(?:(?-i:[A-Z])[\w'.-]{0,30}\s(?:(?:van|der|de|den|het|'t|ten|ter)\s){0,3}){0,3}"
            rf"(?P<street>[^\W\d][\w'-]{{1,30}}(?:{_STREET}))\s{HOUSE_NUMBER})"
        ),
        _is_street,
    ),
    (
        "adres",
        _LETTERS,
        _compile(
            r"\b(?:woont?|wonen|adres|thuis|huis staat)\b[^.?!\d]{0,20}\b(?:in|op|aan)\s(?:de\s|het\s)?"
            rf"(?P<found>(?P<street>[^\W\d][\w'-]{{2,30}}(?:{_STREET}))|(?-i:[A-Z])[\w'-]+(?:\s(?-i:[A-Z])[\w'-]+)*\s\d{{1,4}}[a-z]?)\b{_UNIT}"
        ),
        _is_street,
    ),
    (
        "adres",
        _DIGITS,
        _compile(rf"\bop nummer \d+\w? (?:in|aan|op)(?: de| het)? (?P<found>[^\W\d][\w'-]{{1,30}}(?:{_STREET}))\b"),
        _always,
    ),
    ("adres", _DIGITS, _compile(r"\b(?P<found>postbus \d{1,5})\b"), _always),
    ("adres", _DIGITS, _compile(r"\b(?P<found>[1-9]\d{3}[a-z]{2})\b"), _is_postcode),
    ("adres", _DIGITS, re.compile(r"\b(?P<found>[1-9]\d{3} [A-Z]{2})\b"), _is_postcode),
    ("adres", _DIGITS, _compile(r"\bpostcode\W+(?:is\W+)?(?P<found>[1-9]\d{3}(?:\s?[a-z]{2})?)\b"), _always),
    ("nummer", _DIGITS, _compile(r"(?<![\d€.,])(?P<found>\d{7,})(?![\d,]|\s?(?:euro|€))"), _always),
]
