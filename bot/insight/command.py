"""Makes the report: `python -m bot rapport`."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from rasa.core.tracker_store import TrackerStore

from bot.content.report import coverage
from bot.insight import page
from bot.insight.reading import Period, read
from bot.insight.report import Source, tables
from bot.knowledge import knowledge
from bot.paths import BUILD
from bot.privacy.settings import retention_days
from bot.server import read_endpoints

REPORT = BUILD / "rapport.html"


class ReportError(Exception):
    """The report cannot be made; the message says why."""


def chosen_period(first: date | None, last: date | None, today: date) -> Period:
    """Up to today, as long as conversations are kept, unless told otherwise. Raises ReportError."""
    last = last or today
    first = first or last - timedelta(retention_days() - 1)
    if first > last:
        raise ReportError(f"De periode begint op {first} en eindigt op {last}. Geef --van een dag voor --tot.")
    return Period(first, last)


def make(period: Period, target: Path = REPORT, csv_folder: Path | None = None) -> list[Path]:
    """Writes the page, and the CSV files when a folder is given; returns what was written."""
    known = knowledge()
    conversations = list(read(TrackerStore.create(read_endpoints().tracker_store).engine, period))
    names = {group: known.phrases.group(group) for group in ("belemmeringen", "sectoren")}
    names["rollen"] = {role: role.upper() if len(role) <= 2 else role for role in known.library.taxonomy.roles}
    titles = {key: item.title for key, item in known.library.items.items()}
    source = Source(period, coverage(known.library), titles, lambda group, key: names[group].get(key, key))
    found = tables(conversations, source)
    facts = {"Periode": f"{_dutch(period.first)} tot en met {_dutch(period.last)}", "Gemaakt op": _dutch(date.today())}
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page.html(found, facts), "utf-8")
    return [target, *(page.write_csv(found, csv_folder) if csv_folder else [])]


def _dutch(day: date) -> str:
    return f"{day.day}-{day.month}-{day.year}"
