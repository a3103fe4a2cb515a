"""From probabilities to what the bot acts on: plain thresholds, chosen on the development set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME

from bot.nlu.models import BARRIER, INTENT, NONE, ROLE, SECTOR

HARASSMENT = "ongewenst_gedrag"

Readings = Sequence[tuple[str, float]]  # labels with their probability, best first


@dataclass(frozen=True)
class Thresholds:
    """All are probabilities, but for `clearly` and `alarm_share`, which are ratios of two."""

    role: float = 0.35  # from this probability a role is taken as said
    sector: float = 0.35
    # A barrier is taken as said from `sure_barrier` on, and the likeliest one already from `likely_barrier` on when
    # it is `clearly` times as likely as the next: with 21 barriers most probabilities are small.
    sure_barrier: float = 0.4
    likely_barrier: float = 0.2
    clearly: float = 1.5
    # Intents that win from this probability on, if at least `alarm_share` of the likeliest: a miss costs more than a
    # false alarm.
    alarms: Mapping[str, float] = field(default_factory=lambda: {"nood": 0.04, "grensoverschrijding": 0.04})
    alarm_share: float = 0.12
    # Someone who clearly tells about another barrier ('bang dat een robot mijn werk overneemt') needs more.
    clear_barrier: float = 0.5
    alarm_despite_barrier: float = 0.1
    least: float = 0.15  # below this the likeliest intent is not believed ...
    telling: str = "vertellen"  # ... unless the message shows a barrier: then it tells something,
    telling_wins: float = 0.5  # also when another intent is likelier, but less likely than this, and the
    telling_barrier: float = 0.4  # barrier at least this likely
    outside: str = "buiten_bereik"  # wins from `likely_outside` on, when no barrier is sure
    likely_outside: float = 0.2


@dataclass(frozen=True)
class Decision:
    intent: str
    confidence: float
    barriers: Readings
    role: Readings  # one or none
    sector: Readings


def decide(text: str, readings: Mapping[str, Readings], thresholds: Thresholds) -> Decision:
    """`readings` holds every label of each question."""
    barriers = sure_barriers(readings[BARRIER], thresholds)
    intent, confidence = _intent(text, dict(readings[INTENT]), barriers, thresholds)
    return Decision(
        intent=intent,
        confidence=confidence,
        barriers=barriers,
        role=_sure(readings[ROLE][:1], thresholds.role),  # only when it is likelier than none
        sector=_sure(readings[SECTOR], thresholds.sector),
    )


def sure_barriers(readings: Readings, thresholds: Thresholds) -> Readings:
    """The barriers likely enough to act on, best first."""
    found = [(label, value) for label, value in readings if value >= thresholds.sure_barrier]
    if not found and readings:
        next_best = readings[1][1] if len(readings) > 1 else 0.0
        if readings[0][1] >= max(thresholds.likely_barrier, thresholds.clearly * next_best):
            found = [readings[0]]
    return found


def _sure(readings: Readings, least: float) -> Readings:
    return [(label, value) for label, value in readings if label != NONE and value >= least][:1]


def _intent(
    text: str, probabilities: Mapping[str, float], barriers: Readings, thresholds: Thresholds
) -> tuple[str, float]:
    """The intent to act on: an alarm first, then the likeliest, if it is likely enough."""
    best = max(probabilities, key=lambda label: probabilities[label])
    likelihood = probabilities[best]
    clear = barriers and barriers[0][1] >= thresholds.clear_barrier and barriers[0][0] != HARASSMENT
    floor = thresholds.alarm_despite_barrier if clear else 0.0
    alarms = {
        alarm: probabilities.get(alarm, 0.0)
        for alarm, least in thresholds.alarms.items()
        if probabilities.get(alarm, 0.0) >= max(least, floor, thresholds.alarm_share * likelihood)
    }
    if alarms:
        loudest = max(alarms, key=lambda alarm: alarms[alarm])
        return loudest, alarms[loudest]
    asks = best.startswith("vraag_") and "?" in text
    shows = bool(barriers) and barriers[0][1] >= thresholds.telling_barrier and not asks
    if shows and likelihood < thresholds.telling_wins:
        best = thresholds.telling
    elif not barriers and probabilities.get(thresholds.outside, 0.0) >= thresholds.likely_outside:
        best, likelihood = thresholds.outside, probabilities[thresholds.outside]
    elif likelihood < thresholds.least:
        best = thresholds.telling if barriers else DEFAULT_NLU_FALLBACK_INTENT_NAME
    return best, likelihood
