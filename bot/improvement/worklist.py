"""Writes what was missed in stored conversations to a file in which an editor labels it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig

from bot.improvement.groups import group
from bot.improvement.missed import Missed, missed
from bot.paths import DOMAIN
from bot.privacy.masking import mask

_HEAD = """\
# Wat de bot niet goed begreep, gemaskeerd. Wat op elkaar lijkt, staat bij elkaar.
# Vul onder 'label' in wat de zin wel is. Laat weg wat er niet in staat. Een zin die niemand helpt, haal je weg.
#   intent: wat iemand doet (vertellen, vraag_kosten, buiten_bereik, ...)
#   rol, belemmeringen, sector: de sleutels uit content/taxonomie.yml
# Zet de gelabelde zinnen daarna in data/nlu/, onder hun labels. Staat er nog iets in dat over een persoon gaat?
# Herschrijf dat eerst.
"""


def write_worklist(path: Path, store: EndpointConfig, days: float) -> int:
    """Reads the conversations of the last `days` from the tracker store (a setting as in endpoints.yml) and writes
    `path`. Returns the number of different sentences; writes nothing when there are none."""
    found = asyncio.run(_read(store, time.time() - days * 86400))
    listed = worklist(found)
    if listed:
        path.parent.mkdir(parents=True, exist_ok=True)
        text = yaml.safe_dump({"groepen": listed}, allow_unicode=True, sort_keys=False, width=110)
        path.write_text(f"{_HEAD}{text}", "utf-8")
    return sum(len(entry["zinnen"]) for entry in listed)


async def _read(setting: EndpointConfig, since: float) -> list[Missed]:
    """What was missed in every stored conversation; without the names of their senders."""
    store = TrackerStore.create(setting, domain=Domain.load(str(DOMAIN)))
    found = []
    for sender in await store.keys():
        tracker = await store.retrieve_full_tracker(sender)
        events = tracker.events if tracker else ()
        found += missed(event.as_dict() for event in events if (event.timestamp or 0.0) >= since)
    return found


def worklist(found: Iterable[Missed]) -> list[dict[str, Any]]:
    """Groups of like sentences, masked, each sentence once with the times it was said, the largest group first."""
    said: dict[str, list[Missed]] = {}
    for one in found:
        said.setdefault(" ".join(mask(one.text).split()), []).append(one)
    sentences = sorted(said, key=lambda text: -len(said[text]))
    groups = [
        [_entry(sentences[place], said[sentences[place]]) for place in sorted(places)] for places in group(sentences)
    ]
    groups.sort(key=lambda entries: -sum(entry["keer"] for entry in entries))
    return [{"keer": sum(e["keer"] for e in entries), "zinnen": entries} for entries in groups]


def _entry(text: str, times: Sequence[Missed]) -> dict[str, Any]:
    last = times[-1]
    guess: dict[str, Any] = {"intent": f"{last.intent} {last.confidence:.2f}"}
    if last.barriers:
        guess["belemmeringen"] = [f"{key} {value:.2f}" for key, value in last.barriers]
    guess |= {name: value for name, value in (("rol", last.role), ("sector", last.sector)) if value}
    return {
        "zin": text,
        "keer": len(times),
        "waarom": sorted({reason for one in times for reason in one.reasons}),
        "gok": guess,
        "label": {"intent": None, "rol": None, "belemmeringen": [], "sector": None},
    }
