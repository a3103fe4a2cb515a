"""What is in force: one block at the start, and `python -m bot instellingen`. Secrets are shown only as set."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import rasa.core.run
from rasa.core.utils import AvailableEndpoints

from bot.address import public, sites
from bot.inprocess import InProcessActions
from bot.knowledge import store
from bot.nlu.language_model import available_model
from bot.operation.metrics_folder import TOKEN
from bot.operation.versions import chosen, model_name
from bot.paths import CREDENTIALS, ENDPOINTS, ROOT
from bot.privacy.settings import retention_days


def settings_report(model: Path, endpoints: AvailableEndpoints) -> str:
    """`model`: the one that is or will be served."""
    lines = facts(model, endpoints)
    width = max(map(len, lines))
    return "\n".join(["Instellingen", *(f"  {name:{width}}  {value}" for name, value in lines.items())])


def facts(model: Path, endpoints: AvailableEndpoints) -> dict[str, str]:
    """Name -> value, in Dutch."""
    content = store()
    contact = os.environ.get("BOT_CONTACT_NAAM")
    state = "teruggezet" if model == chosen() else "" if model.is_file() else "nog niet getraind"
    return {
        "openbaar adres": public("/"),
        "model": " ".join(filter(None, [model_name(model), f"({state})" if state else ""])),
        "taalmodel": available_model(),
        "inhoud": f"{content.version} ({len(content.current.library.items)} onderwerpen, {_shown(content.folder)})",
        "opslag": _place(endpoints.tracker_store) or "in het geheugen",
        "sloten": _place(endpoints.lock_store) or "in het proces",
        "event broker": _place(endpoints.event_broker) or "geen",
        "kanalen": ", ".join(_channels()),
        "acties": "in het proces" if isinstance(endpoints.action, InProcessActions) else _place(endpoints.action),
        "bewaartermijn": f"{retention_days()} dagen",
        "maskeren": "aan",
        "contact": contact or "niet ingesteld: de bot noemt algemene plekken",
        "sites": " ".join(sites()) or "alleen de eigen pagina's",
        "HTTP-API van Rasa": "aan, met token" if os.environ.get("BOT_API_TOKEN") else "uit",
        "metingen": "aan, met token" if os.environ.get(TOKEN) else "uit",
        "geheim voor codes": "ingesteld" if os.environ.get("BOT_SECRET") else "niet ingesteld",
        "logboek": f"{os.environ.get('LOG_LEVEL', 'WARNING')}, {os.environ.get('LOG_FORMAT') or 'tekst'}",
    }


def _channels() -> list[str]:
    channels = rasa.core.run.create_http_input_channels(None, str(CREDENTIALS))
    return [f"{channel.name()} {'aan' if getattr(channel, 'on', True) else 'uit'}" for channel in channels]


def _place(config: Any) -> str:
    """Where a part of endpoints.yml is, without the password that its address may hold."""
    if config is None:
        return ""
    place = str(config.kwargs.get("db") or config.url or config.kwargs.get("host") or "")
    if "://" not in place:
        return _shown(Path(place)) if place else str(config.type or "")
    try:
        parts = urlsplit(place)
        return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"
    except ValueError:
        return f"een adres in {ENDPOINTS.name}"


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)
