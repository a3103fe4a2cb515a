"""The command line: python -m bot COMMAND. The Makefile calls it."""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections.abc import Sequence


def quiet_start() -> None:
    """Silences what TensorFlow, SQLAlchemy and old packages print while they are imported."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    for category in (DeprecationWarning, FutureWarning, PendingDeprecationWarning):
        warnings.filterwarnings("ignore", category=category)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot", description="Interventiewijzer-bot")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="train if needed, and serve")
    run.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 5005))
    commands.add_parser("train", help="train the model if anything changed")
    commands.add_parser("chat", help="talk to the bot in the terminal")
    commands.add_parser("content", help="check the knowledge base")
    show = commands.add_parser("show", help="preview an item as the bot will say it")
    show.add_argument("item", help="id, former id or name")
    commands.add_parser("taalmodel", help="install nl_core_news_md")
    options = parser.parse_args(arguments)
    quiet_start()
    try:
        return _run(options)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if type(error).__name__ in {"StartError", "TrainingError", "ContentError", "ModelUnavailableError"}:
            print(f"\n{error}", file=sys.stderr)
            return 1
        raise


def _run(options: argparse.Namespace) -> int:
    if options.command == "content":
        from bot.content.report import check

        return check()
    if options.command == "show":
        from bot.content.report import preview

        return preview(options.item)
    if options.command == "taalmodel":
        from bot.taalmodel import install

        return install()
    if options.command == "run":
        from bot.knowledge import knowledge
        from bot.server import listen, quiet_logging, serve

        listening = listen(options.port)
        quiet_logging()
        knowledge()  # unreadable content stops the start before a model is trained
        from bot.training import ensure_model

        serve(ensure_model(), listening, lambda: _say_ready(options.port))
        return 0
    from bot.server import quiet_logging
    from bot.training import ensure_model

    quiet_logging()
    model = ensure_model()
    if options.command == "chat":
        from bot.terminal import chat

        chat(model)
    else:
        print(f"The model is up to date: {model.name}")
    return 0


def _say_ready(port: int) -> None:
    print(f"\nDe Interventiewijzer staat klaar: http://localhost:{port}  (stoppen: Ctrl-C)", flush=True)
