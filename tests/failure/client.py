"""A chat client that keeps to the protocol of bot/channels/socket.py: what is not acknowledged is sent again."""

from __future__ import annotations

import threading
import time
import uuid
from typing import Any

import socketio
from socketio.exceptions import SocketIOError


class ChatClient:
    """Talks to one of several addresses, the next one when a connection is lost. Used by one thread."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = list(addresses)
        self.session = uuid.uuid4().hex
        self.heard: dict[str, str] = {}  # text by id of the answer, as shown to a person
        self.acknowledged: list[str] = []  # ids of messages, in order
        self.refused: list[dict[str, Any]] = []
        self.lost = 0
        self._socket: socketio.Client | None = None
        self._lock = threading.Lock()

    def say(self, text: str, seconds: float = 60) -> list[str]:
        """Sends until it is acknowledged; the answers in order. Raises TimeoutError."""
        message = {"session_id": self.session, "message": text, "id": uuid.uuid4().hex}
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                told = self.connected().call("user_uttered", message, timeout=10)
            except (SocketIOError, ConnectionError, OSError):
                self.lost += 1
                self.move()
                continue
            if told.get("ok"):
                self.acknowledged.append(message["id"])
                return self._answers(message["id"])
            self.refused.append(told)
            assert "opnieuw" in told, told
            time.sleep(min(told["opnieuw"], 1))
            if told["reden"] == "stopt":
                self.move()
        raise TimeoutError(f"no acknowledgement of {text!r} in {seconds} s: {self.refused[-1:]}")

    def _answers(self, message_id: str) -> list[str]:
        """The library hears them in threads of its own, perhaps a moment after the acknowledgement."""
        end = time.monotonic() + 10
        answers: list[str] = []
        while not answers and time.monotonic() < end:
            with self._lock:
                answers = [self.heard[key] for key in sorted(self.heard) if key.startswith(f"{message_id}-")]
            time.sleep(0 if answers else 0.01)
        return answers

    def connected(self) -> socketio.Client:
        if self._socket and self._socket.connected:
            return self._socket
        client = socketio.Client(reconnection=False)
        client.on("bot_uttered", self._hear)
        try:
            client.connect(self.addresses[0], transports=["websocket"], wait_timeout=5)
            client.call("session_request", {"session_id": self.session}, timeout=10)
        except BaseException:
            client.disconnect()
            time.sleep(0.1)
            raise
        self._socket = client
        return client

    def move(self) -> None:
        """To the next address."""
        self.close()
        self.addresses.append(self.addresses.pop(0))

    def close(self) -> None:
        if self._socket:
            self._socket.disconnect()
            self._socket = None

    def _hear(self, message: dict[str, Any]) -> None:
        if message["id"].endswith("-storing"):
            return  # the acknowledgement tells it
        with self._lock:
            before = self.heard.setdefault(message["id"], message["text"])
        assert before == message["text"], "two different answers with one id"
