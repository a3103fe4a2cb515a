"""What a message means at this point of the talk.

The model reads a message by itself. Here the question that is open, the options and buttons that were just shown, and
words that leave no doubt (content/kernwoorden.yml) decide between its readings.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.content.library import normalise
from bot.conversation import care, coaching, repair
from bot.conversation.heard import Heard
from bot.conversation.turn import Turn

NOT_UNDERSTOOD = "nlu_fallback"
YES_OR_NO = "ja_nee"  # the open question is answered by the first button (yes) or the second (no)
FAINT_ALARM = 0.25  # ... nor one less likely than this a talk about something else
CLEAR_BARRIER = 0.85  # from this probability on it is clear what the message is about
SURE_ALARM = 0.7  # a sign of distress less likely than this does not stop a talk about trouble at home
BELIEVED = 0.2  # probability from which a next best intent is believed
WHISPER, MERELY_TELLS = 0.1, 0.6  # an alarm less likely than the first, beside a story likelier than the second
SURE_WISH = 0.6  # a question likelier than this is no wish
WITHOUT_SUBJECT = ("scan", "mens", "buiten_bereik", "privacy", "praatje", "wissen", NOT_UNDERSTOOD)
# Intents of a message that may tell what stands in the way beside what it does.
TELLING = ("vertellen", "corrigeren", "vraag_opties", "gesprekskaart", "voorbereiding", "argumenten", "anders")
VAGUE = ("vertellen", "vraag_feit", "scan", "buiten_bereik", NOT_UNDERSTOOD)
LIKELY = 0.5
FAINT_CARD = 0.15  # probability from which a story told before a talk asks for a card
SHORT = 4  # words
ASKING = 9  # words of a question that points back
LEAST_LETTERS = 4  # of a word that names a sector
ANSWER = 6  # words of an answer to a question
POINTING = 8  # words of a message that points at something shown

_YES, _NO = "👍👌✅🙂😊😀😃👏💪", "👎❌🚫"
_INSTEAD = re.compile(r"\bniet\b(?P<not>.+?)\bmaar\b(?P<but>.+)")
_NO_PROBLEM = re.compile(
    r"(?P<not>.+?)\b(?:is|zijn|vormt)\b.*?\b(?:niet het probleem|het probleem niet|geen probleem|probleem niet|"
    r"geen punt|geen issue|niet zo het probleem|daar ligt het niet aan|niet het punt)\b"
)
_NOT_BECAUSE = re.compile(r"\b(?:ligt|gaat|komt) (?:het )?niet (?:aan|om|door|over)\b(?P<not>.+)")
_AFTER_ALL = re.compile(r"\b(?:toch wel|toch|eigenlijk|eerder|vooral|ook)\b(?P<but>.+)")
_OTHERS = re.compile(r"(?:en |of )?(?:de|die) andere[n]?(?: twee| drie| 2| opties)?(?: dan)?")
_NO_BUT = re.compile(r"^(?:nee|neen|ik bedoel|nee ik bedoel)\b(?P<but>.+)")
_WRONG = re.compile(
    r"\b(bedoel(de)? ik niet|verkeerd begrepen|begrijpt? me verkeerd|dat is het niet|niet wat ik bedoel(de)?)\b"
)
_I_AM = re.compile(r"\bik ben (?:een|de|hun|hier|zelf|ook|dus|daar)\b")
_POINTS_BACK = re.compile(r"\b(dat|dit|het|daar|daarvoor|daarmee|die|deze)\b")
_COMING_TALK = re.compile(r"\b(praat|praten|spreek|spreken|gesprek|tafel)\b.* (met|over|een|mijn) ")
_OTHER = re.compile(
    r"\b(collegas?|medewerkers?|team|iemand|mensen|vriend|leden|lid|uitzendkracht(?:en)?|flexwerkers?|hij|zij|ze)\b"
)
_TIME = re.compile(r"\b(hoe ?lang|tijd|uur|uren|duurt|duren)\b")
_MONEY = re.compile(r"\b(kost|kosten|betalen|gratis|duur|prijs)\b")
_COMPARE = re.compile(r"\b(verschil|vergelijk\w*|naast elkaar|tegenover|versus|of)\b")
_SUITS = re.compile(r"(?:^(?:en|of|ook|is|kan|mag|geldt|werkt|past|en is)\b.*)?\bvoor\b.+|.*\bvoor\b.*\book\b")


def read(turn: Turn) -> None:
    """Replaces what was heard by what it means here. A button means what it says."""
    heard = turn.heard
    if heard.button:
        return
    if turn.cues.any("weinig_nederlands", heard.text) or _speaks_little_dutch(turn):
        turn.state.simple = True
        turn.state.rol = turn.state.rol or "medewerker"
    turn.heard = _with_clear_words(turn)
    turn.heard = _cry(turn) or _pressed(turn) or _plain(turn) or _points_surely(turn) or _calm(turn)
    if turn.heard.intent in care.INTENTS or turn.heard.button:
        return
    turn.heard = _in_context(turn) or _wish(turn) or _believed(turn)


def read_briefly(turn: Turn) -> None:
    """In the middle of something done in steps (bot/conversation/steps.py), which reads its answers itself: only a
    cry for help and a typed button."""
    if not turn.heard.button:
        turn.heard = _cry(turn) or _pressed(turn) or _calm(turn)


def _in_context(turn: Turn) -> Heard | None:
    return _pointing(turn) or _contrast(turn) or _reply_to_question(turn) or _named(turn) or _asks_back(turn)


def _with_clear_words(turn: Turn) -> Heard:
    """With the barriers and the role that the words leave no doubt about."""
    heard = turn.heard
    clear = turn.cues.kinds("duidelijk", heard.text)
    said = _I_AM.sub("ik ben", normalise(heard.text))
    own = next(iter(turn.cues.kinds("zelf", said)), None)
    if own not in care.SPEAKS_FOR_SELF and not clear and len(said.split()) <= ANSWER:
        return replace(heard, intent="vertellen", role=own, barriers=(), doubted=())  # 'ik ben hun teamleider'
    role = own or heard.role
    barriers = [*clear, *(b for b in heard.barriers if b not in clear)]
    return replace(heard, barriers=barriers, role=role, certainty=1.0 if clear else heard.certainty)


def _speaks_little_dutch(turn: Turn) -> bool:
    """Whether someone who speaks for himself tells that the language is hard."""
    return (
        "taal" in turn.heard.barriers
        and (turn.heard.role or turn.state.rol) in care.SPEAKS_FOR_SELF
        and re.search(r"\b(ik|mij|me|mijn|my|k)\b", normalise(turn.heard.text)) is not None
    )


def _cry(turn: Turn) -> Heard | None:
    """Words that always get help first."""
    heard = turn.heard
    kind = turn.cues.first("zorg", heard.text)
    if kind is None:
        return None
    own = (heard.role or turn.state.rol) in care.SPEAKS_FOR_SELF
    if kind in care.ALWAYS or own or heard.intent in care.INTENTS:
        return replace(heard, intent=care.KINDS[kind], confidence=1.0)
    return None


def _pressed(turn: Turn) -> Heard | None:
    """A button that was just offered, typed out; or its number; or yes and no to a question with two answers."""
    offered = list(turn.state.offered.values())
    text = turn.heard.text
    if turn.state.question == YES_OR_NO and len(offered) > 1:
        answer = turn.cues.command(text) or _sign(text)
        if answer in ("bevestigen", "ontkennen"):
            return Heard.from_payload(offered[0 if answer == "bevestigen" else 1])
    plain = normalise(text)
    if plain.isdigit() and turn.state.question and not turn.state.suggesties and 0 < int(plain) <= len(offered):
        return Heard.from_payload(offered[int(plain) - 1])
    titles = {normalise(title): payload for title, payload in turn.state.offered.items()}
    bare = {turn.cues.bare(title): payload for title, payload in turn.state.offered.items()}
    said = turn.cues.bare(text)
    found = titles.get(plain) or (bare.get(said) if said else None)
    return Heard.from_payload(found) if found else None


def _sign(text: str) -> str | None:
    """Yes or no in a picture."""
    if any(c in _YES for c in text):
        return "bevestigen"
    return "ontkennen" if any(c in _NO for c in text) else None


def _plain(turn: Turn) -> Heard | None:
    """A command of a word or two, a number, a picture, a single letter."""
    heard, state = turn.heard, turn.state
    plain = normalise(heard.text)
    if not plain:
        return replace(heard, intent=_sign(heard.text) or NOT_UNDERSTOOD)
    if plain.isdigit():
        return replace(heard, intent="kiezen" if 0 < int(plain) <= len(state.suggesties) else NOT_UNDERSTOOD)
    if len(plain) == 1:
        return replace(heard, intent=NOT_UNDERSTOOD, barriers=(), doubted=())
    if state.question == "belemmering" and _short(plain) and turn.cues.kinds("belemmeringen", plain):
        return None  # 'geld' answers the question
    command = turn.cues.command(heard.text)
    return replace(heard, intent=command, confidence=1.0, barriers=(), doubted=()) if command else None


def _points_surely(turn: Turn) -> Heard | None:
    """A few words that point at something shown, which an unlikely sign of distress does not overrule."""
    heard = turn.heard
    return _in_context(turn) if heard.intent in care.INTENTS and heard.confidence < care.CERTAIN else None


def _calm(turn: Turn) -> Heard:
    """A weak sign of distress in a message that is about something else: the next best reading, with the sign kept."""
    heard = turn.heard
    if heard.intent not in care.INTENTS or not _about_something_else(turn):
        return heard
    name = "vertellen" if heard.barriers else _next_best(heard, care.INTENTS, "vertellen")
    faint = heard.confidence < (FAINT_ALARM if heard.certainty >= CLEAR_BARRIER else WHISPER)
    return replace(heard, intent=name, alarm="" if faint else heard.intent)


def _next_best(heard: Heard, without: tuple[str, ...], otherwise: str = NOT_UNDERSTOOD) -> str:
    """The likeliest intent but for some, when it is likely enough."""
    name, value = next(((n, v) for n, v in heard.ranking if n not in without), (otherwise, 0.0))
    return name if value >= BELIEVED else otherwise


def _about_something_else(turn: Turn) -> bool:
    """Whether the message is about learning, about trouble at home that has a referral of its own, clearly about a
    barrier that is no distress, or tells what stands in a colleague's way, as was asked for a card."""
    heard = turn.heard
    likeliest = bool(heard.ranking) and heard.ranking[0][0] in care.INTENTS
    calm_barrier = bool(heard.barriers) and not set(heard.barriers) & care.UNSAFE
    return (
        (heard.confidence < care.CERTAIN and turn.cues.any("leerwoorden", heard.text))
        or (heard.confidence < SURE_ALARM and turn.cues.first("thuis", heard.text) is not None)
        or (heard.confidence < SURE_ALARM and calm_barrier and heard.certainty >= CLEAR_BARRIER)
        or (calm_barrier and heard.certainty == 1.0 and (heard.intent != "nood" or not _for_self(turn)))
        or (_names_barrier_for_card(turn) and heard.intent != "nood")
        or (heard.confidence < WHISPER and _likeliest(heard, "vertellen", MERELY_TELLS))
        or (heard.confidence < FAINT_ALARM and not likeliest and (calm_barrier or _in_the_middle(turn)))
    )


def _likeliest(heard: Heard, intent: str, least: float) -> bool:
    return bool(heard.ranking) and heard.ranking[0][0] == intent and heard.ranking[0][1] >= least


def _names_barrier_for_card(turn: Turn) -> bool:
    task = turn.state.task or {}
    asked = task.get("name") == coaching.TASK and task.get("number") is None
    return asked and bool(turn.cues.kinds("belemmeringen", turn.heard.text))


def _for_self(turn: Turn) -> bool:
    return _role(turn) in care.SPEAKS_FOR_SELF


def _role(turn: Turn) -> str | None:
    return turn.heard.role or turn.state.rol


def _in_the_middle(turn: Turn) -> bool:
    """Whether a message is a short reaction to what was just shown."""
    shown = turn.state.interventie or turn.state.suggesties
    return bool(shown) and len(normalise(turn.heard.text).split()) <= POINTING


def _named(turn: Turn) -> Heard | None:
    """A few words that name an item, or a message that names one and was read as something without a subject."""
    heard = turn.heard
    if heard.intent.startswith("vraag_") or heard.intent == "vergelijken" or not heard.named_items(turn.library):
        return None
    alone = turn.cues.bare(heard.text) in turn.library.names
    if (heard.barriers or heard.role) and not alone:
        return None
    few = len(normalise(heard.text).split()) <= SHORT
    return replace(heard, intent="vraag_uitleg") if few or heard.intent in WITHOUT_SUBJECT else None


def _pointing(turn: Turn) -> Heard | None:
    """'De tweede', 'en de andere?', 'voor mijn team ook?', 'dat heb ik al geprobeerd'."""
    heard, state = turn.heard, turn.state
    plain = normalise(heard.text)
    if len(plain.split()) > POINTING or not (state.suggesties or state.interventie):
        return None
    if _OTHERS.fullmatch(plain):
        return replace(heard, intent="kiezen", entities={"welke": "andere"})
    if turn.cues.any("geweigerd", plain):
        return replace(heard, intent="anders", entities={"geweigerd": "ja"})
    compares = heard.intent == "vergelijken" and (len(heard.numbers()) > 1 or _COMPARE.search(plain))
    asks = compares or heard.intent.startswith("vraag_") or heard.intent in ("waarom", "eenvoudiger")
    if heard.numbers() and state.suggesties and not asks and not heard.role:
        return replace(heard, intent="kiezen")
    if state.interventie and _SUITS.fullmatch(plain) and turn.cues.kinds("rollen", plain):
        return replace(heard, intent="vraag_wanneer", entities={"voor": turn.cues.kinds("rollen", plain)[0]})
    return None


def _asks_back(turn: Turn) -> Heard | None:
    """A short question that points at what was shown, read as a story or as a question without a subject."""
    heard, state = turn.heard, turn.state
    plain = normalise(heard.text)
    asks = "?" in heard.text or heard.intent == "vraag_feit"
    if not asks or len(plain.split()) > ASKING or turn.cues.kinds("duidelijk", plain):
        return None
    if not (state.interventie or state.suggesties) or heard.named_items(turn.library):
        return None
    alarm = heard.intent if heard.intent in care.INTENTS else ""
    if alarm and heard.confidence >= FAINT_ALARM:
        return None
    if _POINTS_BACK.search(plain) and heard.intent in (*VAGUE, *care.INTENTS):
        intent = "vraag_tijd" if _TIME.search(plain) else "vraag_kosten" if _MONEY.search(plain) else "vraag_feit"
        return replace(heard, intent=intent, barriers=(), alarm=alarm, entities={"wijst": "terug"})
    if state.interventie and "ook" in plain.split() and not heard.intent.startswith("vraag_"):
        return replace(heard, intent="vraag_wanneer", barriers=())
    return None


def _contrast(turn: Turn) -> Heard | None:
    """'Het gaat niet om tijd maar om geld', 'geld is het probleem niet', 'toch wel tijd'."""
    heard = turn.heard
    plain = normalise(heard.text)
    if _WRONG.search(plain):
        return replace(heard, intent="corrigeren")
    instead = _INSTEAD.search(plain)
    denial = instead or _NO_PROBLEM.search(plain) or _NOT_BECAUSE.search(plain)
    denied = turn.cues.kinds("belemmeringen", denial["not"]) if denial else []
    if not denial and _short(plain) and (instead_of := _NO_BUT.search(plain)):
        barriers = turn.cues.kinds("belemmeringen", instead_of["but"])
        return replace(heard, intent="corrigeren", barriers=barriers) if barriers else None
    after_all = None if denial else _AFTER_ALL.search(plain)
    meant = [b for found in (instead, after_all) if found for b in turn.cues.kinds("belemmeringen", found["but"])]
    if denied:
        barriers = [*meant, *(b for b in heard.barriers if b not in (*denied, *meant))]
        return replace(heard, intent="corrigeren", barriers=barriers, denied=denied)
    if meant and _short(plain) and turn.state.belemmeringen:
        return replace(heard, intent="vertellen", barriers=meant)
    return None


def _reply_to_question(turn: Turn) -> Heard | None:
    """A word or two in answer to the question that is open."""
    heard, question = turn.heard, turn.state.question or ""
    plain = normalise(heard.text)
    if len(plain.split()) > ANSWER or heard.text.rstrip().endswith("?"):
        return None
    if question == "belemmering" or question.startswith("bevestig"):
        found = turn.cues.kinds("belemmeringen", plain)
        return replace(heard, intent="vertellen", barriers=found) if found else None
    if question == "rol" or (heard.role and heard.role != turn.state.rol and turn.state.rol):
        roles = turn.cues.kinds("rollen", plain) or [r for r in (heard.role,) if r]
        return replace(heard, intent="vertellen", role=roles[0], barriers=()) if roles else None
    if question == "sector":
        sector = heard.sector or _sector(turn, plain)
        return replace(heard, intent="vertellen", sector=sector, barriers=()) if sector else None
    return None


def _wish(turn: Turn) -> Heard | None:
    """'Ik wil beter leren rekenen': no trouble, but something to learn that has options."""
    heard = turn.heard
    if heard.intent.startswith("vraag_") and heard.intent != "vraag_opties" and heard.confidence > SURE_WISH:
        return None
    found = turn.cues.kinds("wensgebieden", heard.text)
    if not found or not turn.cues.any("wensen", heard.text):
        return None
    if heard.barriers:
        return replace(heard, intent="vertellen")
    return replace(heard, intent="vertellen", barriers=found[:1], entities={"wens": "ja"})


def _believed(turn: Turn) -> Heard:
    """Another language needs more than a word of nonsense; a correction needs something that was said before."""
    heard, state = turn.heard, turn.state
    if len(heard.text) > repair.TOO_LONG:
        return replace(heard, intent=NOT_UNDERSTOOD)
    if (
        turn.cues.kinds("duidelijk", heard.text)
        and heard.intent not in TELLING
        and not heard.text.rstrip().endswith("?")
    ):
        return replace(heard, intent="vertellen")  # 'ik durf niet terug naar school' is no 'terug'
    if state.section == coaching.TASK and heard.intent in coaching.ASKED_OF_CARD:
        part = coaching.ASKED_OF_CARD[heard.intent]
        return replace(heard, intent="gesprekskaart", barriers=[], entities={**heard.entities, "onderdeel": part})
    likely = FAINT_CARD if _COMING_TALK.search(normalise(heard.text)) else LIKELY
    if heard.intent == "vertellen" and any(name == "gesprekskaart" and p >= likely for name, p in heard.ranking):
        return replace(heard, intent="gesprekskaart")  # a story about a colleague, told before a talk
    if heard.intent == "eenvoudiger" and not turn.cues.any("makkelijk", heard.text):
        return replace(heard, intent=_next_best(heard, ("eenvoudiger", *care.INTENTS)))
    if heard.intent == "gesprekskaart" and _role(turn) == "medewerker" and not _OTHER.search(normalise(heard.text)):
        return replace(heard, intent="voorbereiding")  # an employee's talk is one with the manager
    if (
        heard.role
        and heard.role == state.rol
        and heard.intent in ("corrigeren", "vertellen", "overslaan")
        and not heard.barriers
        and _short(normalise(heard.text))
    ):
        return replace(heard, intent="bevestigen")  # 'ja, ik ben leerambassadeur'
    if heard.intent == "anders" and heard.barriers and not state.suggesties:
        return replace(heard, intent="vertellen")  # 'school is niks voor mij', with nothing offered yet
    if heard.intent == "vergelijken" and not (state.suggesties or _COMPARE.search(normalise(heard.text))):
        return replace(heard, intent="vertellen")
    if heard.intent == "corrigeren" and not (state.belemmeringen or state.rol or state.question):
        return replace(heard, intent="vertellen")
    if heard.intent == "andere_taal" and len(normalise(heard.text).split()) < 2:
        return replace(heard, intent=NOT_UNDERSTOOD)
    return heard


def _sector(turn: Turn, plain: str) -> str | None:
    words = set(plain.split())
    sectors = turn.library.taxonomy.sectors
    telling = {word for word in words if len(word) >= LEAST_LETTERS}
    return next((key for key, text in sectors.items() if telling & set(normalise(f"{key} {text}").split())), None)


def _short(plain: str) -> bool:
    return len(plain.split()) <= SHORT
