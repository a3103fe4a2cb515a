"""A locust file: people in conversation over REST. `benchmarks.load` runs it; LOAD_BOT says with which bot they talk,
LOAD_PAUSE the longest time between an answer and the next message (seconds; 0: none at all)."""

from __future__ import annotations

import os
import random
import time
import uuid

from locust import FastHttpUser, between, constant, task

LONGEST_PAUSE = float(os.environ["LOAD_PAUSE"])
TALKS = {
    "starter": [
        ["hello", "great", "thank you", "bye"],
        ["good morning", "I am very sad", "no", "bye"],
        ["hey", "my day was horrible", "yes", "are you a bot?", "bye"],
        ["hi there", "not so good", "are you human?", "it did not help", "see you later"],
    ],
    "ours": [
        ["/start", "ik draai nachten in het ziekenhuis en kom nergens aan toe", "de tweede", "wat kost dat", "bedankt"],
        ["hoi", "ik rijd op de vrachtwagen, heb nooit een diploma gehaald", "ja", "iets anders", "leg de eerste uit"],
        ["Ik ben HR-adviseur, onze directie ziet het nut van leren niet", "argumenten", "wat is de bron?", "dank u"],
        ["ik ben leerambassadeur en praat zo met iemand die bang is voor school", "ja graag", "volgende", "klaar"],
        ["wat is job crafting", "voor wie is dat", "heb je een link", "en wat kost het", "doei"],
        ["mijn contract loopt af en ik weet niet wat ik wil", "in de zorg", "vergelijk 1 en 2", "samenvatting"],
        ["/start", "ben teamleider, mijn mensen zijn op", "de eerste", "hoe lang duurt het", "nog een", "tot ziens"],
        ["doe de scan", "eens", "oneens", "eens", "stop", "wat wordt het weer morgen"],
    ],
}[os.environ["LOAD_BOT"]]


class Person(FastHttpUser):
    """Starts somewhere in the pause, talks, and begins again as someone else."""

    wait_time = between(LONGEST_PAUSE / 10, LONGEST_PAUSE) if LONGEST_PAUSE else constant(0)
    connection_timeout = network_timeout = 60.0

    @task
    def conversation(self) -> None:
        sender = uuid.uuid4().hex
        for text in random.choice(TALKS):
            while wait := self._say({"sender": sender, "message": text}):
                time.sleep(wait)  # Locust makes it let the others go on
            self.wait()  # type: ignore[no-untyped-call]

    def _say(self, body: dict[str, str]) -> float:
        """Seconds after which to send it again: a server that is too busy may say so, in time."""
        with self.client.post("/webhooks/rest/webhook", json=body, name="message", catch_response=True) as answer:
            if answer.status_code == 503 and "Retry-After" in answer.headers:
                answer.request_meta["name"] = "refused"
                answer.success()
                return float(answer.headers["Retry-After"])
            if answer.status_code == 200 and answer.json():
                answer.success()
            else:
                answer.failure(f"status {answer.status_code}, or no answer")
            return 0
