#!/usr/bin/env sh
# Sets up, trains (on an eighth of the sentences, which is enough to see that it works) and answers one message on
# Python 3.MINOR, in an environment of its own. Skips when it is not there.
# Usage: try-python.sh MINOR
set -eu
cd "$(dirname "$0")/.."
minor=$1
interpreter=""
for candidate in "$(command -v "python3.$minor" || true)" "$HOME"/.pyenv/versions/3."$minor".*/bin/python; do
    if [ -x "$candidate" ] && "$candidate" -c "import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, $minor))" 2>/dev/null; then
        interpreter=$candidate
    fi
done
if [ -z "$interpreter" ]; then
    echo "Python 3.$minor is not here: skipped"
    exit 0
fi
export VENV=".venv-3.$minor"
PYTHON="$interpreter" scripts/setup.sh
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$VENV/bin/python" -W ignore - "$folder" <<'PY'
import asyncio
import shutil
import sys
from pathlib import Path

from bot.cli import quiet_start

quiet_start()
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.utils import AvailableEndpoints

from bot.inprocess import InProcessActions
from bot.server import load_agent
from bot import training


def thin(file: Path) -> None:
    """Keeps the first of every eight sentences of each block."""
    kept, place = [], 0
    for line in file.read_text("utf-8").splitlines():
        sentence = line.startswith("    - ")
        place = place + 1 if sentence else 0
        if not sentence or place % 8 == 1:
            kept.append(line)
    file.write_text("\n".join(kept) + "\n", "utf-8")


async def talk(model: Path) -> str:
    agent = await load_agent(model, AvailableEndpoints(action=InProcessActions()))
    output = CollectingOutputChannel()
    await agent.handle_message(UserMessage("ik werk in ploegendienst en kom nergens aan toe", output, "proef"))
    return "\n".join(message["text"] for message in output.messages)


folder = Path(sys.argv[1])
shutil.copytree(training.DATA, folder / "data")
for file in (folder / "data" / "nlu").rglob("*.yml"):
    thin(file)
training.DATA = folder / "data"
answer = asyncio.run(talk(training.train(folder / "model.tar.gz")))
print(answer)
assert "**1. " in answer, "no suggestions"
print("Python", ".".join(map(str, sys.version_info[:3])), "trains and answers")
PY
