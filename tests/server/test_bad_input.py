"""Whatever is sent: a Dutch answer or a proper HTTP error, no secret in the log, no lost conversation."""

from __future__ import annotations

import pytest
import requests

from tests.conftest import TOKEN, Server

ODD_MESSAGES = {
    "leeg": "",
    "spaties": "   ",
    "vraagtekens": "???",
    "lang": "ik heb geen tijd " * 1200,
    "een lang woord": "a" * 20_000,
    "emoji": "😀😀😀",
    "html": "<b>hoi</b><script>alert(1)</script>",
    "onbekende knop": "/bestaat_niet",
    "knop van Rasa": "/restart",
    "knop met kapotte JSON": '/vraag_uitleg{"interventie": ',
    "knop van een optie die weg is": '/vraag_uitleg{"interventie": "bestaat_niet_meer"}',
    "knop met een onbekend onderdeel": '/vraag_uitleg{"interventie": "leerambassadeurs", "onderdeel": "prijs"}',
    "knop met een raar deel": '/vraag_uitleg{"interventie": "evc", "onderdeel": "werkwijze", "deel": "-99"}',
    "knop met een onbekende belemmering": '/vertellen{"belemmering": "maandag"}',
    "knop met een lijst": '/vertellen{"belemmering": ["weinig_tijd", "geen_geld"]}',
    "knop met een getal": '/vraag_uitleg{"interventie": 5}',
    "schuine streep": "/ of niet",
    "stuurtekens": "hoi\x00\x07\x1bdaar",
    "accolades": "{naam} {0} %s",
    "arabisch": "مرحبا، هل يمكنك مساعدتي؟",
}


@pytest.mark.parametrize("message", ODD_MESSAGES.values(), ids=ODD_MESSAGES.keys())
def test_an_odd_message_gets_an_answer_and_the_talk_goes_on(server: Server, sender: str, message: str) -> None:
    server.say(sender, '/vertellen{"rol": "medewerker", "belemmering": "weinig_tijd"}')
    replies = server.say(sender, message)
    assert replies and all(reply["text"].strip() for reply in replies)
    assert "Er ging iets mis" not in replies[0]["text"]
    assert "<script>" not in str(replies)
    assert "weinig_tijd" in server.slots(sender)["belemmeringen"]
    assert server.say(sender, '/vraag_uitleg{"interventie": "leerambassadeurs"}')


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{niet echt json", "geen geldige JSON"),
        (b"[1, 2]", "JSON-object"),
        (b"\xff\xfe\x00binair", "geen geldige JSON"),
        (b'{"sender": "a"}', "'message'"),
        (b'{"sender": "a", "message": 5}', "'message'"),
        (b'{"sender": 5, "message": "hoi"}', "'sender'"),
        (b'{"sender": "", "message": "hoi"}', "'sender'"),
        (b"", "JSON-object"),
    ],
)
def test_a_bad_request_is_refused_with_a_reason(server: Server, body: bytes, words: str) -> None:
    answer = requests.post(
        f"{server.url}/webhooks/rest/webhook",
        data=body,
        headers={"Content-Type": "application/json"},
        timeout=30,
    )
    assert answer.status_code == 400
    assert words in answer.json()["fout"]


def test_a_huge_body_is_refused(server: Server) -> None:
    assert server.post(sender="a", message="x" * 500_000).status_code == 413


def test_the_http_api_needs_its_token(server: Server) -> None:
    for path in ("/status", "/conversations/x/tracker", "/domain"):
        assert requests.get(server.url + path, timeout=10).status_code == 401
        assert requests.get(server.url + path, params={"token": "fout"}, timeout=10).status_code == 401


def test_no_secret_is_logged(server: Server) -> None:
    assert TOKEN not in server.log.read_text("utf-8")
