"""Explaining one item in small portions: a section at a time, with buttons for the others."""

from __future__ import annotations

from bot.content.figures import asked_figure
from bot.content.model import Item, Passage, Section, Validity
from bot.content.search import stem, telling_words
from bot.conversation import intake, suggestions
from bot.conversation.pointing import PART_STEMS, others, which_item
from bot.conversation.reply import MAX_BUTTONS, Button, LinkButton, Reply, payload
from bot.conversation.turn import Turn, join

PORTION_WORDS, SIMPLE_WORDS = 55, 30
LINK, SOURCE = "link", "bron"  # parts of an explanation that are no section of the file

INTENT_PARTS = {
    "vraag_uitleg": Section.SUMMARY.value,
    "vraag_wanneer": Section.WHEN.value,
    "vraag_let_op": Section.CAUTION.value,
    "vraag_voorwaarden": Section.CONDITIONS.value,
    "vraag_kosten": Section.COST.value,
    "vraag_tijd": Section.TIME.value,
    "vraag_voorbeelden": Section.EXAMPLES.value,
    "vraag_bewijs": Section.EVIDENCE.value,
    "vraag_link": LINK,
    "vraag_contact": Section.CONTACT.value,
    "vraag_bron": SOURCE,
    "eenvoudiger": Section.SIMPLE.value,
}
PART_ORDER = [
    Section.HOW.value,
    Section.CONDITIONS.value,
    Section.COST.value,
    Section.TIME.value,
    LINK,
    Section.WHEN.value,
    Section.CAUTION.value,
    Section.EXAMPLES.value,
    Section.EVIDENCE.value,
    Section.CONTACT.value,
    SOURCE,
]
FIRST_BUTTONS = 5
LINKS_EXPLAINED = 3  # further ones are buttons only
EASIEST = (Section.SIMPLE.value, Section.SUMMARY.value)  # parts that are already in easy words for who wants them


def answer(turn: Turn) -> list[Reply]:
    """A question on an item: by button, by name, or about what was just said."""
    already, turn.state.simple = turn.state.simple, turn.state.simple or turn.heard.intent == "eenvoudiger"
    part = turn.heard.entities.get("onderdeel") or INTENT_PARTS.get(turn.heard.intent, Section.SUMMARY.value)
    wanted = turn.heard.entities.get("interventie")
    if wanted is not None:
        item = turn.library.find(wanted)
        return [turn.reply("onbekend_item", *suggestions.buttons(turn))] if item is None else show(turn, item, part)
    item = which_item(turn)
    if item is not None and "voor" in turn.heard.entities:
        return [_suits(turn, item, turn.heard.entities["voor"])]
    if item is not None and already and turn.heard.intent == "eenvoudiger" and turn.state.section in EASIEST:
        examples = part_buttons(turn, item, [Section.EXAMPLES.value, Section.HOW.value])
        return [turn.reply("niet_makkelijker", *examples, *suggestions.buttons(turn)[:3], contact=contact_text(turn))]
    if (
        item is not None
        and turn.heard.named_items(turn.library)
        and (_says_nothing(item, part) or (part != Section.SUMMARY.value and asked_figure(turn.heard.text)))
    ):
        from bot.conversation import facts

        return facts.answer(turn)
    if item is not None:
        return show(turn, item, part)
    if turn.heard.intent == "eenvoudiger":
        return [turn.reply("eenvoudig_aan", *suggestions.buttons(turn))]
    if turn.heard.intent == "vraag_contact" and not turn.state.suggesties:
        return [Reply(contact_text(turn))]
    if not turn.state.suggesties and (turn.heard.barriers or turn.heard.maybe_barriers()):
        return intake.tell(turn)  # 'geld', 'kost te veel': no question, but what stands in the way
    if turn.state.suggesties and ("wijst" in turn.heard.entities or not asks_by_name(turn)):
        items = [found for key in turn.state.suggesties if (found := turn.library.find(key))]
        buttons = [Button(i.title, payload("vraag_uitleg", interventie=i.id, onderdeel=part)) for i in items]
        return [turn.reply("over_welke", *buttons)]
    if not asks_by_name(turn):
        return [Reply(turn.say("over_welke_onbekend"), intake.ask_barrier(turn).buttons)]
    from bot.conversation import facts

    return facts.answer(turn)


def choose(turn: Turn) -> list[Reply]:
    """'De tweede', 'die van dat budget', 'en de andere?': one of the items shown."""
    if turn.heard.entities.get("welke") == "andere":
        rest = others(turn)
        if len(rest) == 1:
            return show(turn, rest[0], Section.SUMMARY.value)
        return [turn.reply("over_welke", *map(turn.item_button, rest))]
    item = which_item(turn)
    if item is not None:
        return show(turn, item, Section.SUMMARY.value)
    if turn.state.suggesties:
        return [turn.reply("over_welke", *suggestions.buttons(turn))]
    return [turn.reply("over_welke_onbekend")]


def back(turn: Turn) -> list[Reply]:
    """Back to the options offered last."""
    turn.state.interventie = turn.state.section = None
    items = [item for key in turn.state.suggesties if (item := turn.library.find(key))]
    if not items:
        return [turn.reply("over_welke_onbekend")]
    lines = [f"{n}. **{item.title}**" for n, item in enumerate(items, 1)]
    return [Reply("\n".join([turn.say("suggesties"), *lines]), suggestions.buttons(turn))]


def repeat(turn: Turn) -> list[Reply]:
    """Where the talk was: the item under discussion, the options, or the question."""
    turn.state.question = None
    item = turn.library.find(turn.state.interventie)
    if item is not None:
        return show(turn, item, turn.state.section or Section.SUMMARY.value)
    if turn.state.suggesties:
        return back(turn)
    return intake.advance(turn) if turn.state.belemmeringen else [intake.ask_barrier(turn)]


def asks_by_name(turn: Turn) -> bool:
    """Whether the question names a subject of its own ('wat kost EVC') rather than pointing back ('wat kost dat')."""
    subject = " ".join(word for word in telling_words(turn.heard.text) if stem(word) not in PART_STEMS)
    hits = turn.knowledge.index.items(subject, 1) if subject else []
    return bool(hits) and hits[0].coverage >= 0.6


def show(turn: Turn, item: Item, part: str) -> list[Reply]:
    """One portion of one part of an item."""
    state = turn.state
    asked = turn.heard.entities.get("deel", "")
    start = int(asked) if asked.isdigit() else 0
    state.interventie, state.section = item.id, part
    if item.id not in state.explained:
        state.explained.append(item.id)
    if part == "meer":
        return [turn.reply("meer_onderdelen", *part_buttons(turn, item, PART_ORDER[FIRST_BUTTONS:]), titel=item.title)]
    if part == LINK:
        return [links(turn, item)]
    if part == SOURCE:
        return [source(turn, item)]
    if part == Section.SIMPLE.value:
        state.simple = True
        return [Reply(f"**{item.title}**\n{item.simple}", menu(turn, item, Section.SIMPLE.value))]
    if part == Section.SUMMARY.value:
        return [_summary(turn, item)]
    if part not in {section.value for section in Section}:
        return [_summary(turn, item)]
    section = Section(part)
    passages = item.section(section)
    if not passages:
        if section is Section.CONTACT:
            return [Reply(contact_text(turn), menu(turn, item, part))]
        name = section.heading.lower()
        return [turn.reply("niet_in_bron", *menu(turn, item, part), onderdeel=name, titel=item.title)]
    text, following = portion(section, passages, start, SIMPLE_WORDS if state.simple else PORTION_WORDS)
    title = f"**{item.title}: {section.heading.lower()}**"
    more = (
        (
            Button(
                turn.say("lees_verder"),
                payload("vraag_uitleg", interventie=item.id, onderdeel=part, deel=str(following)),
            ),
        )
        if following < len(passages)
        else ()
    )
    return [Reply(f"{title}\n{text}", (*more, *menu(turn, item, part))[:MAX_BUTTONS])]


def _says_nothing(item: Item, part: str) -> bool:
    """Whether the item has no passage for a part; the summary, links and source are always there."""
    known = {section.value: section for section in Section}
    return part in known and part not in EASIEST and not item.section(known[part])


def _suits(turn: Turn, item: Item, role: str) -> Reply:
    """Whether the item also serves people in another role, and when to choose it."""
    turn.state.interventie, turn.state.section = item.id, Section.WHEN.value
    lines = [turn.say("past_ook" if role in item.roles else "past_minder", titel=item.title)]
    if passages := item.section(Section.WHEN):
        lines.append(portion(Section.WHEN, passages, 0, SIMPLE_WORDS)[0])
    return Reply("\n".join(lines), menu(turn, item, Section.WHEN.value))


def portion(section: Section, passages: tuple[Passage, ...], start: int, most: int = PORTION_WORDS) -> tuple[str, int]:
    """As many passages from `start` as fit in `most` words (at least one), as text, and the place of the next."""
    start = start if 0 <= start < len(passages) else 0
    lines: list[str] = []
    words = 0
    heading = ""
    position = start
    for position in range(start, len(passages)):
        passage = passages[position]
        size = len(passage.text.split())
        if passage.heading != heading:
            size += len(passage.heading.split())
        if lines and words + size > most:
            return "\n".join(lines), position
        if section is Section.CONDITIONS and passage.heading != heading:
            heading = passage.heading
            lines.append(f"**{heading}**")
        lines.append(f"- {passage.text}")
        words += size
    return "\n".join(lines), position + 1


def _summary(turn: Turn, item: Item) -> Reply:
    text = item.simple if turn.state.simple else item.summary
    lines = [f"**{item.title}**", text]
    if item.validity:
        lines.append(validity_text(turn, item.validity))
        lines += [f"- {found.title}" for key in item.validity.alternatives if (found := turn.library.find(key))]
    return Reply("\n".join(lines), menu(turn, item, Section.SUMMARY.value))


def validity_text(turn: Turn, validity: Validity) -> str:
    return turn.say("beeindigd", tekst=validity.text)


def menu(turn: Turn, item: Item, shown: str) -> tuple[Button, ...]:
    """The parts of an item that can be asked for, without the one just shown."""
    first = part_buttons(turn, item, [part for part in PART_ORDER[:FIRST_BUTTONS] if part != shown])
    rest = part_buttons(turn, item, [part for part in PART_ORDER[FIRST_BUTTONS:] if part != shown])
    if len(first) + len(rest) < MAX_BUTTONS:
        found = (*first, *rest)
    else:
        more = Button(turn.say("meer_knoppen"), payload("vraag_uitleg", interventie=item.id, onderdeel="meer"))
        found = (*first, more)
    if turn.state.suggesties:
        found = (*found, Button(turn.say("terug"), payload("terug")))
    return found[:MAX_BUTTONS]


def part_buttons(turn: Turn, item: Item, parts: list[str]) -> tuple[Button, ...]:
    """A button for every part that the item has something for."""
    return tuple(
        Button(turn.say(f"vraag_{part}"), payload("vraag_uitleg", interventie=item.id, onderdeel=part))
        for part in parts
        if part == SOURCE or (part == LINK and item.links) or (part != LINK and item.section(Section(part)))
    )


def links(turn: Turn, item: Item) -> Reply:
    """The addresses of an item, with a warning where the address is not certain."""
    found = [link for link in turn.library.item_links(item) if link.status != "gestopt"]
    if not found:
        return turn.reply("geen_link", *menu(turn, item, LINK), titel=item.title, naam=item.name)
    lines = [turn.say("link_uitleg", titel=item.title)]
    if any(link.status == "onbekend" for link in found):
        lines.append(turn.say("link_onbekend"))
    lines += [f"- {link.label}: {link.purpose}" for link in found[:LINKS_EXPLAINED]]
    buttons = tuple(LinkButton(link.label, link.url) for link in found)
    return Reply("\n".join(lines), menu(turn, item, LINK), buttons)


def source(turn: Turn, item: Item) -> Reply:
    places = [f"{turn.library.sources[s.document]}, {s.place}" for s in item.sources[:3]]
    return turn.reply("bron_uitleg", *menu(turn, item, SOURCE), bron=join(places), datum=item.reviewed)


def contact_text(turn: Turn) -> str:
    """Whom to ask: the organisation's own contact when it is set, otherwise who to look for."""
    contact = turn.knowledge.contact
    if contact.name:
        parts = (contact.address, turn.say("contact_uren", uren=contact.hours) if contact.hours else "")
        return turn.say("contact_met_naam", naam=contact.name, adres=" ".join(filter(None, parts))).strip()
    return turn.say("contact_algemeen")


def contact_links(turn: Turn) -> tuple[LinkButton, ...]:
    """Where to find advice outside the organisation; none when it has a contact of its own."""
    if turn.knowledge.contact.name:
        return ()
    links = (turn.library.links[key] for key in turn.knowledge.phrases.list("contact_links"))
    return tuple(LinkButton(link.label, link.url) for link in links)
