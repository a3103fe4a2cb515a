"""A walker that talks at random: any sentence, any button ever offered, in any order, and checks every answer.

python -m tests.server.walker 20000 --seed 7        with a server of its own
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.conversation.phrases import Phrases
from bot.conversation.turn import Knowledge
from bot.transcript import read_talks

TESTS = Path(__file__).parent.parent
MAX_WORDS = 95  # about 60 in a message, and a title or source; a column of a comparison is the longest
LONGEST_TALK = 25  # turns
KINDS = {"button": 45, "sentence": 33, "short": 10, "nonsense": 7, "reload": 3, "forged": 2}
SHORT = ["ja", "nee", "weet ik niet", "1", "2", "3", "9", "de tweede", "iets anders", "terug", "opnieuw", "waarom",
         "makkelijker", "wat kost dat", "link", "bron", "en de andere?", "nog een", "sla over", "samenvatting",
         "stop", "dank je", "hoe lang duurt het", "dat heb ik al geprobeerd", "voor mijn team ook?"]  # fmt: skip
NONSENSE = ["", " ", "x", "42", "😂", "👍", "🤷🏽", "asdf ghjk", "???", "...", "\u0000", "<b>hoi</b>", "{naam}", "%s",
            "lorem ipsum dolor sit amet", "SELECT * FROM leren;", "haha", "a" * 3000, "tijd " * 700, "-1", "1e9",
            "hello my friend", "où est la gare", "ich verstehe nicht", "**vet**", "/", "//", "/start nu"]  # fmt: skip
FORGED = ["/bestaat_niet", '/vraag_uitleg{"interventie": "x"}', '/vertellen{"belemmering": "x"}',
          '/vraag_uitleg{"interventie": "evc", "onderdeel": "x", "deel": "-3"}', '/vraag_uitleg{"interventie": ""}',
          '/vertellen{"rol": "x"}', "/vraag_kosten", "/anders", "/terug", "/kiezen", "/waarom", "/herhalen",
          "/session_start"]  # fmt: skip
_LINK = re.compile(r"https?://[^\s)\]]+")


@dataclass
class Report:
    """What a walk gave. `faults` say what was wrong, after which messages."""

    turns: int = 0
    states: set[str] = field(default_factory=set)
    answers: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.turns} turns, {len(self.states)} distinct states, {len(self.answers)} distinct answers, "
            f"{len(self.faults)} faults"
        )


@dataclass(frozen=True)
class Rules:
    """What an answer is held against."""

    urls: frozenset[str]
    errors: frozenset[str]  # texts that are never said
    dead_end: frozenset[str]  # texts that are not said to a button that was offered

    @classmethod
    def of(cls, knowledge: Knowledge) -> Rules:
        urls = frozenset(link.url for link in knowledge.library.links.values())
        dead = {*variants(knowledge.phrases, "knop_onbekend"), *variants(knowledge.phrases, "onbekend_item")}
        return cls(urls, frozenset(variants(knowledge.phrases, "fout")), frozenset(dead))

    def faults(self, replies: list[dict[str, Any]], pressed: bool) -> Iterator[str]:
        text = "\n".join(reply.get("text") or "" for reply in replies)
        if not text.strip():
            yield "no answer"
        for part in (part for reply in replies for part in (reply.get("text") or "").split("\n**")):
            if len(part.split()) > MAX_WORDS:
                yield f"{len(part.split())} words: {part}"
        if any(error in text for error in self.errors):
            yield "an error text"
        if pressed and any(dead in text for dead in self.dead_end):
            yield "a button that leads nowhere"
        for url in set(_LINK.findall(text)) - self.urls:
            if not url.startswith("http://localhost"):
                yield f"a link that is not in the content: {url}"


def variants(phrases: Phrases, key: str) -> set[str]:
    return {phrases.say(key, turn) for turn in range(6)}


def pool() -> list[str]:
    """Sentences of the tests: those that measure understanding, and those of the conversations."""
    lines = [line for path in (TESTS / "nlu").glob("*.txt") for line in path.read_text("utf-8").splitlines()]
    sentences = [line.rsplit("|", 1)[1] for line in lines if "|" in line and not line.startswith("#")]
    for path in (TESTS / "conversations").glob("*.yml"):
        sentences += [str(turn["zegt"]) for talk in read_talks(path) for turn in talk["beurten"]]
    return [sentence for sentence in sentences if not sentence.startswith(("#", "/"))]


def walk(
    say: Callable[[str, str], list[dict[str, Any]]],
    slots: Callable[[str], dict[str, Any]],
    rules: Rules,
    turns: int,
    seed: int,
) -> Report:
    """Talks for `turns` turns. `say(sender, message)` gives the messages of the bot, `slots(sender)` its memory."""
    chance, sentences, report = random.Random(seed), pool(), Report()
    while report.turns < turns:
        _talk(say, slots, rules, chance, sentences, report, f"walker-{seed}-{report.turns}")
    return report


def _talk(
    say: Callable[[str, str], list[dict[str, Any]]],
    slots: Callable[[str], dict[str, Any]],
    rules: Rules,
    chance: random.Random,
    sentences: list[str],
    report: Report,
    sender: str,
) -> None:
    offered: list[str] = []
    trail: list[str] = []
    last: list[str] = []
    for _ in range(chance.randint(3, LONGEST_TALK)):
        kind = chance.choices(list(KINDS), list(KINDS.values()))[0]
        pressed = kind == "button" and bool(offered)
        said = chance.choice(offered) if pressed else _something(kind, chance, sentences)
        trail.append(said[:80])
        replies = say(sender, said)
        report.turns += 1
        answer = "\n".join(reply.get("text") or "" for reply in replies)
        last = [*last[-2:], answer]
        found = list(rules.faults(replies, pressed))
        if len(last) == 3 and len(set(last)) == 1:
            found.append(f"the same answer three times: {answer[:100]}")
        report.faults += [f"{fault}\n    after {trail[-4:]}" for fault in found]
        offered += [button["payload"] for reply in replies for button in reply.get("buttons") or []]
        memory = slots(sender)
        known = {name: memory[name] for name in ("rol", "belemmeringen", "sector", "suggesties", "interventie")}
        report.states.add(f"{known} {(memory.get('gesprek') or {}).get('question')}")
        report.answers.add(answer)


def _something(kind: str, chance: random.Random, sentences: list[str]) -> str:
    if kind == "reload":
        return "/start"
    choices = {"short": SHORT, "nonsense": NONSENSE, "forged": FORGED}
    return chance.choice(choices.get(kind, sentences))


def main() -> int:
    from bot.knowledge import knowledge
    from bot.training import ensure_model
    from tests.conftest import Server

    parser = argparse.ArgumentParser(description="Talks at random with a server of its own and checks every answer.")
    parser.add_argument("turns", type=int, nargs="?", default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    server = Server(Path(tempfile.mkdtemp()), BOT_MODEL=str(ensure_model())).wait()
    try:
        report = walk(server.say, server.slots, Rules.of(knowledge()), options.turns, options.seed)
    finally:
        server.stop()
    print("\n".join([*report.faults, str(report)]))
    return 1 if report.faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
