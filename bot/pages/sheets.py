"""Which pages there are, and what is on them. Every maker takes the keys of the address and the knowledge.

An unknown kind, key or value raises `UnknownSheetError`: an address that someone made up shows nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from bot.content.comparison import ASPECTS
from bot.content.guides import Claim, Fact
from bot.content.library import Library
from bot.content.model import Item, Section
from bot.conversation.closing import ASK_AFTER, STEPS
from bot.conversation.turn import Knowledge, join
from bot.pages.sheet import Block, Bullets, Lines, Links, Part, Quote, Sheet, Table, Text

MOST_ITEMS = 3
MOST_CELL_POINTS = 2
WRITING_LINES = 3

Query = Mapping[str, str]


class UnknownSheetError(Exception):
    """There is no such page."""


def make(knowledge: Knowledge, kind: str, key: str, query: Query) -> Sheet:
    """The page of `kind` ('gesprekskaart'), with a key in the path for some ('weinig_tijd')."""
    maker = MAKERS.get(kind)
    if maker is None:
        raise UnknownSheetError
    make_sheet, known = maker
    if set(query) - known or (key and kind != "gesprekskaart"):
        raise UnknownSheetError
    return make_sheet(_Texts(knowledge), key, query)


class _Texts:
    """The knowledge, with the look-ups that the makers share."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.guides = knowledge.guides
        self.library: Library = knowledge.library

    def say(self, key: str, **values: str) -> str:
        return self.knowledge.phrases.say(key, 0, **values)

    def keys(self, query: Query, name: str, known: Iterable[str]) -> list[str]:
        """A list of keys in the address, each once; unknown ones make the page unknown."""
        found = [key for key in query.get(name, "").split(",") if key]
        if set(found) - set(known) or len(set(found)) != len(found):
            raise UnknownSheetError
        return found

    def items(self, query: Query) -> list[Item]:
        found = [self.library.find(key) for key in query.get("onderwerpen", "").split(",") if key]
        items = list({item.id: item for item in found if item is not None}.values())
        if len(items) != len(found) or len(items) > MOST_ITEMS:
            raise UnknownSheetError
        return items

    def sources(self, facts: Iterable[Fact]) -> tuple[str, ...]:
        return self.item_sources(fact.item for fact in facts)

    def item_sources(self, items: Iterable[Item]) -> tuple[str, ...]:
        """Document and place of each item's first source."""
        places = (f"{item.title} – {self.source(item)}, {item.sources[0].place}" for item in items)
        return tuple(dict.fromkeys(places))

    def source(self, item: Item) -> str:
        return self.library.sources[item.sources[0].document]

    def quote(self, claim: Claim) -> Quote:
        source = "; ".join(dict.fromkeys(self.source(fact.item) for fact in claim.facts))
        return Quote(claim.say, tuple(fact.text for fact in claim.facts), source)

    def options(self, items: Sequence[Item], barrier: str) -> Bullets:
        return Bullets(tuple(f"**{item.title}** – {item.barriers.get(barrier, item.simple)}" for item in items))

    def links(self, items: Iterable[Item]) -> tuple[Block, ...]:
        """Addresses of items that may be handed out as certain."""
        found = [link for item in items for link in self.library.item_links(item) if link.status == "actueel"]
        pairs = tuple(dict.fromkeys((link.label, link.url) for link in found))
        return (Links(pairs),) if pairs else ()

    def contact(self) -> str:
        contact = self.knowledge.contact
        if not contact.name:
            return self.say("contact_algemeen")
        hours = self.say("contact_uren", uren=contact.hours) if contact.hours else ""
        return self.say("contact_met_naam", naam=contact.name, adres=" ".join(filter(None, (contact.address, hours))))


def _talk_card(texts: _Texts, key: str, query: Query) -> Sheet:
    card = texts.guides.cards.get(key)
    texts.keys(query, "rol", texts.library.taxonomy.roles)
    if card is None:
        raise UnknownSheetError
    facts = [fact for argument in card.arguments for fact in argument.facts]
    return Sheet(
        title=texts.say("blad.kaart_titel", titel=card.title),
        intro=texts.say("blad.kaart_intro"),
        parts=(
            Part(texts.say("kaart_begin"), (Bullets(card.opening),)),
            Part(texts.say("kaart_vragen"), (Bullets(card.questions, boxes=True),)),
            Part(texts.say("kaart_liever_niet"), (Bullets(card.avoid),)),
            Part(texts.say("blad.argumenten"), tuple(texts.quote(argument) for argument in card.arguments)),
            Part(texts.say("blad.aanbieden"), (texts.options(card.options_from(query.get("rol")), card.barrier),)),
            Part(texts.say("blad.volgende_stap"), (Bullets(card.next_step, boxes=True), Lines(2))),
        ),
        sources=texts.sources(facts),
        file_name=f"gesprekskaart-{card.barrier}",
    )


def _preparation(texts: _Texts, _: str, query: Query) -> Sheet:
    barriers = texts.keys(query, "belemmeringen", texts.library.taxonomy.barriers)
    tips = tuple(texts.guides.tips[barrier] for barrier in barriers[:2])
    parts = [
        Part(part.heading, (Text(part.question), Bullets(part.help), Lines(WRITING_LINES)))
        for part in texts.guides.sheet
    ]
    if tips:
        parts.insert(0, Part(texts.say("blad.tip"), (Bullets(tips),)))
    facts = texts.guides.sheet_facts
    parts.append(Part(texts.say("blad.weten"), (Bullets(tuple(fact.text for fact in facts)),)))
    parts.append(Part(texts.say("blad.ondertekenen"), (Text(texts.say("blad.ondertekenen_uitleg")), Lines(1))))
    return Sheet(
        title=texts.say("blad.voorbereiding_titel"),
        intro=texts.say("blad.voorbereiding_intro"),
        parts=tuple(parts),
        sources=texts.sources(facts),
        file_name="voorbereiding-gesprek",
    )


def _case(texts: _Texts, _: str, __: Query) -> Sheet:
    guides = texts.guides
    claims = [assumption.claim for assumption in guides.assumptions]
    facts = [fact for claim in (*claims, guides.goals, guides.spending) for fact in claim.facts]
    return Sheet(
        title=texts.say("blad.argumenten_titel"),
        intro=texts.say("blad.argumenten_intro"),
        parts=(
            *(Part(assumption.title, (texts.quote(assumption.claim),)) for assumption in guides.assumptions),
            Part(texts.say("argument_doelen"), (texts.quote(guides.goals),)),
            Part(texts.say("argument_geld"), (texts.quote(guides.spending),)),
            Part(texts.say("argument_opties"), (texts.options(guides.case_options, "werkgever_overtuigen"),)),
        ),
        sources=texts.sources(facts),
        file_name="argumenten",
    )


def _comparison(texts: _Texts, _: str, query: Query) -> Sheet:
    items = texts.items(query)
    if len(items) < 2:
        raise UnknownSheetError
    roles = tuple(join([texts.say(f"rollen_voor.{role}") for role in item.roles]) for item in items)
    rows = [
        (texts.say("blad.wat"), tuple(item.summary for item in items)),
        (texts.say("vergelijk_voor_wie"), roles),
        *((section.heading, tuple(_cell(texts, item, section) for item in items)) for section in ASPECTS),
        (texts.say("blad.geldig"), tuple(item.validity.text if item.validity else "-" for item in items)),
    ]
    told = tuple(row for row in rows if any(cell not in ("", "-") for cell in row[1]))
    return Sheet(
        title=texts.say("blad.vergelijking_titel"),
        intro=texts.say("blad.vergelijking_intro"),
        parts=(
            Part(texts.say("blad.overzicht"), (Table(tuple(item.title for item in items), told),)),
            *((Part(texts.say("blad.links"), links),) if (links := texts.links(items)) else ()),
        ),
        sources=texts.item_sources(items),
        wide=True,
        file_name="vergelijking",
    )


def _cell(texts: _Texts, item: Item, section: Section) -> str:
    """The first points of a section; of the conditions their headings."""
    passages = item.section(section)
    if section is Section.CONDITIONS:
        return ", ".join(dict.fromkeys(passage.heading for passage in passages)) or texts.say("blad.niets_bekend")
    return " ".join(p.text for p in passages[:MOST_CELL_POINTS]) or texts.say("blad.niets_bekend")


def _summary(texts: _Texts, _: str, query: Query) -> Sheet:
    items = texts.items(query)
    barriers = texts.keys(query, "belemmeringen", texts.library.taxonomy.barriers)
    texts.keys(query, "rol", texts.library.taxonomy.roles)
    if not items:
        raise UnknownSheetError
    parts = [Part(item.title, (Text(item.summary), *_needed(texts, item), *texts.links([item]))) for item in items]
    if barriers:
        names = join([texts.say(f"belemmeringen.{barrier}") for barrier in barriers])
        parts.insert(0, Part(texts.say("blad.waarover"), (Text(texts.say("samenvatting_over", belemmeringen=names)),)))
    parts.append(Part(texts.say("blad.eerste_stap"), (*_first_step(texts, query), Lines(2))))
    parts.append(Part(texts.say("blad.wie_helpt"), (Text(texts.contact()),)))
    return Sheet(
        title=texts.say("blad.samenvatting_titel"),
        intro=texts.say("blad.samenvatting_intro"),
        parts=tuple(parts),
        sources=texts.item_sources(items),
        file_name="samenvatting",
    )


def _needed(texts: _Texts, item: Item) -> tuple[Block, ...]:
    headings = dict.fromkeys(passage.heading for passage in item.section(Section.CONDITIONS))
    validity = (Text(item.validity.text),) if item.validity else ()
    return (*validity, *((Text(texts.say("blad.nodig", wat=", ".join(headings))),) if headings else ()))


def _first_step(texts: _Texts, query: Query) -> tuple[Block, ...]:
    step = query.get("stap", "")
    about = texts.library.find(query.get("bij")) if "bij" in query else None
    if step not in ("", ASK_AFTER, *STEPS) or (step == ASK_AFTER) != (about is not None):
        raise UnknownSheetError
    if not step:
        return (Text(texts.say("blad.stap_leeg")),)
    text = texts.say("stap_navragen", titel=about.title) if about else texts.say(f"stap_tekst.{step}")
    return (Text(text),)


MAKERS: Mapping[str, tuple[Callable[[_Texts, str, Query], Sheet], frozenset[str]]] = {
    "gesprekskaart": (_talk_card, frozenset({"rol"})),
    "voorbereiding": (_preparation, frozenset({"belemmeringen"})),
    "argumenten": (_case, frozenset()),
    "vergelijking": (_comparison, frozenset({"onderwerpen"})),
    "samenvatting": (_summary, frozenset({"onderwerpen", "belemmeringen", "rol", "stap", "bij"})),
}
