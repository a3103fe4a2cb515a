"""A conversation in the terminal, with choices by number."""

from __future__ import annotations

import asyncio
import re
import shutil
import textwrap
import uuid
from pathlib import Path

from prompt_toolkit import print_formatted_text
from prompt_toolkit.formatted_text import FormattedText
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.utils import AvailableEndpoints

from bot.handling import user_intents
from bot.incoming import prepare
from bot.inprocess import InProcessActions
from bot.server import load_agent

STOP = {"stop", "exit", "quit", "/stop"}
_LINK = re.compile(r"\[([^\]]+)\]\((\S+?)\)")


def chat(model: Path) -> None:
    """Talks until 'stop', Ctrl-D or Ctrl-C. Nothing is kept."""
    asyncio.run(_chat(model))


async def _chat(model: Path) -> None:
    agent = await load_agent(model, AvailableEndpoints(action=InProcessActions()))
    sender = uuid.uuid4().hex
    _print([("ansigray", "\nPraat met de Interventiewijzer. Kies met een nummer of typ gewoon. Stoppen: typ stop.\n")])
    choices = await _exchange(agent, sender, "/start")
    while True:
        try:
            said = input("jij > ").strip()
        except (EOFError, KeyboardInterrupt):
            print()
            return
        if said.lower() in STOP:
            return
        if said:
            chosen = int(said) if said.isdigit() and 0 < int(said) <= len(choices) else 0
            choices = await _exchange(agent, sender, choices[chosen - 1] if chosen else said)


async def _exchange(agent: Agent, sender: str, message: str) -> list[str]:
    """Says one message, prints the answer, returns the payloads of the choices by number."""
    output = CollectingOutputChannel()
    await agent.handle_message(UserMessage(prepare(message, user_intents(agent)), output, sender))
    payloads: list[str] = []
    for reply in output.messages:
        width = min(shutil.get_terminal_size().columns, 90) - 4
        _print(styled(reply.get("text") or "", width))
        for button in reply.get("buttons") or []:
            payloads.append(button["payload"])
            _print([("ansicyan", f"   [{len(payloads)}] {button['title']}")])
        print()
    return payloads


def styled(text: str, width: int) -> list[tuple[str, str]]:
    """Light Markdown as (style, text) parts, wrapped; a link shows its address."""
    parts: list[tuple[str, str]] = []
    for line in _LINK.sub(r"\1: \2", text).split("\n"):
        indent = "  " if line.startswith("- ") else "   " if re.match(r"\d+\. ", line) else ""
        style = ""
        wrapped = textwrap.fill(line, width, subsequent_indent=indent, break_on_hyphens=False)
        for piece in wrapped.split("**"):
            parts.append((style, piece))
            style = "" if style else "bold"
        parts.append(("", "\n"))
    return parts[:-1]


def _print(parts: list[tuple[str, str]]) -> None:
    print_formatted_text(FormattedText(parts))
