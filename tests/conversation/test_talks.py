"""Conversation functions on plain data: no Rasa, no server."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.conversation import care, compare, explain, intake, opening, pointing, repair, suggestions
from bot.conversation.heard import Heard
from bot.conversation.reply import MAX_BUTTONS, Reply
from bot.conversation.state import State
from bot.conversation.turn import Knowledge, Turn
from bot.rendering import plain

EXPLANATION_WORDS = 75  # a portion of about 60, and its title


@pytest.fixture
def turn(knowledge: Knowledge) -> Callable[..., Turn]:
    def make(state: State | None = None, **heard: object) -> Turn:
        return Turn(state or State(), Heard(**heard), knowledge)  # type: ignore[arg-type]

    return make


def words(reply: Reply) -> int:
    return len(reply.text.split())


def test_a_barrier_gives_three_suggestions_with_reasons(turn: Callable[..., Turn]) -> None:
    now = turn(text="...", intent="vertellen", barriers=["weinig_tijd"])
    replies = intake.tell(now)
    assert len(now.state.suggesties) == 3
    offered = next(r for r in replies if r.cards)
    assert all(now.library.items[i].barriers["weinig_tijd"] in plain.text(offered) for i in now.state.suggesties)


def test_the_role_is_asked_once(turn: Callable[..., Turn]) -> None:
    first = turn(text="...", intent="vertellen", barriers=["weinig_tijd"])
    assert any(now.question == "rol" for now in [first.state] if intake.tell(first))
    again = turn(first.state, text="...", intent="vertellen", barriers=["geen_geld"])
    assert all("Voor wie zoek je dit" not in r.text for r in intake.tell(again))


def test_without_a_barrier_it_asks_for_one(turn: Callable[..., Turn]) -> None:
    now = turn(text="hoi ik ben lasser", intent="vertellen", role="medewerker")
    assert intake.tell(now)[-1].buttons
    assert now.state.rol == "medewerker"
    assert now.state.question == "belemmering"


def test_a_doubtful_reading_is_asked_about(turn: Callable[..., Turn]) -> None:
    now = turn(text="...", intent="vertellen", doubted=[("weinig_tijd", 0.22), ("werkdruk", 0.2), ("prive", 0.02)])
    reply = intake.tell(now)[-1]
    assert [b.payload for b in reply.buttons[:2]] == [
        '/vertellen{"belemmering": "weinig_tijd"}',
        '/vertellen{"belemmering": "werkdruk"}',
    ]
    assert len(reply.buttons) == 3  # and 'none of these'


def test_a_correction_replaces_what_was_known(turn: Callable[..., Turn]) -> None:
    known = State(rol="medewerker", belemmeringen=["geen_geld"], seen=["evc"])
    now = turn(known, text="nee, tijd", intent="corrigeren", barriers=["weinig_tijd"], role="hr")
    intake.correct(now)
    assert now.state.belemmeringen == ["weinig_tijd"]
    assert now.state.rol == "hr"


def test_something_else_never_repeats_and_ends_politely(turn: Callable[..., Turn]) -> None:
    state = State(rol="medewerker", belemmeringen=["digitalisering"])
    seen: list[str] = []
    for _ in range(200):
        now = turn(state, text="iets anders", intent="anders")
        replies = suggestions.other(now)
        assert replies[0].text
        if "Meer opties" in replies[0].text:
            break
        assert not set(state.suggesties) & set(seen)
        seen += state.suggesties
    else:
        pytest.fail("it never ran out")
    assert len(seen) > 3


def test_harassment_told_in_passing_gets_help_first_and_once(turn: Callable[..., Turn]) -> None:
    state = State()
    first = intake.tell(turn(state, text="...", intent="vertellen", barriers=["ongewenst_gedrag"]))
    assert "vertrouwenspersoon" in first[0].text
    assert not state.suggesties
    intake.tell(turn(state, text="...", intent="vraag_opties", barriers=["ongewenst_gedrag"]))
    assert state.suggesties


def test_help_in_distress_has_the_numbers_and_no_course(turn: Callable[..., Turn]) -> None:
    replies = care.respond(turn(text="...", intent="nood", confidence=0.9))
    assert "0800-0113" in replies[0].text
    assert "112" in replies[0].text
    assert replies[0].links[0].url == "https://www.113.nl/"
    assert not any(r.buttons for r in replies)


def test_every_part_of_every_item_is_a_portion_with_buttons_that_lead_somewhere(turn: Callable[..., Turn]) -> None:
    for item in turn().library.items.values():
        state = State(suggesties=[item.id])
        summary = explain.show(turn(state), item, "samenvatting")[0]
        assert summary.text
        for button in explain.part_buttons(turn(state), item, explain.PART_ORDER):
            part = button.payload.split('"onderdeel": "')[1].split('"')[0]
            start, steps = "0", 0
            while start:
                now = turn(state, button=True, entities={"interventie": item.id, "onderdeel": part, "deel": start})
                reply = explain.answer(now)[0]
                assert reply.text.strip(), (item.id, part)
                assert words(reply) <= EXPLANATION_WORDS or part in ("bron", "link"), (item.id, part, words(reply))
                assert len(reply.buttons) <= MAX_BUTTONS
                more = [b for b in reply.buttons if b.title == "Lees verder"]
                start = more[0].payload.split('"deel": "')[1].split('"')[0] if more else ""
                steps += 1
                assert steps < 40


def test_an_unknown_part_or_place_shows_something_useful(turn: Callable[..., Turn]) -> None:
    for entities in (
        {"interventie": "leerambassadeurs", "onderdeel": "prijs"},
        {"interventie": "leerambassadeurs", "onderdeel": "werkwijze", "deel": "9999"},
        {"interventie": "bestaat_niet"},
    ):
        assert explain.answer(turn(button=True, intent="vraag_uitleg", entities=entities))[0].text


def test_references_to_what_was_shown(turn: Callable[..., Turn]) -> None:
    state = State(suggesties=["opleidingsverlof", "leerambassadeurs", "evc"])
    for text, expected in (
        ("de tweede", "leerambassadeurs"),
        ("2", "leerambassadeurs"),
        ("doe de laatste maar", "evc"),
        ("die met dat verlof", "opleidingsverlof"),
        ("vertel eens over de leerambassadeur", "leerambassadeurs"),
    ):
        item = pointing.which_item(turn(state, text=text))
        assert item is not None and item.id == expected, text
    state.interventie = "evc"
    item = pointing.which_item(turn(state, text="wat kost dat"))
    assert item is not None and item.id == "evc"


def test_not_understood_is_never_answered_the_same_twice(turn: Callable[..., Turn]) -> None:
    state = State()
    answers = []
    for _ in range(3):
        state.turn += 1
        answers.append(repair.not_understood(turn(state, text="blurp flurp"))[0].text)
    assert len(set(answers)) == 3
    assert "HR" in answers[2]


def test_forgetting_forgets_everything(turn: Callable[..., Turn]) -> None:
    state = State(rol="hr", belemmeringen=["ouder"], suggesties=["evc"], seen=["evc"], simple=True, turn=7)
    opening.erase(turn(state))
    assert state == State(turn=7)


def test_the_state_survives_the_slots() -> None:
    state = State(rol="or", belemmeringen=["taal"], sector="horeca", seen=["evc"], question="rol", turn=3)
    assert State.from_slots(state.to_slots()) == state


def test_the_first_two_are_compared_not_all_three(turn: Callable[..., Turn]) -> None:
    state = State(suggesties=["opleidingsverlof", "leerambassadeurs", "evc"])
    assert len(compare.compare(turn(state, text="wat is het verschil"))[0].cards) == 3
    assert len(compare.compare(turn(state, text="vergelijk de eerste twee"))[0].cards) == 2


def test_a_question_that_points_back_asks_which_item_is_meant(turn: Callable[..., Turn]) -> None:
    state = State(suggesties=["opleidingsverlof", "leerambassadeurs", "evc"])
    for intent, text in (("vraag_bewijs", "heeft u daar onderzoek bij?"), ("vraag_bron", "wat is de bron?")):
        reply = explain.answer(turn(state, text=text, intent=intent))[0]
        assert [b.title for b in reply.buttons] == [turn().library.items[i].title for i in state.suggesties]


def test_a_possible_cry_for_help_gets_the_numbers_and_a_way_on(turn: Callable[..., Turn]) -> None:
    heard = {"text": "...", "intent": "nood", "confidence": 0.2, "barriers": ["werkdruk", "prive"]}
    reply = care.respond(turn(**heard))[0]
    assert "112" in reply.text
    assert "0800-0113" in reply.text
    assert [b.payload for b in reply.buttons] == ["/nood", '/vertellen{"belemmering": ["werkdruk", "prive"]}']
