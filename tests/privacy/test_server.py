"""A real server at its most talkative: what of a conversation is in the database file and in the log."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from tests.conftest import TOKEN, Server

# Each holds a word that occurs nowhere else.
TALK = [
    "/start",
    "ik werk als straatmaker en kom nergens aan toe, zei Wilhelmina Zandstra",
    "wat kost dat, vraagt mijn buurman de poolvos?",
    "mijn mail is kwikstaart@voorbeeld.nl en mijn nummer 06-12345678",
    "mijn bsn is 123456782 en ik woon op Ooievaarstraat 12",
    "ik wil niet meer leven, de nachtegaal zingt",
    "jij stomme roerdomp",
]
PERSONAL = ("Wilhelmina", "Zandstra", "kwikstaart", "12345678", "123456782", "Ooievaarstraat")
CARE = ("leven, de", "nachtegaal")
WORDS = (*PERSONAL, *CARE, "straatmaker", "poolvos", "roerdomp")
SENDER = "afzender-buizerd"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("privacy")


@pytest.fixture(scope="module")
def talkative(start_server: Callable[..., Server], folder: Path) -> Server:
    server = start_server(folder, LOG_LEVEL="DEBUG", LOG_FORMAT="json")
    for message in TALK:
        assert server.say(SENDER, message)
    return server


def stored(folder: Path) -> str:
    return b"".join(file.read_bytes() for file in sorted(folder.glob("gesprekken.db*"))).decode("utf-8", "replace")


def test_only_masked_text_and_no_word_about_care_is_stored(talkative: Server, folder: Path) -> None:
    kept = stored(folder)
    assert "straatmaker" in kept and "poolvos" in kept  # what may be kept is there
    assert [word for word in (*PERSONAL, *CARE) if word in kept] == []
    assert "zorg: niet bewaard" in kept


def test_the_log_is_json_lines_without_words_or_sender(talkative: Server) -> None:
    talkative.post(sender=SENDER, message={"geen": "roerdomp"})
    lines = [line for line in talkative.log.read_text("utf-8").splitlines() if line.startswith("{")]
    events = [json.loads(line) for line in lines]
    saved = [event for event in events if event["event"] == "message saved"]
    assert len(saved) >= len(TALK)
    assert len({event["conversation"] for event in saved}) == 1
    log = talkative.log.read_text("utf-8")
    assert [word for word in (*WORDS, SENDER, "buizerd") if word in log] == []


def test_what_comes_in_by_the_http_api_is_masked_too(talkative: Server, folder: Path) -> None:
    body = {"text": "ik heb geen tijd om te leren, groet Wilhelmina, kwikstaart@voorbeeld.nl", "sender": "user"}
    address = f"{talkative.url}/conversations/api-afzender/messages"
    assert requests.post(address, params={"token": TOKEN}, json=body, timeout=30).ok
    kept = stored(folder)
    assert "Wilhelmina" not in kept and "kwikstaart" not in kept
    assert "groet [naam], [e-mail]" in kept


def test_a_sender_that_is_an_address_is_refused(talkative: Server) -> None:
    answer = talkative.post(sender="kwikstaart@voorbeeld.nl", message="hoi")
    assert answer.status_code == 400
    assert "willekeurige code" in answer.json()["fout"]


def test_erase_my_data_leaves_nothing_and_another_conversation_stays(talkative: Server, folder: Path) -> None:
    talkative.say("blijvend-gesprek", "ik kom nergens aan toe, zegt de wielewaal")
    assert SENDER in stored(folder)
    answers = talkative.say(SENDER, "wis mijn gegevens")
    assert re.search(r"gewist", " ".join(answer["text"] for answer in answers))
    kept = stored(folder)
    assert [word for word in (SENDER, "straatmaker", "poolvos", "roerdomp") if word in kept] == []
    assert "wielewaal" in kept
    assert talkative.slots(SENDER)["belemmeringen"] in (None, [])
