"""A payload made by hand does no more than the bot's own buttons do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rasa.shared.core.constants import DEFAULT_INTENTS
from rasa.shared.core.domain import Domain

from bot.conversation.reply import payload
from bot.conversation.turn import Knowledge
from bot.incoming import UNKNOWN_BUTTON, prepare
from bot.paths import ROOT
from bot.payload import HEARD_ONLY
from tests.conftest import Server

# Everything a button may ask for. An intent that is new in the domain needs a decision: may anyone ask for it?
FOR_PEOPLE = set(
    """
    afscheid anders argumenten bedanken bevestigen corrigeren eenvoudiger feedback_goed feedback_slecht gesprekskaart
    grensoverschrijding groeten herhalen kiezen mens nood ontkennen opnieuw overslaan privacy samenvatting scan start
    terug vergelijken vertellen voorbereiding vraag_bewijs vraag_bot vraag_bron vraag_contact vraag_feit vraag_kosten
    vraag_let_op vraag_link vraag_opties vraag_tijd vraag_uitleg vraag_voorbeelden vraag_voorwaarden vraag_wanneer
    waarom wissen
    """.split()
)


@pytest.fixture(scope="module")
def intents() -> set[str]:
    return set(Domain.from_path(str(ROOT / "domain.yml")).intents) - set(DEFAULT_INTENTS)


def test_which_intents_a_button_may_carry(intents: set[str]) -> None:
    assert {intent for intent in intents if prepare(f"/{intent}", intents) == f"/{intent}"} == FOR_PEOPLE
    assert intents == FOR_PEOPLE | HEARD_ONLY


FORGED = {
    "a role that is none": '/vertellen{"rol": "directeur"}',
    "words as a role": '/vertellen{"rol": "<img src=x onerror=alert(1)>"}',
    "a list of roles": '/vertellen{"rol": ["medewerker", "hr"]}',
    "a barrier that is none": '/vertellen{"belemmering": "maandag"}',
    "a wrong one among barriers": '/vertellen{"belemmering": ["weinig_tijd", "maandag"]}',
    "a list without barriers": '/vertellen{"belemmering": []}',
    "a barrier many times": json.dumps({"belemmering": ["weinig_tijd"] * 90}).join(["/vertellen", ""]),
    "a list in a list": '/vertellen{"belemmering": [["weinig_tijd"]]}',
    "an object": '/vertellen{"belemmering": {"weinig_tijd": 1}}',
    "a sector that is none": '/vertellen{"sector": "ruimtevaart"}',
    "an item that is none": '/vraag_uitleg{"interventie": "bestaat_niet"}',
    "a file as item": '/vraag_uitleg{"interventie": "../../endpoints.yml"}',
    "a number as item": '/vraag_uitleg{"interventie": 5}',
    "nothing as item": '/vraag_uitleg{"interventie": null}',
    "a part that is none": '/vraag_uitleg{"interventie": "evc", "onderdeel": "prijs"}',
    "code as part": '/vraag_uitleg{"interventie": "evc", "onderdeel": "__class__"}',
    "a place below zero": '/scan{"onderdeel": "ja", "deel": "-1"}',
    "a very far place": '/scan{"onderdeel": "ja", "deel": "99999999999999999999"}',
    "a place in other digits": '/scan{"onderdeel": "ja", "deel": "²"}',
    "a slot": '/vertellen{"gesprek": {"rol": "hr"}}',
    "a slot of the summary": '/vertellen{"oordeel": "goed"}',
    "an unknown name": '/vertellen{"naam": "Jan de Vries"}',
    "the same name twice": '/vertellen{"rol": "hr", "rol": "medewerker"}',
    "a very long value": json.dumps({"rol": "a" * 2000}).join(["/vertellen", ""]),
    "very deep": "/vertellen" + '{"rol":' * 300 + "1" + "}" * 300,
    "broken": '/vertellen{"rol": ',
    "no object": "/vertellen[1]",
    "a confidence": '/vertellen@0.5{"rol": "hr"}',
    "an intent of Rasa": "/restart",
    "an intent of Rasa, hidden": "/ /back",
    "an intent of Rasa, hidden better": "/\u2003\t/back",
    "a slot by command": "/SetSlots(rol=hr)",
    "an intent that only words can have": "/buiten_bereik",
    "what follows": '/vertellen{"rol": "hr"} en /restart',
    "an event": '/vertellen{"event": "slot", "name": "rol", "value": "hr"}',
}


@pytest.mark.parametrize("sent", FORGED.values(), ids=FORGED.keys())
def test_a_forged_payload_is_no_button(intents: set[str], sent: str) -> None:
    received = prepare(sent, intents)
    assert received == UNKNOWN_BUTTON or not received.strip().startswith("/")


@pytest.mark.parametrize("sent", FORGED.values(), ids=FORGED.keys())
def test_a_forged_payload_changes_nothing_in_a_conversation(server: Server, sender: str, sent: str) -> None:
    server.say(sender, payload("vertellen", rol="medewerker", belemmering="weinig_tijd"))
    before = server.slots(sender)
    answers = server.say(sender, sent)
    assert answers and "Er ging iets mis" not in str(answers) and "<img" not in str(answers)
    after = server.slots(sender)
    for slot in ("rol", "belemmeringen", "sector", "oordeel"):
        assert after[slot] == before[slot]


MOST = 600  # payloads to press
UNKNOWN = ("Deze knop werkt niet meer", "Die knop hoort bij iets van eerder")


def test_every_button_that_the_bot_shows_is_one_of_its_own(
    server: Server, sender: str, intents: set[str], knowledge: Knowledge
) -> None:
    """Presses what is offered, and what is offered then."""
    library, taxonomy = knowledge.library, knowledge.library.taxonomy
    waiting = ["/start", "/gesprekskaart", "/argumenten", "/voorbereiding", "/scan", "/samenvatting"]
    waiting += [payload("scan", onderdeel=key) for key in (*knowledge.guides.scans, "fasen")]
    waiting += [payload("vertellen", rol=role) for role in taxonomy.roles]
    waiting += [payload("gesprekskaart", belemmering=barrier) for barrier in taxonomy.barriers]
    waiting += [payload("vraag_uitleg", interventie=item) for item in sorted(library.items)[:20]]
    pressed: set[str] = set()
    while waiting and len(pressed) < MOST:
        one = waiting.pop(0)
        if one in pressed:
            continue
        pressed.add(one)
        assert prepare(one, intents) == one
        answers = server.say(sender, one)
        assert not any(words in str(answers) for words in UNKNOWN), one
        waiting += [offered for answer in answers for offered in _payloads(answer) if offered not in pressed]
    assert len(pressed) > 200


def _payloads(answer: Any) -> list[str]:
    """Of an answer and all that is in it."""
    if isinstance(answer, dict):
        own = [answer["payload"]] if isinstance(answer.get("payload"), str) else []
        return own + [found for part in answer.values() for found in _payloads(part)]
    return [found for part in answer for found in _payloads(part)] if isinstance(answer, list) else []
