"""The block of settings at the start: complete, and without secrets."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.core.utils import AvailableEndpoints
from rasa.utils.endpoints import EndpointConfig

from bot.operation.settings_report import facts
from bot.server import read_endpoints
from tests.conftest import Server


def test_a_server_says_at_its_start_what_is_in_force(server: Server) -> None:
    log = server.log.read_text("utf-8")
    block = log[log.index("Instellingen") : log.index("De Interventiewijzer staat klaar")]
    for name in ("model", "taalmodel", "inhoud", "opslag", "sloten", "kanalen", "bewaartermijn", "maskeren", "acties"):
        assert f"\n  {name} " in block
    assert "rest aan" in block and "slack uit" in block and "teams uit" in block and "metrics uit" in block
    assert "sleutel-voor-de-tests" not in block
    assert f"http://localhost:{server.port}/" in block


def test_passwords_and_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_SECRET", "geheim-1")
    monkeypatch.setenv("BOT_METRICS_TOKEN", "geheim-2")
    monkeypatch.setenv("BOT_API_TOKEN", "geheim-3")
    endpoints = AvailableEndpoints(
        tracker_store=EndpointConfig(db="postgresql://bot:geheim-4@db.example.org:5432/gesprekken"),
        lock_store=EndpointConfig(url="redis://:geheim-5@redis.example.org/0"),
        action=EndpointConfig(url="http://naam:geheim-6@acties.example.org:5055/webhook"),
    )
    found = facts(Path("models/interventiewijzer-abc.tar.gz"), endpoints)
    assert "geheim" not in "".join(found.values())
    assert found["opslag"] == "postgresql://db.example.org:5432/gesprekken"
    assert found["sloten"] == "redis://redis.example.org/0"
    assert found["acties"] == "http://acties.example.org:5055/webhook"
    assert found["model"] == "abc (nog niet getraind)"
    assert found["HTTP-API van Rasa"] == found["metingen"] == "aan, met token"
    assert found["geheim voor codes"] == "ingesteld"


def test_the_defaults(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("BOT_SECRET", "BOT_METRICS_TOKEN", "BOT_API_TOKEN", "BOT_CONTACT_NAAM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BOT_DATABASE", str(tmp_path / "x.db"))
    found = facts(Path("m"), read_endpoints())
    assert found["opslag"] == str(tmp_path / "x.db")
    assert found["acties"] == "in het proces" and found["geheim voor codes"] == "niet ingesteld"
