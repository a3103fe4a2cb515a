"""A fact question gets the figure it asks for, or hears that the sources do not give it."""

from __future__ import annotations

import pytest

from bot.content.figures import Figure, asked_figure, gives
from bot.conversation import facts
from bot.conversation.heard import Heard
from bot.conversation.reply import Reply
from bot.conversation.state import State
from bot.conversation.turn import Knowledge, Turn


def ask(knowledge: Knowledge, question: str, state: State | None = None) -> list[Reply]:
    return facts.answer(Turn(state or State(), Heard(text=question, intent="vraag_feit"), knowledge))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("hoeveel uur per week is een leerambassadeur bezig", "3-4 uur"),
        ("hoeveel procent van de loonsom gaat gemiddeld naar opleiding", "1-2%"),
        ("hoeveel werknemers hebben een eigen inzetbaarheidsbudget", "2,3 miljoen"),
        ("hoeveel stappen heeft de wegwijzer werkdruk", "vijf stappen"),
        ("hoe lang duurt het loopbaancafe", "twee bijeenkomsten"),
        ("hoe oud moet je zijn voor bedrijfssport", "18 tot en met 67"),
        ("hoe lang blijft kennis nog bruikbaar", "vijf jaar"),
        ("is een cursus bloemschikken voor de hobby belastingvrij", "Niet vrij van belasting"),
        ("is de rie verplicht", "verplicht"),
        ("wanneer is het ontwikkeladvies 45+ gestopt", "juli 2020"),
        ("wat is EVC?", "Erkenning Verworven Competenties"),
        ("wat houdt lummeltijd in", "Vrije uren"),
        ("hoeveel mensen willen een cursus doen bij vdl", "76%"),
    ],
)
def test_the_answer_holds_the_fact(knowledge: Knowledge, question: str, answer: str) -> None:
    replies = ask(knowledge, question)
    assert answer in replies[0].text
    assert knowledge.phrases.say("feit_ontbreekt", 0) not in replies[0].text


@pytest.mark.parametrize(
    "question",
    [
        "wat kost evc",
        "hoeveel vragen heeft de dix",
        "hoeveel mensen worden gepest op het werk",
        "hoeveel leerambassadeurs had philips",
        "op welk nummer kan ik de hulplijn bellen",
        "hoeveel uur per maand is lummeltijd",
        "wie heeft job crafting bedacht",
        "hoeveel geld is er bij de slim regeling",
    ],
)
def test_what_the_sources_do_not_give_is_said_to_be_missing(knowledge: Knowledge, question: str) -> None:
    reply = ask(knowledge, question)[0]
    assert knowledge.phrases.say("feit_ontbreekt", 0) in reply.text
    assert reply.buttons[-1].payload == "/mens"


def test_a_question_about_something_else_is_not_answered(knowledge: Knowledge) -> None:
    reply = ask(knowledge, "hoeveel inwoners heeft amsterdam")[0]
    assert reply.text == knowledge.phrases.say("feit_onbekend", 0)


def test_a_scheme_that_ended_is_said_to_have_ended(knowledge: Knowledge) -> None:
    assert "gestopt" in ask(knowledge, "kan ik nog stap aanvragen")[0].text


def test_a_question_can_be_about_what_was_just_said(knowledge: Knowledge) -> None:
    state = State()
    ask(knowledge, "wat is een leerambassadeur", state)
    assert "3-4 uur" in ask(knowledge, "en hoeveel uur per week zijn ze bezig", state)[0].text


@pytest.mark.parametrize(
    ("question", "figure", "gives_it", "does_not"),
    [
        ("hoeveel procent doet mee", Figure.SHARE, "29% doet mee", "29 mensen doen mee"),
        ("hoe lang duurt het", Figure.PERIOD, "Reken op een half jaar.", "Het begon in 2019."),
        ("wat kost het", Figure.MONEY, "De zelftest is gratis.", "Het duurt 2 weken."),
        ("hoe vaak doe je dit", Figure.FREQUENCY, "Eén keer per jaar.", "Doe het rustig."),
        (
            "hoeveel stappen zijn er",
            Figure.COUNT,
            "De aanpak heeft vier stappen.",
            "De vier knoppen helpen in stappen.",
        ),
        ("hoeveel medewerkers zijn er", Figure.COUNT, "Er werken 40 mensen.", "Medewerkers kiezen uit 3 opties."),
        ("hoeveel kinderen", Figure.COUNT, "Het aantal kinderen steeg naar 12.", "Kinderen van 12."),
    ],
)
def test_a_figure_of_another_kind_is_no_answer(question: str, figure: Figure, gives_it: str, does_not: str) -> None:
    assert asked_figure(question) is figure
    assert gives(gives_it, question, figure)
    assert not gives(does_not, question, figure)


def test_most_questions_ask_for_no_figure() -> None:
    assert asked_figure("wie maakt de wegwijzer pesten") is None
