"""What happens to one message, whatever channel it came through: it is handled once, saved, and only then answered.

A person therefore never reads an answer that the bot does not remember, and a client that got no acknowledgement can
send the same message (the same id) again, to any process: it is handled now, or the saved answer is given once more.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.shared.core.constants import DEFAULT_INTENTS

from bot.incoming import prepare
from bot.knowledge import knowledge
from bot.storage import ConversationMovedOn, ConversationStore, DatabaseAway

logger = logging.getLogger(__name__)

MAX_ID = 100  # characters of the id of a message
AT_ONCE = 8  # messages; more only wait for the same processor
ATTEMPTS = 5


class Refused(Exception):  # noqa: N818 (a state, told to the person)
    """The message was not handled. `reason`: druk (too many wait), stopt (this process is stopping), storing (the
    database is away) or fout (a mistake in the bot). `text` tells the person, in Dutch. `wait`: seconds after which
    to send the message again, None when that does not help."""

    def __init__(self, reason: str, wait: int | None) -> None:
        super().__init__(reason)
        self.reason, self.wait = reason, wait
        self.text = knowledge().phrases.say(reason)


class MessageHandler:
    """Given to every channel as `on_new_message`. Raises Refused, which the channel tells in its own way."""

    def __init__(self, agent: Agent, store: ConversationStore, limit: int) -> None:
        """`limit`: messages that may wait or be handled in this process at the same time."""
        self._agent, self._store, self._limit = agent, store, limit
        self._intents = user_intents(agent)
        self._places = asyncio.Semaphore(AT_ONCE)
        self._gate = asyncio.Lock()  # one message begins in each turn of the event loop
        self._tasks: set[asyncio.Task[None]] = set()
        self.stopping = False

    async def __call__(self, message: UserMessage) -> None:
        if self.stopping:
            raise Refused("stopt", wait=1)
        if len(self._tasks) >= self._limit:
            raise Refused("druk", wait=2)
        # A task of its own: a client that hangs up does not stop half-way what it asked for.
        task = asyncio.create_task(self._handle(message))
        self._tasks.add(task)
        task.add_done_callback(self._done)
        await asyncio.shield(task)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        task.exception()  # told already, also when nobody waits for the answer any more

    async def finish(self, seconds: float) -> bool:
        """Refuses new messages and waits for those in hand; whether all were finished in time."""
        self.stopping = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        return not self._tasks

    async def _handle(self, message: UserMessage) -> None:
        message.text = prepare(message.text, self._intents)
        try:
            # Lock first: messages of one conversation that wait for each other keep no place from others.
            async with self._agent.lock_store.lock(message.sender_id), self._places:
                async with self._gate:
                    await asyncio.sleep(0)  # the server reads what came in meanwhile, so that the limit counts it
                answers = await self._answers(message)
            for answer in answers or [{"text": knowledge().phrases.say("fout")}]:  # an action failed
                await message.output_channel.send_response(message.sender_id, answer)
        except Refused:
            raise
        except DatabaseAway:
            raise Refused("storing", wait=5) from None
        except Exception:
            logger.exception("A message could not be handled.")
            raise Refused("fout", wait=None) from None

    async def _answers(self, message: UserMessage) -> list[dict[str, Any]]:
        """The answers, when they are saved."""
        for _ in range(ATTEMPTS):
            earlier = await self._store.answers_to(message.sender_id, message.message_id)
            if earlier is not None:
                return earlier
            answers = _Answers(message.output_channel)
            attempt = UserMessage(
                message.text,
                answers,
                message.sender_id,
                input_channel=message.input_channel,
                message_id=message.message_id,
                metadata=message.metadata,
            )
            try:
                await self._agent.processor.handle_message(attempt)
                return answers.messages
            except ConversationMovedOn:  # another process was faster: look at what it saved
                self._store.forget(message.sender_id)
            except BaseException:
                self._store.forget(message.sender_id)
                raise
        raise Refused("druk", wait=1)  # many processes, and no Redis to let them take turns


class _Answers(OutputChannel):
    """Keeps the answers back until they are saved."""

    def __init__(self, channel: OutputChannel) -> None:
        self._channel = channel
        self.messages: list[dict[str, Any]] = []

    def name(self) -> str:  # type: ignore[override]  # Rasa asks the class; here it depends on the channel
        return str(self._channel.name())

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        self.messages.append(message)


def user_intents(agent: Agent) -> frozenset[str]:
    """The intents that a button may carry: those of the domain, without Rasa's internal ones."""
    return frozenset(agent.domain.intents) - frozenset(DEFAULT_INTENTS)


async def tell_refusal(handle: Callable[[UserMessage], Awaitable[None]], message: UserMessage) -> None:
    """Handles a message of a channel that has no way to send it again later: a refusal is said as an answer."""
    try:
        await handle(message)
    except Refused as refused:
        await message.output_channel.send_response(message.sender_id, {"text": refused.text})
