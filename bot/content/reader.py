"""Reads one Markdown file with front matter into an `Item`, or says what is wrong with it, with line numbers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError

from bot.content.model import Item, Passage, Problem, Section, Source, Validity

MAX_SUMMARY_WORDS = 45
MAX_PASSAGE_WORDS = 48
MAX_SIMPLE_SENTENCE_WORDS = 11
KINDS_WITH_WHEN = {"interventie", "instrument", "methode", "regeling"}

_SCHEMA = Draft7Validator(json.loads(Path(__file__).with_name("item.schema.json").read_text("utf-8")))
_SECTIONS = {section.heading: section for section in Section}
_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C is many times as fast
_ACTIVE = re.compile(r"</?[a-z!?][^<>]*>?|\b(?:javascript|vbscript)\s*:|\bdata:\w+/", re.IGNORECASE)
_FRONT_MATTER = re.compile(r"\A---\n(.*?\n)---\n", re.DOTALL)


def read_text(path: Path, shown: str) -> tuple[str, list[Problem]]:
    """The file's text with what in it could run in a browser; no text and a problem when it is not UTF-8."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
        return text, _active(text, shown)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        what = "Dit bestand is niet in UTF-8 opgeslagen."
        return "", [Problem(shown, line, what, "Sla het opnieuw op met codering UTF-8.")]


def _active(text: str, shown: str) -> list[Problem]:
    """No channel runs or shows these: they are refused because they can only be a mistake, or meant ill."""
    return [
        Problem(shown, number, f"Hier staat code: {found[0].strip()}", "Haal het weg. Schrijf gewone tekst.")
        for number, line in enumerate(text.split("\n"), 1)
        for found in _ACTIVE.finditer(line)
    ]


def read_item(path: Path, shown: str) -> tuple[Item | None, list[Problem], dict[str, int]]:
    """Reads one item.

    Returns the item (None when it cannot be used), all problems found in the file, and the line of every
    front matter key, so that checks across files can point at a line too.
    """
    text, problems = read_text(path, shown)
    if problems and not text:
        return None, problems, {}
    split = front_matter(text)
    if split is None:
        what = "Het bestand begint niet met gegevens tussen twee regels met drie streepjes (---)."
        return None, [*problems, Problem(shown, 1, what, "Neem een ander bestand uit deze map als voorbeeld.")], {}
    fields, body, first_line = split
    try:
        node, data = load_json_dates(fields)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = 2 + (mark.line if mark else 0)
        what = f"De gegevens bovenaan zijn geen geldige YAML ({getattr(error, 'problem', None) or error})."
        remedy = 'Zet tekst met een dubbele punt of aanhalingsteken tussen " " en controleer het inspringen.'
        return None, [*problems, Problem(shown, line, what, remedy)], {}
    lines = {key: 2 + mark for key, mark in key_lines(node)}
    problems += [explain_error(error, shown, lines) for error in _SCHEMA.iter_errors(data)]
    if not isinstance(data, dict):
        return None, problems, lines
    sections, body_problems = _read_body(str(data.get("id")), str(data.get("soort")), body, first_line, shown)
    problems += body_problems
    if not problems and not _is_date(data["nagekeken"]):
        what = f"'nagekeken' is '{data['nagekeken']}', maar die dag bestaat niet."
        problems.append(Problem(shown, lines.get("nagekeken", 2), what, "Schrijf een dag als jjjj-mm-dd."))
    if data.get("id") != path.stem:
        what = f"Het id '{data.get('id')}' is niet de naam van het bestand ('{path.stem}')."
        problems.append(Problem(shown, lines.get("id", 2), what, "Maak ze gelijk."))
    if problems:
        return None, problems, lines
    return _item(data, sections), [], lines


def front_matter(text: str) -> tuple[str, str, int] | None:
    """The fields above and the body of a Markdown file, and the line on which the body starts."""
    match = _FRONT_MATTER.match(text)
    return match and (match[1], text[match.end() :], text.count("\n", 0, match.end()) + 1)


def load_json_dates(text: str) -> tuple[yaml.Node | None, Any]:
    """YAML with and without its line numbers; dates stay text. Raises yaml.YAMLError."""
    try:
        node = yaml.compose(text, Loader=_PARSER)
        for _ in key_lines(node):
            pass  # whether it ends: an alias may hold itself
        return node, _JsonDates("").construct_document(node) if node else None
    except RecursionError as error:
        raise yaml.YAMLError("te diep genest") from error


def _is_date(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


class _JsonDates(yaml.SafeLoader):
    """A safe loader that keeps dates as text, as the schema expects."""


_JsonDates.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: str(node.value))


def key_lines(node: yaml.Node | None, prefix: str = "") -> Iterator[tuple[str, int]]:
    """Every key and list element ('a.0.b') with its line, counted from 0."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = f"{prefix}{key.value}"
            yield name, key.start_mark.line
            yield from key_lines(value, f"{name}.")
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield f"{prefix}{index}", value.start_mark.line
            yield from key_lines(value, f"{prefix}{index}.")


def explain_error(error: ValidationError, shown: str, lines: Mapping[str, int]) -> Problem:
    """A schema error in an editor's words."""
    path = ".".join(str(part) for part in error.absolute_path)
    line = lines.get(path) or lines.get(path.split(".")[0]) or 2
    field = f"'{path}'" if path else "de gegevens"
    value: Any = error.validator_value
    schema: Any = error.schema
    if error.validator == "required":
        missing = str(error.message).split("'")[1]
        return Problem(shown, line, f"Het veld '{missing}' ontbreekt.", f"Voeg een regel '{missing}: ...' toe.")
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = set(schema.get("properties", {}))
        extra = sorted(set(map(str, error.instance)) - known)
        where = lines.get(".".join([*map(str, error.absolute_path), extra[0]]), line) if extra else line
        what = f"Onbekend veld: {', '.join(extra)}."
        return Problem(shown, where, what, f"Kies uit: {', '.join(sorted(known))}.")
    if error.validator == "enum":
        what = f"{field} is '{error.instance}', dat is geen geldige keuze."
        return Problem(shown, line, what, f"Kies uit: {', '.join(value)}.")
    if error.validator == "type":
        names = {"string": "een tekst", "array": "een lijst: [a, b]", "object": "een lijst van 'naam: tekst'"}
        what = f"{field} heeft de verkeerde vorm."
        return Problem(shown, line, what, f"Maak er {names.get(value, value)} van.")
    if error.validator in {"maxLength", "minLength", "minItems"}:
        words = {
            "maxLength": "te lang (hoogstens",
            "minLength": "te kort (minstens",
            "minItems": "te kort (minstens",
        }
        unit = "onderdeel" if error.validator == "minItems" else "tekens"
        return Problem(shown, line, f"{field} is {words[error.validator]} {value} {unit}).", "Pas de lengte aan.")
    if error.validator == "uniqueItems":
        return Problem(shown, line, f"{field} noemt iets dubbel.", "Haal het dubbele weg.")
    if error.validator == "pattern":
        what = f"{field} is '{error.instance}', dat heeft niet de goede vorm."
        form = "jjjj-mm-dd" if path == "nagekeken" else "kleine letters, cijfers en _"
        return Problem(shown, line, what, f"Gebruik {form}.")
    return Problem(shown, line, f"{field} klopt niet ({error.message}).", "Vergelijk het met een ander bestand.")


def _read_body(
    item_id: str, kind: str, body: str, first_line: int, shown: str
) -> tuple[dict[Section, list[Passage]], list[Problem]]:
    problems: list[Problem] = []
    sections: dict[Section, list[Passage]] = {}
    section: Section | None = None
    heading = ""

    def problem(line: int, what: str, remedy: str) -> None:
        problems.append(Problem(shown, line, what, remedy))

    for number, raw in enumerate(body.split("\n"), start=first_line):
        line = raw.strip()
        if not line:
            continue
        if line.startswith("## "):
            section, heading = _SECTIONS.get(line[3:].strip()), ""
            if section is None:
                problem(number, f"Onbekend kopje '{line[3:]}'.", f"Kies uit: {', '.join(_SECTIONS)}.")
            elif section in sections:
                problem(number, f"Het kopje '{section.heading}' staat er twee keer.", "Voeg ze samen.")
            else:
                sections[section] = []
        elif line.startswith("### ") and section is Section.CONDITIONS:
            heading = line[4:].strip()
        elif section is None:
            if not problems:
                problem(number, "Er staat tekst voor het eerste kopje.", "Zet er een kopje '## ...' boven.")
        elif section in (Section.SUMMARY, Section.SIMPLE):
            sections[section].append(Passage(item_id, section, line))
        elif not line.startswith("- "):
            problem(number, f"Onder '{section.heading}' begint deze regel niet met '- '.", "Maak er een punt van.")
        elif section is Section.CONDITIONS and not heading:
            problem(number, "Deze voorwaarde staat niet onder een kopje.", "Zet er '### kopje' boven.")
        else:
            words = len(line.split()) - 1
            if words > MAX_PASSAGE_WORDS:
                what = f"Dit punt heeft {words} woorden."
                problem(number, what, f"Maak er twee punten van (hoogstens {MAX_PASSAGE_WORDS} woorden).")
            sections[section].append(Passage(item_id, section, line[2:].strip(), heading))

    required = [Section.SUMMARY, Section.SIMPLE, Section.HOW]
    if kind in KINDS_WITH_WHEN:
        required.append(Section.WHEN)
    for needed in required:
        if not sections.get(needed):
            problem(first_line, f"Het kopje '{needed.heading}' ontbreekt of is leeg.", "Voeg het toe, met tekst.")
    for found, passages in sections.items():
        if not passages and found not in required:
            problem(
                first_line,
                f"Onder het kopje '{found.heading}' staat niets.",
                "Vul het, of haal het kopje weg.",
            )
    summary = " ".join(p.text for p in sections.get(Section.SUMMARY, ()))
    if len(summary.split()) > MAX_SUMMARY_WORDS:
        problem(first_line, f"De samenvatting is te lang ({len(summary.split())} woorden).", "Maak haar korter.")
    simple = sentences(" ".join(p.text for p in sections.get(Section.SIMPLE, ())))
    if simple and len(simple) != 3:
        problem(first_line, f"'Eenvoudig' heeft {len(simple)} zinnen.", "Maak er precies drie.")
    for sentence in simple:
        if len(sentence.split()) > MAX_SIMPLE_SENTENCE_WORDS:
            what = f"Een zin onder 'Eenvoudig' is te lang: {sentence}"
            problem(first_line, what, f"Gebruik hoogstens {MAX_SIMPLE_SENTENCE_WORDS} woorden.")
    return sections, problems


def sentences(text: str) -> list[str]:
    """Splits running text at sentence ends."""
    return [part for part in re.split(r"(?<=[.!?])\s+", text.strip()) if part]


def _item(data: Mapping[str, Any], sections: Mapping[Section, list[Passage]]) -> Item:
    validity = data.get("geldig")
    passages = [p for section in Section for p in sections.get(section, ())]
    return Item(
        id=data["id"],
        title=data["titel"],
        name=data["naam"],
        kind=data["soort"],
        theme=data["thema"],
        roles=tuple(data["rollen"]),
        barriers=dict(data["belemmeringen"]),
        sectors=tuple(data["sectoren"]),
        weight=data["gewicht"],
        names=tuple(data["namen"]),
        aliases=tuple(data["alias"]),
        related=tuple(data["gerelateerd"]),
        sources=tuple(Source(s["document"], s["plaats"]) for s in data["bron"]),
        links=tuple(data["links"]),
        reviewed=date.fromisoformat(data["nagekeken"]).isoformat(),
        summary=" ".join(p.text for p in sections[Section.SUMMARY]),
        simple=" ".join(p.text for p in sections[Section.SIMPLE]),
        passages=tuple(p for p in passages if p.section not in (Section.SUMMARY, Section.SIMPLE)),
        parent=data.get("ouder", ""),
        validity=validity
        and Validity(
            status=validity["status"],
            text=validity["tekst"],
            since=validity.get("sinds", ""),
            alternatives=tuple(validity.get("alternatief", ())),
        ),
    )
