"""For who does not know what stands in the way: a few statements, one at a time, that end in the barrier that stands
out. For an organisation: its three knobs (richting, ruimte, ruggensteun), or the phase it is in.

The answers are kept in `State.task`: {"name": "scan", "scan": key, "answers": [...], "named": [...]}. An answer is
'ja', 'beetje', 'nee' or '' (skipped); `named` are barriers told in someone's own words on the way.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bot.content.guides import Phase, Scan, Statement
from bot.content.library import normalise
from bot.conversation import answers, suggestions
from bot.conversation.reply import Button, Reply, payload
from bot.conversation.turn import MAX_BARRIERS, Turn

TASK, PHASES, OUTCOME = "scan", "fasen", "uitkomst"
ORGANISATION_ROLES = ("leidinggevende", "hr", "werkgever", "or", "adviseur")
POINTS = {"nee": 2, "beetje": 1}
OWN_WORDS = 3  # what someone says unasked weighs more than a button
_SKIP, _STOP, _OTHER = "overslaan", "stop", "anders"
_PLACE = {"eerste": 1, "tweede": 2, "derde": 3, "vierde": 4, "vijfde": 5}


def score(
    statements: Sequence[Statement], given: Sequence[str], named: Sequence[str] = ()
) -> list[tuple[Statement | None, str, int]]:
    """Statement (None when only named), barrier and points of all that stands in the way, strongest first.

    Equal points: the barrier whose factor has the higher mean goes first, then the order of the statements.
    """
    points = [POINTS.get(answer, 0) for answer in given]
    means: dict[str, float] = {}
    for factor in {statement.factor for statement in statements}:
        own = [p for s, p in zip(statements, points, strict=False) if s.factor == factor]
        means[factor] = sum(own) / len(own) if own else 0.0
    found: list[tuple[Statement | None, str, int]] = []
    for statement, count in zip(statements, points, strict=False):
        count = OWN_WORDS if statement.barrier in named else count
        if count:
            found.append((statement, statement.barrier, count))
    known = {barrier for _, barrier, _ in found}
    found += [(None, barrier, OWN_WORDS) for barrier in dict.fromkeys(named) if barrier not in known]
    return sorted(found, key=lambda one: (-one[2], -(means[one[0].factor] if one[0] else 0.0)))


def ask(turn: Turn) -> list[Reply]:
    """Starts a scan, or the choice between scans; also answers its buttons when no scan is under way (any more)."""
    wanted = turn.heard.entities.get("onderdeel", "")
    if wanted == _OTHER:
        return something_else(turn)
    turn.absorb()
    if wanted in turn.knowledge.guides.scans:
        return start(turn, wanted)
    if wanted == PHASES:
        return ask_phase(turn)
    role = turn.state.rol
    if wanted or role in (None, "medewerker"):
        return start(turn, "mij")
    order = ("organisatie", "mij") if role in ORGANISATION_ROLES else ("mij", "organisatie")
    buttons = [Button(turn.knowledge.guides.scans[key].title, payload("scan", onderdeel=key)) for key in order]
    phases = Button(turn.say("scan_fasen"), payload("scan", onderdeel=PHASES))
    return [turn.reply("scan_keuze", *buttons, phases)]


def start(turn: Turn, key: str) -> list[Reply]:
    turn.state.task = {"name": TASK, "scan": key, "answers": [], "named": []}
    turn.state.question = None
    intro = "scan_begin" if key == "mij" else "scan_begin_organisatie"
    return [Reply(turn.say(intro)), *resume(turn, first=True)]


def resume(turn: Turn, first: bool = False) -> list[Reply]:
    """The statement that waits for an answer."""
    task, scan = _under_way(turn)
    number = len(task["answers"])
    statement = scan.statements[number]
    lead = "" if first or not task.get("aside") else turn.say("scan_terug") + "\n"
    place = turn.say("scan_plaats", nummer=str(number + 1), aantal=str(len(scan.statements)))
    shown = {"ja": "scan_ja", "beetje": "scan_beetje", "nee": "scan_nee", _SKIP: "overslaan"}
    buttons = [
        Button(turn.say(text), payload("scan", onderdeel=answer, deel=str(number))) for answer, text in shown.items()
    ]
    stop = Button(turn.say("scan_stop"), payload("scan", onderdeel=_STOP))
    return [Reply(f"{lead}{place} **{statement.text}**", (*buttons, stop))]


def answer(turn: Turn) -> list[Reply] | None:
    """Takes the message as an answer to the statement; None when it is about something else."""
    heard = turn.heard
    task, scan = _under_way(turn)
    if heard.button:
        pressed = heard.entities.get("onderdeel", "")
        if heard.intent == "scan" and not pressed and not heard.role:
            return resume(turn)
        if heard.intent != "scan" or pressed not in (*POINTS, "ja", _SKIP, _STOP):
            return None
        if pressed == _STOP:
            return stop(turn)
        return _record(turn, "" if pressed == _SKIP else pressed, heard.entities.get("deel", ""))
    if answers.is_question(turn):
        return None
    statement = scan.statements[len(task["answers"])]
    read = answers.read(turn, (_STOP, _SKIP, "weet_niet", "beetje", "nee", "ja"))
    if read == _STOP:
        return stop(turn)
    if read == "weet_niet":
        read = statement.unsure
    named = [b for b in heard.barriers if b in turn.library.taxonomy.barriers]
    if read is None and not named:
        return None
    task["named"] += [b for b in named if b not in task["named"]]
    if statement.barrier in named:
        read = "nee"
    return _record(turn, "" if read in (None, _SKIP) else str(read), "")


def stop(turn: Turn) -> list[Reply]:
    """Ends the scan with what is known so far."""
    task, scan = _under_way(turn)
    if score(scan.statements, task["answers"], task["named"]):
        return [Reply(turn.say("scan_gestopt")), *_finish(turn)]
    from bot.conversation import intake

    turn.state.task = None
    return [turn.reply("scan_gestopt"), intake.ask_barrier(turn)]


def something_else(turn: Turn) -> list[Reply]:
    """'Nee, het is iets anders': what the scan found is dropped."""
    from bot.conversation import intake

    turn.state.task = turn.state.question = None
    turn.state.belemmeringen = []
    turn.state.suggesties = []
    return [Reply(turn.say("scan_anders"), intake.ask_barrier(turn).buttons[:-1])]


def answer_outcome(turn: Turn) -> list[Reply] | None:
    """'Nee, het is iets anders' in words, also with what it is then."""
    if turn.heard.button or answers.is_question(turn):
        return None
    read = answers.read(turn, ("nee", "ja"))
    if read is None and turn.heard.intent != "corrigeren":
        return None
    turn.state.task = None
    if read == "ja":
        return [Reply(turn.say("bevestigd"), suggestions.buttons(turn))]
    if turn.heard.barriers:
        from bot.conversation import intake

        return intake.correct(turn)
    return something_else(turn)


def ask_phase(turn: Turn) -> list[Reply]:
    phases = turn.knowledge.guides.phases
    turn.state.task = {"name": PHASES}
    lines = [f"{number}. {phase.sentence}" for number, phase in enumerate(phases, 1)]
    buttons = [Button(p.name, payload("scan", onderdeel=PHASES, deel=str(n))) for n, p in enumerate(phases, 1)]
    unsure = Button(turn.say("weet_niet"), payload("scan", onderdeel="organisatie"))
    return [Reply("\n".join([turn.say("fasen_vraag"), *lines]), (*buttons, unsure))]


def answer_phase(turn: Turn) -> list[Reply] | None:
    heard = turn.heard
    if heard.button:
        if heard.intent != "scan" or heard.entities.get("onderdeel") != PHASES:
            return None
        phase = _phase_at(turn, heard.entities.get("deel", ""))
        return _tell_phase(turn, phase) if phase else ask_phase(turn)
    if answers.is_question(turn):
        return None
    read = answers.read(turn, (_STOP, _SKIP, "weet_niet"))
    if read == "weet_niet":
        return start(turn, "organisatie")
    if read:
        from bot.conversation import intake

        turn.state.task = None
        return [intake.ask_barrier(turn)]
    phase = _phase_named(turn)
    return _tell_phase(turn, phase) if phase else None


def _phase_named(turn: Turn) -> Phase | None:
    words = normalise(turn.heard.text).split()
    for word in words:
        place = str(_PLACE.get(word, word))
        if re.fullmatch(r"[1-5]", place) and (phase := _phase_at(turn, place)):
            return phase
    return next((p for p in turn.knowledge.guides.phases if set(p.words) & set(words)), None)


def _phase_at(turn: Turn, place: str) -> Phase | None:
    phases = turn.knowledge.guides.phases
    return phases[int(place) - 1] if place.isdigit() and 0 < int(place) <= len(phases) else None


def _tell_phase(turn: Turn, phase: Phase) -> list[Reply]:
    turn.state.task = None
    told = f"**{phase.name}**\n{phase.fact.text}\n{turn.say('fasen_stap', stap=phase.step)}"
    return _options(turn, told, list(phase.barriers), phase.fact.item.id)


def _under_way(turn: Turn) -> tuple[dict[str, Any], Scan]:
    task = turn.state.task
    assert task is not None
    return task, turn.knowledge.guides.scans[task["scan"]]


def _record(turn: Turn, given: str, place: str) -> list[Reply]:
    """Notes an answer; that of an earlier statement (its button pressed again) replaces the one given then."""
    task, scan = _under_way(turn)
    now = len(task["answers"])
    number = int(place) if place.isdigit() else now
    if number < now:
        task["answers"][number] = given
    elif number == now:
        task["answers"].append(given)
    if len(task["answers"]) < len(scan.statements):
        task["aside"] = 0
        return resume(turn)
    return _finish(turn)


def _finish(turn: Turn) -> list[Reply]:
    from bot.conversation import intake

    task, scan = _under_way(turn)
    turn.state.task = None
    found = score(scan.statements, task["answers"], task["named"])
    if scan.key == "mij":
        turn.state.rol = turn.state.rol or "medewerker"
    if not found:
        if not any(task["answers"]):
            return [turn.reply("scan_leeg"), intake.ask_barrier(turn)]
        show = Button(turn.say("scan_laat_zien"), payload("vertellen", belemmering="onbekend_aanbod"))
        other = Button(turn.say("scan_toch_iets"), payload("scan", onderdeel=_OTHER))
        return [turn.reply("scan_niets", show, other)]
    statement, first, most = found[0]
    told = turn.knowledge.guides.factors[statement.factor] if statement else turn.say(f"herkenning.{first}")
    told = f"{told}\n{turn.say('scan_valt_op', belemmering=turn.barrier_name(first))}"
    strongest = [barrier for _, barrier, count in found if count == most or count >= POINTS["nee"]]
    return _options(turn, told, strongest[:MAX_BARRIERS], scan.model.id)


def _options(turn: Turn, told: str, barriers: list[str], model_id: str) -> list[Reply]:
    """The outcome, and what can be done about it."""
    state = turn.state
    state.belemmeringen = barriers
    state.seen.clear()
    offered = suggestions.offer(turn)
    state.task = {"name": OUTCOME}
    buttons = [Button(turn.say("scan_iets_anders"), payload("scan", onderdeel=_OTHER))]
    if len(barriers) > 1:
        second = turn.barrier_name(barriers[1])
        title = turn.say("scan_ook", belemmering=second)
        buttons.append(Button(title, payload("vertellen", belemmering=barriers[1])))
    about = payload("vraag_uitleg", interventie=model_id)
    buttons.append(Button(turn.say("scan_over"), about))
    return [Reply(told, tuple(buttons)), *offered]
