"""One turn of a conversation: everything a conversation function needs, and what several of them share."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.content.guides import Guides
from bot.content.library import Library
from bot.content.matching import DEFAULT_ROLE
from bot.content.model import Item
from bot.content.search import SearchIndex
from bot.conversation.cues import Cues
from bot.conversation.heard import Heard
from bot.conversation.phrases import Phrases
from bot.conversation.reply import Button, Card, LinkButton, PageLink, Reply, payload
from bot.conversation.state import State

MAX_BARRIERS = 4


@dataclass(frozen=True)
class Contact:
    """The organisation's own human contact; empty when not set."""

    name: str = ""
    address: str = ""
    hours: str = ""


@dataclass(frozen=True)
class Knowledge:
    """What stays the same from turn to turn: content, search index, texts, settings of the organisation."""

    library: Library
    index: SearchIndex
    phrases: Phrases
    cues: Cues
    guides: Guides
    contact: Contact = field(default_factory=Contact)
    retention_days: int = 30


@dataclass
class Turn:
    state: State
    heard: Heard
    knowledge: Knowledge
    now: float = 0.0  # seconds since 1970
    away: float = 0.0  # seconds since the message before

    @property
    def cues(self) -> Cues:
        return self.knowledge.cues

    @property
    def library(self) -> Library:
        return self.knowledge.library

    def say(self, key: str, **values: str) -> str:
        return self.knowledge.phrases.say(key, self.state.turn, self.state.simple, **values)

    def reply(
        self,
        key: str,
        *buttons: Button,
        links: tuple[LinkButton, ...] = (),
        cards: tuple[Card, ...] = (),
        pages: tuple[PageLink, ...] = (),
        **values: str,
    ) -> Reply:
        return Reply(self.say(key, **values), buttons, links, cards, pages)

    def barrier_name(self, barrier: str) -> str:
        return self.say(f"belemmeringen.{barrier}")

    def role(self) -> str:
        return self.state.rol or DEFAULT_ROLE

    def absorb(self, replace: bool = False) -> bool:
        """Takes role, barriers and sector from what was heard. New barriers go first; `replace` drops the old.
        Returns whether anything was learned."""
        state, heard = self.state, self.heard
        known = self.library.taxonomy
        before = (state.rol, list(state.belemmeringen), state.sector)
        state.belemmeringen = [b for b in state.belemmeringen if b not in heard.denied]
        if heard.role in known.roles:
            state.rol = heard.role
        if heard.sector in known.sectors:
            state.sector = heard.sector
        new = [b for b in heard.barriers if b in known.barriers and b not in heard.denied]
        if new:
            old = [] if replace else [b for b in state.belemmeringen if b not in new]
            state.belemmeringen = (new + old)[:MAX_BARRIERS]
        return (state.rol, state.belemmeringen, state.sector) != before or bool(new)

    def item_button(self, item: Item) -> Button:
        return Button(item.title, payload("vraag_uitleg", interventie=item.id))


def join(parts: list[str]) -> str:
    """'a, b en c'."""
    return " en ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
