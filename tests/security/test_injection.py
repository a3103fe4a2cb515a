"""No script comes in through messages, addresses or content."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from urllib.parse import quote

import pytest
import requests

from bot.content.model import ContentError
from bot.conversation.reply import Card, LinkButton, Reply
from bot.knowledge import load_knowledge
from bot.paths import CONTENT, ROOT
from bot.rendering.slack import render
from tests.conftest import Server

MAKES_HTML = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function"
ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[klik](javascript:alert(1))",
    "<svg/onload=alert(1)>",
    "{{7001*7001}}${7001*7001}<%= 7001*7001 %>",
    "<!channel> <@U123|jij> <https://evil.example|intranet>",
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_message_comes_back_as_text_if_at_all(server: Server, sender: str, attack: str) -> None:
    answer = server.post(sender=sender, message=f"ik heb geen tijd {attack}")
    assert (
        answer.headers["Content-Type"] == "application/json" and answer.headers["X-Content-Type-Options"] == "nosniff"
    )
    assert attack not in answer.text and "49014001" not in answer.text


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_page_shows_nothing_of_its_address(server: Server, attack: str) -> None:
    for path, query in (
        (f"/blad/{quote(attack, safe='')}", {}),
        (f"/blad/gesprekskaart/{quote(attack, safe='')}", {}),
        ("/blad/samenvatting", {"onderwerpen": attack}),
        ("/blad/argumenten", {attack: attack}),
        ("/blad/argumenten", {"vorm": attack}),
        (f"/{quote(attack, safe='')}", {}),
    ):
        answer = requests.get(server.url + path, params=query, headers={"Accept": "text/html"}, timeout=10)
        assert answer.status_code == 404
        assert attack not in answer.text and "alert" not in answer.text and "evil" not in answer.text


def test_slack_shows_markup_of_others_as_text() -> None:
    reply = Reply(ATTACKS[-1], cards=(Card(ATTACKS[-1], ATTACKS[-1]),), links=(LinkButton("x", "https://example.org"),))
    for part in render(reply, load_knowledge(CONTENT).phrases, owner="a"):
        assert not re.search(r"<[!@]", str(part.blocks) + part.text)
        assert "<https://evil" not in str(part.blocks)


def test_the_chat_window_never_makes_html_of_text() -> None:
    """tests/browser/test_messages.py and test_conversation.py see the same in a browser."""
    for path in sorted((ROOT / "widget").glob("*.js")):
        found = re.findall(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", path.read_text()
        )
        assert not found, path.name


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "content"
    shutil.copytree(CONTENT, copy)
    return copy


CODE = {
    "a script": "<script>alert(1)</script>",
    "a script in capitals": "<ScRiPt src=//evil.example>",
    "a picture": "<img src=x onerror=alert(1)>",
    "a comment": "<!-- weg -->",
    "an address that runs": "[klik](javascript:alert(1))",
    "an address that runs, spaced": "[klik](JaVaScript :alert(1))",
    "a page in an address": "[klik](data:text/html;base64,AAAA)",
}


@pytest.mark.parametrize("code", CODE.values(), ids=CODE.keys())
@pytest.mark.parametrize("name", ["ontwikkel/item", "teksten.yml", "links.yml", "gesprekskaart"])
def test_code_in_content_is_refused_with_file_and_line(folder: Path, name: str, code: str) -> None:
    if name == "ontwikkel/item":
        path = sorted(folder.glob("ruimte/*.md"))[0]
    elif name == "gesprekskaart":
        path = folder / "gesprekskaarten" / "weinig_tijd.md"
    else:
        path = folder / name
    lines = path.read_text("utf-8").split("\n")
    number = next(n for n, line in enumerate(lines) if re.match(r"- \w|\s*\w+: \"\w", line) and n > 20)
    lines[number] = re.sub(r"(- |: \")", lambda match: match[0] + code.replace('"', "") + " ", lines[number], count=1)
    path.write_text("\n".join(lines), "utf-8")
    with pytest.raises(ContentError) as caught:
        load_knowledge(folder)
    mistakes = [p for p in caught.value.problems if p.file.endswith(path.name) and p.line == number + 1]
    assert any("Hier staat code" in problem.what for problem in mistakes), caught.value


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://example.org/", "//example.org", "https://[", "data:,"])
def test_a_link_that_is_no_web_address_is_refused(folder: Path, url: str) -> None:
    path = folder / "links.yml"
    path.write_text(re.sub(r'url: "[^"]*"', f'url: "{url}"', path.read_text("utf-8"), count=1), "utf-8")
    with pytest.raises(ContentError) as caught:
        load_knowledge(folder)
    assert all(problem.file.endswith("links.yml") and problem.line > 1 for problem in caught.value.problems)
