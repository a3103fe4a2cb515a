"""Many people who talk at the same time, and the proof afterwards that nothing was lost or mixed up."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from typing import Any

import requests

from bot.rendering.message import from_rasa
from tests.conftest import TOKEN
from tests.failure.client import ChatClient

WORDS = ("ik heb geen tijd om te leren", "wat kan ik doen", "waarom deze", "vertel meer over de eerste", "dank je")


class Crowd:
    """Clients that talk until told to stop."""

    def __init__(self, size: int, *addresses: str) -> None:
        turned = [addresses[place % len(addresses) :] + addresses[: place % len(addresses)] for place in range(size)]
        self.clients = [ChatClient(*order) for order in turned]
        self._errors: list[BaseException] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._talk, args=(client,)) for client in self.clients]

    def __enter__(self) -> Crowd:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.finish()

    def finish(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(120)
        assert not any(thread.is_alive() for thread in self._threads)
        if self._errors:
            raise self._errors[0]

    @property
    def count(self) -> int:
        """Messages acknowledged up to now."""
        return sum(len(client.acknowledged) for client in self.clients)

    def check(self, address: str) -> None:
        """Every acknowledged message is kept once, in order, in its own conversation, and all that the person heard
        is what the bot remembers having said."""
        for client in self.clients:
            events = _events(address, client.session)
            # By id: words may be masked, and those of a cry for help are not kept.
            kept = [event["message_id"] for event in events if event["event"] == "user"]
            said = client.acknowledged
            assert kept == said, f"lost: {set(said) - set(kept)}, too much: {set(kept) - set(said)}, {len(kept)} kept"
            remembered = sorted(
                from_rasa(event | event["metadata"]).text for event in events if event["event"] == "bot"
            )
            heard = sorted(client.heard.values())
            assert remembered == heard, f"{set(remembered) ^ set(heard)}"

    def _talk(self, client: ChatClient) -> None:
        try:
            for words in itertools.cycle(WORDS):
                if self._stop.is_set():
                    break
                assert client.say(words, seconds=100), f"no answer to {words}"
        except BaseException as error:
            self._errors.append(error)
        finally:
            client.close()


def _events(address: str, session: str) -> Sequence[dict[str, Any]]:
    parameters = {"token": TOKEN, "include_events": "ALL"}
    answer = requests.get(f"{address}/conversations/{session}/tracker", params=parameters, timeout=60)
    answer.raise_for_status()
    return answer.json()["events"]  # type: ignore[no-any-return]
