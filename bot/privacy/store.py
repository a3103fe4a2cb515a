"""The conversation store with the privacy rules: what is not kept, and what erases a conversation."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import structlog
from rasa.shared.core.events import BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.operation import metrics
from bot.privacy.care_words import forget_care_words
from bot.privacy.erasing import erase_conversation, erase_older
from bot.privacy.masking import mask
from bot.privacy.pseudonym import short_hash
from bot.storage import ConversationStore, unsaved

logger = structlog.get_logger(__name__)

Result = TypeVar("Result")

_METADATA = ("model_id", "assistant_id")  # what Rasa adds itself; the rest comes from a channel and may name a person


class PrivateStore(ConversationStore):
    """Applies the rules before anything is saved or handed to an event broker."""

    async def save(self, tracker: DialogueStateTracker) -> None:
        """A conversation in which the bot said that it erased everything is erased instead."""
        if _erasure_promised(tracker):
            await self.erase(tracker.sender_id)
            logger.info("conversation erased", conversation=short_hash(tracker.sender_id))
            return
        new = unsaved(tracker)
        _forget_rest(new)
        forget_care_words(new, after=_last_message_before(tracker, len(new)))
        await super().save(tracker)
        metrics.count_turn(tracker)
        intent = tracker.latest_message.intent_name if tracker.latest_message else None
        logger.info("message saved", conversation=short_hash(tracker.sender_id), intent=intent)

    async def erase(self, sender_id: str) -> None:
        """Leaves nothing of a conversation, in memory or in the database."""
        self._trackers.pop(sender_id, None)
        await self._work(erase_conversation, self.engine, sender_id)

    async def erase_older(self, before: float) -> int:
        """Erases conversations whose last event is from before this time; returns how many were in the database."""
        for sender_id in [s for s, tracker in self._trackers.items() if _last_event(tracker) < before]:
            del self._trackers[sender_id]
        return await self._work(erase_older, self.engine, before)

    async def _work(self, work: Callable[..., Result], *arguments: Any) -> Result:
        """In a thread, so that a long deletion holds up no message."""
        return await asyncio.get_running_loop().run_in_executor(None, work, *arguments)


def _erasure_promised(tracker: DialogueStateTracker) -> bool:
    """Whether an answer to the last message has the mark of `bot.conversation.opening.erase`."""
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            return False
        if isinstance(event, BotUttered) and (event.metadata.get("reply") or {}).get("wissen"):
            return True
    return False


def _last_message_before(tracker: DialogueStateTracker, new: int) -> UserUttered | None:
    """What the person said before the last `new` events."""
    earlier = itertools.islice(reversed(tracker.events), new, None)
    return next((event for event in earlier if isinstance(event, UserUttered)), None)


def _forget_rest(events: Iterable[Event]) -> None:
    """What channels know about a person, and what Rasa's HTTP API lets in unmasked, past `bot.incoming`."""
    for event in events:
        if not isinstance(event, UserUttered):
            continue
        if event.metadata:
            event.metadata = {name: event.metadata[name] for name in _METADATA if name in event.metadata}
            event.parse_data["metadata"] = event.metadata
        if event.input_channel is None and event.text:
            event.text = event.parse_data["text"] = mask(event.text)


def _last_event(tracker: DialogueStateTracker) -> float:
    return float(tracker.events[-1].timestamp) if tracker.events else 0.0
