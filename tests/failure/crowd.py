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
    """Clients that talk until told to stop; each says which message it is, so that every one can be found again."""

    def __init__(self, size: int, *addresses: str) -> None:
        turned = [addresses[place % len(addresses) :] + addresses[: place % len(addresses)] for place in range(size)]
        self.clients = [ChatClient(*order) for order in turned]
        self.said: dict[str, list[str]] = {client.session: [] for client in self.clients}
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
        return sum(len(said) for said in self.said.values())

    def check(self, address: str) -> None:
        """Every acknowledged message is kept once, in order, in its own conversation, and all that the person heard
        is what the bot remembers having said."""
        for client in self.clients:
            events = _events(address, client.session)
            kept = [event["text"] for event in events if event["event"] == "user"]
            assert kept == self.said[client.session]
            remembered = sorted(
                from_rasa(event | event["metadata"]).text for event in events if event["event"] == "bot"
            )
            heard = sorted(client.heard.values())
            assert remembered == heard

    def _talk(self, client: ChatClient) -> None:
        try:
            label = client.session[:6].translate(str.maketrans("0123456789", "ghijklmnop"))  # digits would be masked
            for number, words in enumerate(itertools.cycle(WORDS)):
                if self._stop.is_set():
                    break
                text = f"{words} {label} {number}"
                assert client.say(text, seconds=100), f"no answer to {text}"
                self.said[client.session].append(text)
        except BaseException as error:
            self._errors.append(error)
        finally:
            client.close()


def _events(address: str, session: str) -> Sequence[dict[str, Any]]:
    parameters = {"token": TOKEN, "include_events": "ALL"}
    answer = requests.get(f"{address}/conversations/{session}/tracker", params=parameters, timeout=60)
    answer.raise_for_status()
    return answer.json()["events"]  # type: ignore[no-any-return]
