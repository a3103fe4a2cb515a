"""A stored conversation, and one of tests/conversations/, printed for people to read."""

from __future__ import annotations

import os
import subprocess
import sys

from bot.paths import ROOT
from bot.transcript import Line, Talk, as_page, as_text
from tests.conftest import Server


def printed(*arguments: str, database: object = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", "gesprek", *arguments],
        cwd=ROOT,
        env={**os.environ, "BOT_DATABASE": str(database)},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_a_stored_conversation_is_printed(server: Server, sender: str) -> None:
    server.say(sender, "ik heb geen tijd om te leren")
    server.say(sender, "de eerste")
    done = printed(sender, database=server.database)
    assert done.returncode == 0, done.stderr
    assert "> ik heb geen tijd om te leren" in done.stdout
    assert "> de eerste" in done.stdout
    assert "Iets anders" in done.stdout
    unknown = printed("bestaat-niet", database=server.database)
    assert unknown.returncode == 1
    assert sender in unknown.stderr


def test_a_written_conversation_is_held_and_printed_as_a_page() -> None:
    done = printed("tests/conversations/nood.yml", "--html")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("<!doctype html>")
    assert "0800-0113" in done.stdout


def test_a_page_shows_what_was_said_as_text_only() -> None:
    talk = Talk("proef", [Line("mens", "<script>x</script>"), Line("bot", "hoi\ndag", ["Ja & nee"])])
    page = as_page([talk])
    assert "<script>x" not in page
    assert "&lt;script&gt;" in page
    assert "Ja &amp; nee" in page
    assert as_text([talk]) == "== proef\n> <script>x</script>\n  hoi\n  dag\n  [Ja & nee]"
