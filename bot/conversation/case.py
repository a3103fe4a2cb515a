"""The case for learning, for who must convince an employer: four false assumptions with answers, goals, spending."""

from __future__ import annotations

from bot.content.guides import Assumption, Claim
from bot.conversation.coaching import bullets, claim_card, sources
from bot.conversation.reply import Button, Card, PageLink, Reply, payload
from bot.conversation.turn import Turn
from bot.pages.address import sheet_path

BARRIER = "werkgever_overtuigen"
GOALS, SPENDING, ASSUMPTION, OPTIONS = "doelen", "geld", "aanname", "opties"


def make(turn: Turn) -> list[Reply]:
    """The four assumptions to choose from (the one that was named at once), or the part that a button asks for."""
    state, guides = turn.state, turn.knowledge.guides
    named = [b for b in turn.heard.barriers if b != BARRIER]
    turn.absorb()
    state.belemmeringen = [BARRIER, *[b for b in state.belemmeringen if b != BARRIER]]
    state.rol = state.rol or "hr"
    part = turn.heard.entities.get("onderdeel")
    if part == GOALS:
        return [_claim(turn, guides.goals, "argument_doelen")]
    if part == SPENDING:
        return [_claim(turn, guides.spending, "argument_geld")]
    if part == OPTIONS:
        return [_options(turn)]
    place = turn.heard.entities.get("deel", "")
    if part == ASSUMPTION and place.isdigit() and 0 < int(place) <= len(guides.assumptions):
        return [_assumption(turn, guides.assumptions[int(place) - 1])]
    meant = next((a for a in guides.assumptions if set(a.barriers) & set(named)), None)
    return [_overview(turn), *([_assumption(turn, meant)] if meant else [])]


def _overview(turn: Turn) -> Reply:
    cards = tuple(
        Card(
            f"{number}. {assumption.title}",
            assumption.claim.say,
            buttons=(
                Button(
                    turn.say("argument_meer"),
                    payload("argumenten", onderdeel=ASSUMPTION, deel=str(number)),
                ),
            ),
        )
        for number, assumption in enumerate(turn.knowledge.guides.assumptions, 1)
    )
    page = PageLink(turn.say("argumenten_print"), sheet_path("argumenten"))
    return Reply(turn.say("argumenten_kop"), _buttons(turn, ASSUMPTION), cards=cards, pages=(page,))


def _assumption(turn: Turn, assumption: Assumption) -> Reply:
    card = claim_card(turn, assumption.claim)
    return Reply(f"**{assumption.title}**", _buttons(turn, ASSUMPTION), cards=(card,))


def _claim(turn: Turn, claim: Claim, heading: str) -> Reply:
    """Facts as a list, in two cards when they are many, so that none is long."""
    half = (len(claim.facts) + 1) // 2
    parts = (claim.facts[:half], claim.facts[half:])
    cards = tuple(
        Card(
            turn.say(heading), bullets(tuple(f.text for f in facts)), ((turn.say("vraag_bron"), sources(turn, facts)),)
        )
        for facts in parts
        if facts
    )
    return Reply(claim.say, _buttons(turn, heading.removeprefix("argument_")), cards=cards)


def _options(turn: Turn) -> Reply:
    options = turn.knowledge.guides.case_options
    turn.state.suggesties = [item.id for item in options]
    turn.state.seen = [*turn.state.suggesties]
    cards = tuple(
        Card(f"{n}. {item.title}", item.barriers.get(BARRIER, item.simple), buttons=(turn.item_button(item),))
        for n, item in enumerate(options, 1)
    )
    return Reply(turn.say("suggesties"), _buttons(turn, OPTIONS), cards=cards)


def _buttons(turn: Turn, shown: str) -> tuple[Button, ...]:
    """The other parts of the case."""
    parts = {GOALS: "argument_doelen", SPENDING: "argument_geld", OPTIONS: "argument_opties"}
    found = [Button(turn.say(text), payload("argumenten", onderdeel=p)) for p, text in parts.items() if p != shown]
    if shown != ASSUMPTION:
        found.append(Button(turn.say("argument_aannames"), payload("argumenten")))
    return tuple(found)
