"""The report of sixty talks held with the real agent: what it shows, and that it shows nobody."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest

from bot.insight import command
from bot.insight.reading import Conversation, Period, read
from bot.insight.report import Source, Table, tables
from bot.insight.suppression import SMALLEST, Hidden
from bot.storage import open_database
from tests.insight.talks import LAST_DAY, NAME, hold

Held = list[tuple[str, list[str]]]  # sender and messages

PERIOD = Period(LAST_DAY.date() - timedelta(31), LAST_DAY.date())


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    if request.param == "sqlite":
        return str(tmp_path_factory.mktemp("talks") / "gesprekken.db")
    server = request.getfixturevalue("postgres")
    server.rows("DROP TABLE IF EXISTS events")
    return str(server.url)


@pytest.fixture(scope="module")
def held(model: Path, database: str) -> Iterator[Held]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BOT_DATABASE", database)
        patch.setenv("BOT_MODEL", str(model))
        yield asyncio.run(hold(database))


@pytest.fixture(scope="module")
def conversations(held: Held, database: str) -> list[Conversation]:
    return list(read(open_database(database), PERIOD))


@pytest.fixture(scope="module")
def written(held: Held, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """File name -> text, of the page and the CSV files."""
    folder = tmp_path_factory.mktemp("report")
    paths = command.make(PERIOD, folder / "rapport.html", folder / "csv")
    return {path.name: path.read_text("utf-8-sig") for path in paths}


def test_all_talks_are_counted(conversations: list[Conversation]) -> None:
    assert len(conversations) == 60
    assert sum(c.judgement == "goed" for c in conversations) == 10
    assert sum("weinig_tijd" in c.barriers for c in conversations) >= 30
    assert sum(bool(c.linked) for c in conversations) >= 5
    assert sum(bool(c.unanswered) for c in conversations) >= 10
    assert any(c.care for c in conversations)


def test_the_page_shows_what_was_said_often_and_stands_alone(held: Held, written: dict[str, str]) -> None:
    page = written["rapport.html"]
    assert f">{held[1][1][0]}<" in page
    assert "<script" not in page and "<link" not in page
    assert not re.search(r"(?:src|href)=[\"']?(?!#)", page.replace("xlink:href", "href").replace('href="#', "#"))
    assert page.count("<svg") == 4
    assert "te weinig tijd" in unescape(page)


def test_nobody_is_in_it(held: Held, written: dict[str, str]) -> None:
    everything = unescape("\n".join(written.values())).lower()
    often, once = held[1][1][0], held[4][1][0]
    for sender, said in held:
        assert sender not in everything
        for sentence in said:
            if sentence != often and len(sentence.split()) > 3:
                assert sentence.lower() not in everything
    for secret in (
        NAME.lower(),
        "fleur",
        "wieringen",
        "voorbeeld.nl",
        "[naam]",
        "proefpersoon",
        f">{once}<",
        f"\n{once};",
    ):
        assert secret not in everything


def test_no_number_of_people_under_five_is_shown(written: dict[str, str]) -> None:
    """In the CSV files every number; in the page every number cell and every label of a chart."""
    for name, text in written.items():
        cells = (
            re.findall(r'<td class="number[^>]*>([^<]*)</td>', text)
            if name == "rapport.html"
            else [cell for line in text.splitlines()[1:] for cell in line.split(";")[1:]]
        )
        if name == "ontbreekt.csv":  # how many items there are is no number of people
            cells = [cell for line in text.splitlines()[1:] for cell in (line.split(";")[2], line.split(";")[4])]
        options = set() if name != "rapport.html" else {row[3] for row in _rows(written["ontbreekt.csv"])}
        small = {cell for cell in cells if cell.isdigit() and 0 < int(cell) < SMALLEST} - options
        assert not small, (name, small)
    drawn = re.findall(r"<text[^>]*>([^<]*)</text>", written["rapport.html"])
    assert not [label for label in drawn if label.isdigit() and 0 < int(label) < SMALLEST]


def _rows(text: str) -> list[list[str]]:
    return [line.split(";") for line in text.splitlines()[1:]]


def test_what_is_hidden_of_a_role_is_hidden_everywhere(conversations: list[Conversation]) -> None:
    found = {table.name: table for table in tables(conversations, _source())}
    hidden = {row[0] for row in found["rollen"].rows if isinstance(row[1], Hidden)}
    assert hidden, "the talks hold a role that few people have"
    assert not {row[0] for row in found["rol_verloop"].rows} & hidden
    roles = found["belemmering_rol"].head[1:]
    for row in found["belemmering_rol"].rows:
        assert all(isinstance(c, Hidden) for role, c in zip(roles, row[1:], strict=True) if role in hidden)


def test_few_talks_give_no_report(conversations: list[Conversation]) -> None:
    only = tables(conversations[:4], _source())
    assert [table.rows for table in only] == [[("gesprekken", Hidden.SMALL)]]
    assert tables([], _source())[0].rows == [("gesprekken", 0)]


def test_a_combination_without_content_is_named() -> None:
    day = date(2026, 11, 2)
    talk = Conversation(day, 3, role="or", barriers=frozenset({"taal"}))
    asked = Conversation(day, 3, role="hr", barriers=frozenset({"taal"}), other=2)
    fine = Conversation(day, 3, role="hr", barriers=frozenset({"prive"}))
    coverage = {"taal": {"or": 2, "hr": 9}, "prive": {"hr": 9}}
    found = _table(tables([talk] * 6 + [asked] * 7 + [fine] * 8, _source(coverage)), "ontbreekt")
    assert found.rows == [("taal", "or", 6, 2, 0), ("taal", "hr", 7, 9, 7)]


def test_a_long_period_goes_by_month() -> None:
    year = Period(date(2026, 1, 1), date(2026, 12, 31))
    talks = [Conversation(date(2026, 3, n + 1), 2, role="hr") for n in range(6)]
    found = _table(tables(talks, _source(period=year)), "verloop")
    assert found.rows[2] == ("2026-03", 6) and len(found.rows) == 12


def test_a_masked_sentence_is_not_shown_however_often() -> None:
    talks = [Conversation(date(2026, 11, 2), 2, unanswered=("ik heet [naam]",))] * 9
    assert _table(tables(talks, _source()), "zonder_antwoord").rows == []


def test_a_period_that_ends_before_it_begins() -> None:
    with pytest.raises(command.ReportError, match="--van"):
        command.chosen_period(date(2026, 11, 2), date(2026, 11, 1), date(2026, 11, 20))
    assert command.chosen_period(None, None, date(2026, 11, 30)).days == 30


def _source(coverage: dict[str, dict[str, int]] | None = None, period: Period = PERIOD) -> Source:
    return Source(period, coverage or {}, {}, lambda _, key: key)


def _table(found: list[Table], name: str) -> Table:
    return next(table for table in found if table.name == name)
