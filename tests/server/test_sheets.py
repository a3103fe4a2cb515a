"""The printable pages of a real server: every kind, as HTML and Markdown; made-up addresses; the content policy."""

from __future__ import annotations

import re

import pytest
import requests

from bot.conversation.turn import Knowledge
from tests.conftest import Server

PAGES = [
    "gesprekskaart/weinig_zelfvertrouwen?rol=leerambassadeur",
    "voorbereiding",
    "voorbereiding?belemmeringen=weinig_tijd,geen_geld",
    "argumenten",
    "vergelijking?onderwerpen=evc,leerambassadeurs,coaching",
    "samenvatting?onderwerpen=evc&belemmeringen=weinig_tijd&rol=medewerker&stap=navragen&bij=evc",
    "samenvatting?onderwerpen=evc,stap_budget&stap=later",
]
MADE_UP = [
    "onzin",
    "gesprekskaart",
    "gesprekskaart/onzin",
    "gesprekskaart/weinig_tijd?rol=koning",
    "gesprekskaart/weinig_tijd?naam=Jan",
    "voorbereiding/weinig_tijd",
    "voorbereiding?belemmeringen=%3Cscript%3E",
    "vergelijking?onderwerpen=evc",
    "vergelijking?onderwerpen=evc,evc",
    "vergelijking?onderwerpen=evc,coaching,leerambassadeurs,job_crafting",
    "samenvatting",
    "samenvatting?onderwerpen=evc&stap=navragen",
    "samenvatting?onderwerpen=evc&stap=zelf%20bedacht",
    "samenvatting?onderwerpen=evc&bij=evc",
    "samenvatting?onderwerpen=evc&vorm=pdf",
    "samenvatting?onderwerpen=evc&onderwerpen=coaching",
]


def get(server: Server, path: str) -> requests.Response:
    return requests.get(f"{server.url}/blad/{path}", timeout=30)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_to_print(server: Server, path: str) -> None:
    answer = get(server, path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    page = answer.text
    assert '<html lang="nl">' in page and page.count("<h1>") == 1
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"<style|style=|<script(?![^>]*src=)|\son[a-z]+=", page)  # nothing that the policy would stop
    assert "{" not in re.sub(r"<[^>]*>", "", page)  # no name left to fill in
    for address in re.findall(r'(?:href|src)="(/[^"]*)"', page):
        found = requests.get(server.url + address.replace("&amp;", "&"), timeout=30)
        assert found.status_code == 200, address


@pytest.mark.parametrize("path", PAGES)
def test_a_page_as_markdown(server: Server, path: str) -> None:
    answer = get(server, f"{path}{'&' if '?' in path else '?'}vorm=md")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/markdown")
    assert answer.headers["Content-Disposition"].endswith('.md"')
    assert answer.text.startswith("# ") and "## Bronnen" in answer.text and "<div" not in answer.text


@pytest.mark.parametrize("path", MADE_UP)
def test_a_made_up_address_gets_a_kind_page(server: Server, path: str) -> None:
    answer = get(server, path)
    assert answer.status_code == 404
    assert "Dit blad bestaat niet" in answer.text and 'href="/"' in answer.text
    assert "koning" not in answer.text and "<script>" not in answer.text


def test_every_barrier_has_a_card_to_print(server: Server, knowledge: Knowledge) -> None:
    for barrier, card in knowledge.guides.cards.items():
        page = get(server, f"gesprekskaart/{barrier}?vorm=md").text
        assert all(text in page for text in (*card.opening, *card.questions, *card.avoid, *card.next_step))
        assert all(fact.text in page for claim in card.arguments for fact in claim.facts)


def test_what_has_ended_is_said_to_have_ended(server: Server) -> None:
    assert "gestopt" in get(server, "samenvatting?onderwerpen=stap_budget&vorm=md").text


def test_the_page_of_a_talk_can_be_opened(server: Server, sender: str) -> None:
    server.say(sender, "ik ben leerambassadeur en ik ga zo praten met een collega die bang is voor school")
    told = server.say(sender, "/gesprekskaart")
    paths = re.findall(r"\]\(https?://[^/]+(/blad/[^)]*)\)", "\n".join(reply["text"] for reply in told))
    assert paths and requests.get(server.url + paths[0], timeout=30).status_code == 200
