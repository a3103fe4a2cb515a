"""Metrics of a real server, the dashboard that shows them, and what they do not tell."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from bot.paths import CONTENT, ROOT
from tests.conftest import Server
from tests.insight.talks import GIBBERISH

TOKEN = "meet-maar"
DASHBOARD = ROOT / "deploy" / "grafana" / "interventiewijzer.json"
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def scrape(server: Server) -> Samples:
    answer = requests.get(f"{server.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10)
    answer.raise_for_status()
    assert answer.headers["content-type"].startswith("text/plain")
    families = text_string_to_metric_families(answer.text)
    return {
        (sample.name.removeprefix("interventiewijzer_"), tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(CONTENT, tmp_path_factory.mktemp("content") / "content"))


@pytest.fixture(scope="module")
def measured(start_server: Callable[..., Server], content: Path) -> Server:
    server = start_server(BOT_METRICS_TOKEN=TOKEN, BOT_CONTENT=str(content))
    for message in ('/vertellen{"belemmering": "weinig_tijd", "rol": "medewerker"}', "de eerste", "iets anders"):
        server.say("iemand-die-praat", message)
    for number, message in enumerate(GIBBERISH):
        server.say(f"een-ander-{number}", message)
    server.say("een-derde", "/nood")
    server.post(sender="iemand-die-praat", message="hallo", input_channel="verzonnen kanaal")
    return server


def test_what_happened_is_counted(measured: Server) -> None:
    found = scrape(measured)
    assert found["messages_total", (("channel", "rest"),)] == 5 + len(GIBBERISH)
    assert found["message_seconds_count", (("channel", "rest"),)] == 5 + len(GIBBERISH)
    assert found["active_conversations", ()] == 2 + len(GIBBERISH)
    assert found["intents_total", (("intent", "zorg"),)] == 1
    assert found["intents_total", (("intent", "anders"),)] >= 1
    without_answer = [
        ("not_understood_total", ()),
        ("out_of_scope_total", ()),
        ("intents_total", (("intent", "andere_taal"),)),
    ]
    assert sum(found.get(key, 0) for key in without_answer) >= 2
    suggested = {labels[0][1] for (name, labels) in found if name == "suggested_total"}
    assert len(suggested) >= 6
    assert sum(value for (name, _), value in found.items() if name == "explained_total") == 1
    [(name, labels)] = [key for key in found if key[0] == "info"]
    assert dict(labels).keys() == {"model", "language_model", "content"} and found[name, labels] == 1


def test_no_label_is_free_text(measured: Server) -> None:
    """Channels, intents and items are names of ours; what a client sends as its channel is not taken over."""
    text = json.dumps([[name, labels] for name, labels in scrape(measured)])
    for secret in ("verzonnen", "iemand", *GIBBERISH, "weinig_tijd", "medewerker", "nood", "grensoverschrijding"):
        assert secret not in text


def test_every_query_of_the_dashboard_has_its_metric(measured: Server) -> None:
    """Counters that nothing was counted of yet have no line; those are in the registry."""
    from bot.operation import metrics

    names = {sample for family in metrics._registry.collect() for sample in _names(family.name, family.type)}
    panels = json.loads(DASHBOARD.read_text("utf-8"))["panels"]
    asked = {
        name
        for panel in panels
        for target in panel["targets"]
        for name in re.findall(r"interventiewijzer_\w+", target["expr"])
    }
    assert asked <= names
    assert {f"interventiewijzer_{name}" for name, _ in scrape(measured)} <= names
    base = {re.sub(r"_(total|bucket|sum|count|created)$", "", name) for name in asked}
    assert base == {family.name for family in metrics._registry.collect()}, "a metric that no panel shows"
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in panels)


def _names(name: str, kind: str) -> list[str]:
    endings = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}.get(kind, [""])
    return [name + ending for ending in endings]


def test_changed_content_changes_the_version_and_mistakes_are_counted(measured: Server, content: Path) -> None:
    def version() -> str:
        return next(dict(labels)["content"] for name, labels in scrape(measured) if name == "info")

    before = version()
    item = sorted(content.glob("*/*.md"))[0]
    good = item.read_text("utf-8")
    item.write_text(good.replace("---\n", "---\nonzin: ja\n", 1), "utf-8")
    wait_for(lambda: scrape(measured).get(("content_reloads_total", (("result", "fout"),))) == 1)
    assert version() == before
    item.write_text(good + "\n\n", "utf-8")
    wait_for(lambda: scrape(measured).get(("content_reloads_total", (("result", "ok"),))) == 1)
    assert version() != before


def test_without_the_token_there_is_nothing(measured: Server, server: Server) -> None:
    assert requests.get(f"{server.url}/metrics", timeout=10).status_code == 404
    for header in ({}, {"Authorization": "Bearer verkeerd"}, {"Authorization": TOKEN}):
        assert requests.get(f"{measured.url}/metrics", headers=header, timeout=10).status_code == 401


def test_several_processes_are_added_up_and_a_killed_one_leaves_no_gauge(tmp_path: Path) -> None:
    """Two processes that share the folder, as the children of a supervisor do; one is killed."""
    script = (
        "import asyncio, sys, time\n"
        "from bot.operation import metrics\n"
        "metrics.tell(model='m', language_model='l', content='c')\n"
        "async def handle(message): pass\n"
        "class Message: sender_id = 'x'\n"
        "asyncio.run(metrics.measured(handle, 'rest')(Message()))\n"
        "sys.argv[1:] and print(metrics.exposition().decode(), flush=True)\n"
        "print('klaar', flush=True); time.sleep(60)\n"
    )
    environment = {**os.environ, "BOT_METRICS_TOKEN": TOKEN, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}

    def start(*arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", script, *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )

    first, second = start(), start()
    try:
        assert first.stdout and first.stdout.readline() == "klaar\n"
        assert second.stdout and second.stdout.readline() == "klaar\n"
        second.send_signal(signal.SIGKILL)
        second.wait()
        third = start("show")
        try:
            assert third.stdout
            shown = "".join(iter(third.stdout.readline, "klaar\n"))
        finally:
            third.kill()
    finally:
        first.kill()
        second.kill()
    assert 'interventiewijzer_messages_total{channel="rest"} 3.0' in shown
    assert "interventiewijzer_active_conversations 2.0" in shown
    assert 'interventiewijzer_info{content="c",language_model="l",model="m"} 2.0' in shown


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.3)
