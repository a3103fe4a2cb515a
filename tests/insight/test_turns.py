"""Reading what happened from events, as Rasa keeps them."""

from __future__ import annotations

from typing import Any

from bot.insight.reading import summarise
from bot.insight.turns import read_turns


def said(text: str, intent: str, *events: dict[str, Any], memory: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    message = {"event": "user", "timestamp": 1.0, "text": text, "parse_data": {"intent": {"name": intent}}}
    return [message, *events, slot("gesprek", memory or {})]


def slot(name: str, value: Any) -> dict[str, Any]:
    return {"event": "slot", "name": name, "value": value}


def reply(**data: Any) -> dict[str, Any]:
    return {"event": "bot", "metadata": {"reply": data}}


def test_a_talk() -> None:
    events = [
        *said(
            "kom nergens aan toe", "vertellen", slot("belemmeringen", ["weinig_tijd"]), slot("suggesties", ["a", "b"])
        ),
        *said("/vraag_link", "vraag_link", slot("interventie", "b"), reply(links=[{}]), memory={"section": "link"}),
        *said("ik bel wel", "afscheid", reply(text="dag"), memory={"section": "link"}),
        *said("/feedback_goed", "feedback_goed", slot("oordeel", {"waarde": "goed", "tekst": ""})),
        *said("had ik eerder willen weten", "vertellen", slot("oordeel", {"waarde": "goed", "tekst": "had ik"})),
    ]
    turns = list(read_turns(events))
    assert turns[0].offered == ("a", "b") and turns[0].typed == "kom nergens aan toe"
    assert (turns[1].opened, turns[1].linked, turns[1].typed) == ("b", "b", None)
    assert turns[1].barriers == ("weinig_tijd",)
    assert turns[2].linked is None and turns[2].opened is None
    found = summarise(turns)
    assert (found.messages, found.judgement, found.linked) == (5, "goed", frozenset("b"))


def test_no_intent_but_an_answer_to_the_open_question_is_understood() -> None:
    events = [*said("zxcv", "nlu_fallback", memory={"missed": True}), *said("nou ja", "nlu_fallback", memory={})]
    assert [turn.not_understood for turn in read_turns(events)] == [True, False]


def test_a_doubt_counts_when_it_is_asked() -> None:
    asked = {"question": "bevestig:weinig_tijd,werkdruk"}
    events = [*said("tja", "vertellen", memory=asked), *said("wat is evc", "vraag_feit", memory=asked)]
    assert [turn.doubted for turn in read_turns(events)] == [True, False]


def test_a_care_barrier_counts_as_care_and_nowhere_else() -> None:
    turns = list(read_turns(said("/x", "vertellen", slot("belemmeringen", ["ongewenst_gedrag", "weinig_tijd"]))))
    found = summarise(turns)
    assert found.care and found.barriers == {"weinig_tijd"}
