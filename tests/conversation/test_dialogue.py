"""One turn from beginning to end, on plain data: what a message means in its place, and what is taken up again."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from actions.actions import all_answers
from bot.conversation import dialogue, reading
from bot.conversation.heard import Heard
from bot.conversation.reply import Reply
from bot.conversation.state import State
from bot.conversation.turn import Knowledge, Turn

HOUR = 3600.0
NOW = 1_800_000_000.0
OFFERED = ["opleidingsverlof", "leerambassadeurs", "evc"]

Talk = Callable[..., list[Reply]]


@pytest.fixture
def talk(knowledge: Knowledge) -> Talk:
    def say(state: State, text: str, intent: str = "nlu_fallback", now: float = NOW, **heard: object) -> list[Reply]:
        message = Heard(text=text, intent=intent, **heard)  # type: ignore[arg-type]
        return dialogue.respond(Turn(state, message, knowledge, now=now), all_answers())

    return say


@pytest.fixture
def meaning(knowledge: Knowledge) -> Callable[..., Heard]:
    def read(state: State, text: str, intent: str = "nlu_fallback", **heard: object) -> Heard:
        turn = Turn(state, Heard(text=text, intent=intent, **heard), knowledge)  # type: ignore[arg-type]
        reading.read(turn)
        return turn.heard

    return read


def words(replies: list[Reply]) -> str:
    return "\n".join(reply.text for reply in replies)


@pytest.mark.parametrize(
    ("state", "text", "expected"),
    [
        ({"suggesties": OFFERED}, "2", {"intent": "kiezen"}),
        ({}, "2", {"intent": "nlu_fallback"}),
        ({"question": "belemmering"}, "geld", {"intent": "vertellen", "barriers": ["geen_geld"]}),
        ({"question": "rol"}, "voor mijn team", {"intent": "vertellen", "role": "leidinggevende"}),
        ({"question": "sector"}, "in de bouw", {"intent": "vertellen", "sector": "bouw_infra"}),
        ({"suggesties": OFFERED, "interventie": "evc"}, "en de andere?", {"intent": "kiezen"}),
        ({"suggesties": OFFERED}, "dat heb ik al geprobeerd", {"intent": "anders"}),
        ({"interventie": "evc"}, "voor mijn team ook?", {"intent": "vraag_wanneer"}),
        ({"belemmeringen": ["weinig_tijd"]}, "geld is het probleem niet", {"denied": ["geen_geld"]}),
        ({"belemmeringen": ["geen_geld"]}, "toch wel tijd", {"intent": "vertellen", "barriers": ["weinig_tijd"]}),
        ({}, "ik wil beter leren rekenen", {"intent": "vertellen", "barriers": ["taal"]}),
        ({}, "👍", {"intent": "bevestigen"}),
        ({}, "🐙", {"intent": "nlu_fallback"}),
    ],
)
def test_the_place_in_the_talk_decides(
    meaning: Callable[..., Heard], state: Mapping[str, object], text: str, expected: Mapping[str, object]
) -> None:
    heard = meaning(State(**state), text)  # type: ignore[arg-type]
    for name, value in expected.items():
        assert getattr(heard, name) == value, (text, name)


def test_not_this_but_that_replaces(talk: Talk) -> None:
    state = State(rol="medewerker", belemmeringen=["weinig_tijd"])
    talk(state, "het gaat niet om tijd maar om geld", "scan")
    assert state.belemmeringen == ["geen_geld"]
    assert state.suggesties


def test_a_typed_button_is_a_pressed_button(talk: Talk) -> None:
    state = State()
    talk(state, "er is geen tijd", "vertellen", barriers=["weinig_tijd"])
    assert "Ik ben werkgever" in state.offered
    talk(state, "ik ben werkgever", "buiten_bereik")
    assert state.rol == "werkgever"


def test_a_question_in_between_does_not_lose_the_question_that_was_open(talk: Talk, knowledge: Knowledge) -> None:
    state = State()
    talk(state, "er is geen geld", "vertellen", barriers=["geen_geld"])
    assert state.question == "rol"
    replies = talk(state, "hoeveel uur per week is een leerambassadeur bezig?", "vraag_feit")
    assert "3-4 uur" in replies[0].text
    assert replies[-1].text == knowledge.phrases.say("nog_even_rol")
    talk(state, "voor mezelf", "praatje")
    assert state.rol == "medewerker"


def test_an_open_question_is_not_put_for_ever(talk: Talk, knowledge: Knowledge) -> None:
    state = State()
    talk(state, "er is geen geld", "vertellen", barriers=["geen_geld"])
    again = [words(talk(state, "wie leest dit", "privacy")) for _ in range(4)]
    assert [knowledge.phrases.say("nog_even_rol") in answer for answer in again] == [True, True, False, False]


def test_a_story_with_a_question_gets_both(talk: Talk) -> None:
    state = State()
    text = "Ik ben teamleider en er is geen tijd. Hoeveel uur per week is een leerambassadeur bezig?"
    replies = talk(state, text, "vraag_feit", role="leidinggevende", barriers=["weinig_tijd"])
    assert "3-4 uur" in replies[0].text
    assert state.rol == "leidinggevende"
    assert state.belemmeringen == ["weinig_tijd"]
    assert state.suggesties


def test_who_comes_back_is_offered_to_go_on(talk: Talk) -> None:
    state = State(rol="medewerker", belemmeringen=["geen_geld"], suggesties=OFFERED, turn=4, last=NOW - 20 * HOUR)
    replies = talk(state, "hoi", "groeten")
    assert "weer bent" in replies[0].text
    assert [button.payload for button in replies[0].buttons] == ["/herhalen", "/opnieuw"]
    assert "Vrije dagen" in words(talk(state, "ja", "bevestigen"))
    state.question = None
    talk(state, "hoi", "groeten", now=NOW + 30 * HOUR)
    talk(state, "nee", "ontkennen", now=NOW + 30 * HOUR)
    assert state.belemmeringen == []


def test_a_long_silence_is_picked_up_kindly(talk: Talk) -> None:
    state = State(rol="hr", belemmeringen=["geen_geld"], suggesties=OFFERED, turn=4, last=NOW - 9 * HOUR)
    replies = talk(state, "de tweede", "kiezen")
    assert "weer bent" in replies[0].text
    assert state.interventie == "leerambassadeurs"
    assert "weer bent" not in words(talk(state, "de derde", "kiezen", now=NOW + 60))


def test_a_reload_gives_no_second_greeting(talk: Talk, knowledge: Knowledge) -> None:
    state = State()
    greeting = talk(state, "", "start", button=True)
    assert greeting[0].text == knowledge.phrases.say("welkom")
    assert talk(state, "", "start", button=True)[0].text != knowledge.phrases.say("welkom")


def test_nothing_is_said_three_times(talk: Talk) -> None:
    state = State()
    answers = [words(talk(state, "wis alles", "wissen", button=True)) for _ in range(9)]
    assert all(len(set(answers[i : i + 3])) > 1 for i in range(7))


def test_more_trouble_gets_no_course(talk: Talk) -> None:
    state = State()
    talk(state, "mijn baas zit aan me", "grensoverschrijding", confidence=0.9)
    talk(state, "het is vaker gebeurd", "vertellen", barriers=["ongewenst_gedrag"])
    assert not state.suggesties
    talk(state, "laat maar zien wat er kan", "vraag_opties", barriers=["ongewenst_gedrag"])
    assert state.suggesties


def test_a_weak_sign_of_distress_does_not_stop_a_talk_about_learning_but_is_not_lost(talk: Talk) -> None:
    state = State()
    ranking = [("vertellen", 0.5), ("nood", 0.2)]
    heard = {"confidence": 0.2, "ranking": ranking, "barriers": ["weinig_tijd"]}
    replies = talk(state, "mijn cursus past nergens tussen en ik ben moe", "nood", **heard)
    assert state.suggesties
    assert "112" in replies[-1].text
    assert replies[-1].buttons[0].payload == "/nood"


def test_what_was_refused_is_not_offered_again(talk: Talk) -> None:
    state = State(rol="medewerker")
    talk(state, "geen geld", "vertellen", barriers=["geen_geld"])
    first = state.suggesties[0]
    talk(state, "de eerste heb ik al geprobeerd", "praatje")
    assert first in state.refused
    for _ in range(5):
        talk(state, "iets anders", "anders")
        assert first not in state.suggesties


def test_easy_words_stay_on(talk: Talk, knowledge: Knowledge) -> None:
    state = State()
    talk(state, "ik werk in kas. nederlands moeilijk", "vertellen", barriers=["taal"])
    assert state.simple
    assert state.rol == "medewerker"
    talk(state, "2", "nlu_fallback")
    item = knowledge.library.find(state.interventie)
    assert item is not None
    assert item.simple in words(talk(state, "nog eens", "herhalen"))
