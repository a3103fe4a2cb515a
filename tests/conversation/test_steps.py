"""Scan, conversation card, preparation sheet, case for learning, comparison, closing: on plain data, without Rasa."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from actions.actions import ConversationAction
from bot.content.guides import Statement
from bot.conversation import (
    answers,
    care,
    case,
    closing,
    coaching,
    compare,
    explain,
    intake,
    preparation,
    reading,
    scan,
    steps,
)
from bot.conversation.heard import Heard
from bot.conversation.reply import MAX_BUTTONS, Button, Reply
from bot.conversation.state import State
from bot.conversation.turn import Contact, Knowledge, Turn
from bot.rendering import plain

MOST_WORDS = 66  # about sixty, and a title

ACTIONS = ConversationAction.__subclasses__()
# Those that an action answers without listing their intents.
UNLISTED = {
    "samenvatting": closing.summarise,
    "nood": care.respond,
    "grensoverschrijding": care.respond,
    "vraag_uitleg": explain.answer,
    "vraag_kosten": explain.answer,
}


class Talk:
    """Holds a conversation the way the actions do, with what was heard given by the test."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.state = State()
        self.replies: list[Reply] = []

    def hear(self, intent: str, text: str = "", confidence: float = 0.9, **heard: object) -> list[Reply]:
        return self._answer(Heard(text=text, intent=intent, confidence=confidence, **heard))  # type: ignore[arg-type]

    def press(self, title: str) -> list[Reply]:
        button = next(b for b in self.buttons if b.title == title)
        intent, _, entities = button.payload.removeprefix("/").partition("{")
        values = json.loads("{" + entities) if entities else {}
        barriers = values.pop("belemmering", [])
        barriers = [barriers] if isinstance(barriers, str) else barriers
        role = values.pop("rol", None)
        return self._answer(Heard(intent=intent, button=True, barriers=barriers, role=role, entities=values))

    def _answer(self, heard: Heard) -> list[Reply]:
        turn = Turn(self.state, heard, self.knowledge)
        served = {intent: answer for action in ACTIONS for intent, answer in action.answers.items()} | UNLISTED
        self.replies = steps.respond(turn, served[heard.intent])
        self.state.turn += 1
        for reply in self.replies:
            assert len(reply.buttons) <= MAX_BUTTONS
            assert len(reply.text.split()) <= MOST_WORDS, reply.text
            for card in reply.cards:
                words = [card.title, card.text, *(part for fact in card.facts for part in fact)]
                assert len(" ".join(words).split()) <= MOST_WORDS + 20, card
        return self.replies

    @property
    def buttons(self) -> list[Button]:
        return [button for reply in self.replies for button in reply.all_buttons]

    @property
    def text(self) -> str:
        return "\n".join(plain.text(reply) for reply in self.replies)


@pytest.fixture
def talk(knowledge: Knowledge) -> Talk:
    return Talk(knowledge)


STATEMENTS = [
    Statement("kunnen", "weinig_tijd", "beetje", "..."),
    Statement("kunnen", "geen_geld", "beetje", "..."),
    Statement("durven", "weinig_zelfvertrouwen", "beetje", "..."),
]


@pytest.mark.parametrize(
    ("given", "named", "expected"),
    [
        (["ja", "ja", "ja"], [], []),
        (["", "", ""], [], []),
        (["beetje", "nee", "ja"], [], ["geen_geld", "weinig_tijd"]),
        (["beetje", "ja", "beetje"], [], ["weinig_zelfvertrouwen", "weinig_tijd"]),  # its factor has the higher mean
        (["nee", "nee", "nee"], [], ["weinig_tijd", "geen_geld", "weinig_zelfvertrouwen"]),
        (["nee", "nee"], ["weinig_zelfvertrouwen"], ["weinig_zelfvertrouwen", "weinig_tijd", "geen_geld"]),
        (["nee"], ["taal"], ["taal", "weinig_tijd"]),  # told in own words, though no statement is about it
    ],
)
def test_answers_are_scored(given: list[str], named: list[str], expected: list[str]) -> None:
    assert [barrier for _, barrier, _ in scan.score(STATEMENTS, given, named)] == expected


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("ja best wel", "ja"),
        ("Nee joh!", "nee"),
        ("soms", "beetje"),
        ("geen idee", "weet_niet"),
        ("ja maar niet altijd", "beetje"),
        ("niet echt", "nee"),
        ("sla maar over", "overslaan"),
        ("hou op", "stop"),
        ("ik wil graag heftruckchauffeur worden en dan verder", None),
    ],
)
def test_short_answers_are_read(knowledge: Knowledge, said: str, kind: str | None) -> None:
    turn = Turn(State(), Heard(text=said), knowledge)
    assert answers.read(turn, ("stop", "overslaan", "weet_niet", "beetje", "nee", "ja")) == kind


def test_the_scan_ends_in_what_stands_out_and_its_options(talk: Talk) -> None:
    talk.hear("scan", "doe de scan")
    assert "(1 van 7)" in talk.text
    for title in ["Dat klopt", "Dat klopt", "Dat klopt", "Een beetje", "Dat klopt", "Nee"]:
        talk.press(title)
    assert "(7 van 7)" in talk.text
    talk.press("Sla over")
    assert talk.state.belemmeringen == ["weinig_zelfvertrouwen"]
    assert "durven" in talk.text and len(talk.state.suggesties) == 3
    talk.hear("anders", "nee het is iets anders")
    assert talk.state.belemmeringen == [] and "Wat is het dan wel?" in talk.text


def test_a_scan_in_words_with_a_side_question_and_a_barrier_told_on_the_way(talk: Talk) -> None:
    talk.hear("scan", "doe de scan")
    talk.hear("ontkennen", "nee joh")
    talk.hear("praatje", "ben jij een mens?")
    assert "verder met de scan" in talk.text and "(2 van 7)" in talk.text
    talk.hear("vertellen", "mijn Nederlands is niet zo goed", barriers=["taal"])
    assert "(3 van 7)" in talk.text
    talk.hear("overslaan", "stop maar")
    assert "stoppen met de scan" in talk.text and talk.state.belemmeringen == ["taal", "onbekend_aanbod"]


def test_an_earlier_button_changes_that_answer(talk: Talk) -> None:
    talk.hear("scan")
    first = talk.buttons
    talk.press("Nee")
    talk.replies = [Reply("", tuple(first))]
    talk.press("Dat klopt")
    assert talk.state.task is not None and talk.state.task["answers"] == ["ja"]
    assert "(2 van 7)" in talk.text


def test_the_scan_lets_go_of_who_talks_about_something_else(talk: Talk) -> None:
    talk.hear("scan")
    for _ in range(steps.PATIENCE):
        talk.hear("praatje", "hoe oud ben je?")
        assert "van 7" in talk.text
    talk.hear("praatje", "en waar woon je?")
    assert "van 7" not in talk.text and talk.state.task is None


def test_distress_ends_the_scan(talk: Talk) -> None:
    talk.hear("scan")
    talk.hear("nood", "ik wil niet meer leven")
    assert "113" in talk.text and "van 7" not in talk.text and talk.state.task is None
    talk.state = State()
    talk.hear("scan")
    talk.hear("vertellen", "mijn chef zit aan me", barriers=["ongewenst_gedrag"])
    assert "vertrouwenspersoon" in talk.text and talk.state.task is None


def test_a_doubtful_alarm_gives_the_numbers_and_the_scan_goes_on(talk: Talk) -> None:
    talk.hear("scan")
    talk.hear("grensoverschrijding", "nee dat kan ik niet betalen", confidence=0.1)
    assert "112" in talk.text and "(2 van 7)" in talk.text
    talk.hear("grensoverschrijding", "nee joh", confidence=0.1)
    assert "112" not in talk.text and "(3 van 7)" in talk.text
    talk.hear("nood", "nee ik kan niet meer", confidence=0.4)
    assert "112" in talk.text and "(4 van 7)" in talk.text


def test_a_scan_result_is_put_right_in_words(talk: Talk) -> None:
    talk.hear("scan")
    talk.press("Nee")
    talk.press("Stop de scan")
    assert talk.state.belemmeringen == ["onbekend_aanbod"]
    talk.hear("corrigeren", "nee, het is vooral de tijd", barriers=["weinig_tijd"])
    assert talk.state.belemmeringen == ["weinig_tijd"]


def test_all_is_well_or_all_is_skipped(talk: Talk) -> None:
    talk.hear("scan")
    for _ in range(7):
        talk.press("Dat klopt")
    assert "weinig in de weg" in talk.text
    talk.press("Ja, laat zien wat er kan")
    assert talk.state.suggesties
    talk.hear("scan")
    for _ in range(7):
        talk.press("Sla over")
    assert "overgeslagen" in talk.text and talk.buttons


def test_hr_chooses_between_two_scans_of_the_organisation(talk: Talk) -> None:
    talk.hear("scan", "breng in kaart wat er speelt", role="hr")
    talk.press("Richting, ruimte en ruggensteun")
    for title in ["Nee", "Nee", "Dat klopt", "Dat klopt", "Dat klopt", "Dat klopt", "Een beetje"]:
        talk.press(title)
    assert talk.state.belemmeringen == ["geen_richting", "werkgever_overtuigen"] and "richting" in talk.text


@pytest.mark.parametrize("said", ["fase 2", "de tweede", "wij zijn vooral aan het bijspijkeren"])
def test_the_phase_of_an_organisation_in_words(talk: Talk, said: str) -> None:
    talk.hear("scan", role="leidinggevende")
    talk.press("In welke fase zitten we?")
    talk.hear("kiezen", said)
    assert "Fase 2 is reactief" in talk.text and talk.state.suggesties


def test_every_barrier_has_a_card_whose_buttons_all_work(talk: Talk) -> None:
    for barrier in talk.knowledge.library.taxonomy.barriers:
        talk.state = State(rol="leerambassadeur")
        talk.hear("gesprekskaart", "ik ga met een collega praten", barriers=[barrier])
        card = talk.knowledge.guides.cards[barrier]
        assert card.title in talk.text and card.questions[0] in talk.text
        assert talk.replies[0].pages[0].path == f"/blad/gesprekskaart/{barrier}?rol=leerambassadeur"
        talk.press("Argumenten met cijfers")
        assert all(fact.text in talk.text for claim in card.arguments for fact in claim.facts)
        talk.press("Wat kan ik aanbieden?")
        assert talk.state.suggesties == [item.id for item in card.options_from(talk.state.rol)]
        talk.press("Terug naar de kaart")
        talk.press("Eén vraag tegelijk")
        for question in card.questions[1:]:
            talk.hear("bevestigen", "volgende")
            assert question in talk.text
        talk.press("Volgende vraag")
        assert card.next_step[0] in talk.text


def test_the_card_asks_what_stands_in_the_way_and_follows_what_the_colleague_says(talk: Talk) -> None:
    talk.hear("gesprekskaart", "ik ga zo praten met een collega")
    assert talk.state.rol == "leerambassadeur"
    talk.hear("vertellen", "hij is bang voor school", barriers=["weinig_zelfvertrouwen"])
    assert "opziet tegen leren" in talk.text
    talk.press("Eén vraag tegelijk")
    talk.hear("vertellen", "hij zegt dat hij te oud is", barriers=["ouder"])
    assert "te oud" in talk.text and talk.state.belemmeringen == ["ouder"]


def test_a_doubtful_alarm_about_a_colleague_still_gives_the_card(talk: Talk) -> None:
    talk.hear("gesprekskaart", "ik ga zo praten met een collega")
    talk.hear("nood", "ze is bang, ze was altijd de domste", confidence=0.2, barriers=["weinig_zelfvertrouwen"])
    assert "112" in talk.text and "opziet tegen leren" in talk.text


def test_the_sheet_is_filled_in_and_the_words_stay_out_of_every_address(talk: Talk) -> None:
    talk.hear("voorbereiding", "ik heb morgen een gesprek", barriers=["weinig_tijd"])
    talk.press("Samen invullen")
    talk.hear("vertellen", "Ik wil leren lassen")
    talk.hear("vraag_kosten", "wat kost dat?")
    assert "verder met je voorbereiding" in talk.text and "(2 van 4)" in talk.text
    talk.press("Sla over")
    talk.hear("vertellen", "ik val in bij storingen")
    talk.hear("vertellen", "over een maand praten we verder")
    assert "leren lassen" in talk.text and "storingen" in talk.text
    assert talk.state.task is None and "lassen" not in json.dumps(talk.state.to_slots())
    assert all("lassen" not in page.path for reply in talk.replies for page in reply.pages)


def test_stopping_halfway_keeps_what_was_filled_in(talk: Talk) -> None:
    talk.hear("voorbereiding")
    talk.press("Samen invullen")
    talk.hear("vertellen", "Ik wil leren lassen")
    talk.press("Stop met invullen")
    assert "leren lassen" in talk.text
    talk.hear("voorbereiding")
    talk.press("Samen invullen")
    talk.press("Stop met invullen")
    assert "nog niets ingevuld" in talk.text


def test_the_case_answers_the_assumption_that_was_named(talk: Talk) -> None:
    talk.hear("argumenten", "de baas vindt ze te oud", barriers=["ouder"], role="or")
    assert talk.state.belemmeringen[0] == "werkgever_overtuigen" and talk.state.rol == "or"
    assert talk.text.count("Waarom") == 0 and "langer blijven werken" in talk.text
    for title in ["Wat is gewoon om uit te geven?", "Koppel leren aan de doelen", "Welke aanpak helpt?"]:
        talk.press(title)
        assert talk.text
    talk.press("Terug naar de vier")
    assert sum(b.title == "Waarom?" for b in talk.buttons) == 4


def test_items_are_compared_by_number_by_name_and_with_the_one_under_discussion(talk: Talk) -> None:
    talk.state.suggesties = ["evc", "leerambassadeurs", "coaching"]
    talk.hear("vergelijken", "vergelijk de eerste en de derde")
    assert talk.state.suggesties == ["evc", "coaching"]
    assert talk.replies[0].pages[0].path == "/blad/vergelijking?onderwerpen=evc,coaching"
    talk.hear("vergelijken", "wat is het verschil tussen EVC en een leerambassadeur")
    assert set(talk.state.suggesties) == {"evc", "leerambassadeurs"}
    talk.state.interventie = "job_crafting"
    talk.hear("vergelijken", "vergelijk dat eens met evc")
    assert talk.state.suggesties == ["job_crafting", "evc"]


def test_nothing_to_compare_is_said(talk: Talk) -> None:
    talk.hear("vergelijken", "vergelijk ze")
    assert "Noem er twee" in talk.text


@pytest.fixture
def found(talk: Talk) -> Talk:
    talk.state = State(
        rol="medewerker", belemmeringen=["weinig_tijd"], suggesties=["evc", "coaching"], explained=["evc"]
    )
    talk.hear("samenvatting", "vat maar samen")
    return talk


def test_the_summary_ends_in_a_step_a_page_and_a_judgement(found: Talk) -> None:
    assert "te weinig tijd" in found.text and "eerste stap" in found.text
    found.press(next(b.title for b in found.buttons if b.title.startswith("Ik vraag naar")))
    pages = [page.path for reply in found.replies for page in reply.pages]
    assert pages[0].endswith("stap=navragen&bij=evc") and pages[1].endswith("vorm=md")
    found.press("👍 Ja")
    assert found.state.oordeel == {"waarde": "goed", "tekst": ""}
    found.hear("vertellen", "Jan de Vries van 06-12345678 heeft me goed geholpen", barriers=[])
    assert found.state.oordeel is not None
    assert "06-12345678" not in found.state.oordeel["tekst"] and "geholpen" in found.state.oordeel["tekst"]


def test_a_step_in_own_words_is_said_back_and_not_kept(found: Talk) -> None:
    found.hear("vertellen", "morgen loop ik naar Fatima van HR")
    assert "Fatima" in found.text
    assert "Fatima" not in json.dumps(found.state.to_slots())
    assert all("Fatima" not in page.path for reply in found.replies for page in reply.pages)


def test_a_question_instead_of_a_remark_is_answered(found: Talk) -> None:
    found.press("Nu nog niet")
    found.press("👎 Nee")
    found.hear("vraag_bot", "wie ben jij eigenlijk?")
    assert "chatbot" in found.text and found.state.task is None
    assert found.state.oordeel == {"waarde": "slecht", "tekst": ""}


def test_the_contact_of_the_organisation_replaces_the_union(knowledge: Knowledge) -> None:
    own = replace(knowledge, contact=Contact("het leerplein", "Kamer 12", "ma t/m do"))
    talk = Talk(own)
    replies = talk.hear("mens", "ik wil een mens")
    assert "het leerplein" in talk.text and "ma t/m do" in talk.text and not replies[0].links
    talk = Talk(knowledge)
    replies = talk.hear("mens", "ik wil een mens")
    assert "HR" in talk.text and any("fnv.nl" in link.url for link in replies[0].links)


def test_all_modules_are_used_by_an_action() -> None:
    served = {answer for action in ConversationAction.__subclasses__() for answer in action.answers.values()}
    assert {scan.ask, coaching.help_with_talk, preparation.prepare, case.make, compare.compare, intake.tell} <= served


def test_a_question_after_the_card_is_about_the_card(knowledge: Knowledge) -> None:
    state = State(rol="leerambassadeur", belemmeringen=["weinig_zelfvertrouwen"])
    coaching.help_with_talk(Turn(state, Heard(text="kaart", intent="gesprekskaart"), knowledge))
    turn = Turn(state, Heard(text="wat zeg ik beter niet", intent="vraag_let_op"), knowledge)
    reading.read(turn)
    (reply,) = coaching.help_with_talk(turn)
    card = knowledge.guides.cards["weinig_zelfvertrouwen"]
    assert all(line in reply.text for line in card.avoid)


def test_numbers_point_at_what_was_offered_though_a_name_holds_a_number(knowledge: Knowledge) -> None:
    offered = ["opleidingsverlof", "leerambassadeurs", "evc"]
    turn = Turn(State(suggesties=list(offered)), Heard(text="vergelijk 1 en 3", intent="vergelijken"), knowledge)
    compare.compare(turn)
    assert turn.state.suggesties == ["opleidingsverlof", "evc"]
