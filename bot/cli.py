"""The command line: python -m bot COMMAND. The Makefile calls it."""

from __future__ import annotations

import argparse
import os
import socket
import sys
import warnings
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from bot.paths import BUILD


def quiet_start() -> None:
    """Silences what TensorFlow, SQLAlchemy and old packages print while they are imported."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    for category in (DeprecationWarning, FutureWarning, PendingDeprecationWarning):
        warnings.filterwarnings("ignore", category=category)


def _days(value: str) -> int:
    if not value.isdecimal():
        raise argparse.ArgumentTypeError(f"'{value}' is no number of days")
    return int(value)


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{value}' is no day; write it as 2026-11-30") from None


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot", description="Interventiewijzer-bot")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="train if needed, and serve")
    run.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 5005))
    run.add_argument("--processes", type=int, help="server processes that share the port (BOT_PROCESSES)")
    run.add_argument("--socket", type=int, help=argparse.SUPPRESS)  # from the supervisor: the port it opened
    run.add_argument("--line", type=int, help=argparse.SUPPRESS)  # from the supervisor: to say that it is ready
    commands.add_parser("train", help="train the model if anything changed")
    commands.add_parser("chat", help="talk to the bot in the terminal")
    commands.add_parser("content", help="check the knowledge base")
    show = commands.add_parser("show", help="preview an item as the bot will say it")
    show.add_argument("item", help="id, former id or name")
    talk = commands.add_parser("gesprek", help="print a stored conversation, or hold one of tests/conversations/")
    talk.add_argument("source", nargs="?", help="id of a stored conversation, or a file or folder of conversations")
    talk.add_argument("--html", action="store_true", help="as a page")
    erase = commands.add_parser("wissen", help="erase old conversations")
    erase.add_argument("--ouder-dan", type=_days, metavar="DAGEN", help="default: BOT_BEWAARTERMIJN_DAGEN, or 30")
    report = commands.add_parser("rapport", help="write a page on what people struggle with")
    report.add_argument("--van", type=_day, metavar="DAG", help="first day, as 2026-11-01")
    report.add_argument("--tot", type=_day, metavar="DAG", help="last day (default: today)")
    report.add_argument("--csv", type=Path, metavar="MAP", help="folder for the tables as CSV")
    commands.add_parser("instellingen", help="show the settings in force")
    commands.add_parser("modellen", help="list the models that are kept")
    back = commands.add_parser("terug", help="go back to an earlier model")
    back.add_argument("model", nargs="?", help="name, or how it begins (default: the one before the present one)")
    back.add_argument("--nieuwste", action="store_true", help="the model of the present data again")
    commands.add_parser("klaarzetten", help="what 'run' does before it serves: a model, the settings in force")
    commands.add_parser("taalmodel", help="install nl_core_news_md")
    package = commands.add_parser("teams-pakket", help="make the app package for Microsoft Teams (docs/teams.md)")
    package.add_argument("--organisatie", required=True, help="who offers the bot, at most 32 characters")
    package.add_argument("--website", required=True, help="https address of the organisation")
    package.add_argument("--privacy", default="", help="https address of the privacy statement")
    package.add_argument("--voorwaarden", default="", help="https address of the terms of use")
    package.add_argument("--uit", type=Path, default=Path("teams-app.zip"), help="file to write")
    improve = commands.add_parser("verbeteren", help="list what was not understood, for an editor to label")
    improve.add_argument("--naar", type=Path, default=BUILD / "verbeteren.yml", help="file to write")
    improve.add_argument("--dagen", type=float, default=30.0, help="how far back")
    options = parser.parse_args(arguments)
    quiet_start()
    try:
        return _run(options)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if type(error).__name__ in {
            "StartError",
            "TrainingError",
            "ContentError",
            "ModelUnavailableError",
            "UnknownTalkError",
            "RetentionError",
            "ReportError",
            "VersionError",
        }:
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
    if options.command == "wissen":
        return _erase(options.ouder_dan)
    if options.command == "rapport":
        return _report(options)
    if options.command == "taalmodel":
        from bot.taalmodel import install

        return install()
    if options.command == "teams-pakket":
        from bot.channels.teams.package import make

        app_id = os.environ.get("TEAMS_APP_ID", "")
        made = make(options.uit, app_id, options.organisatie, options.website, options.privacy, options.voorwaarden)
        print(f"Made: {made}")
        return 0
    if options.command == "verbeteren":
        from bot.improvement.worklist import write_worklist
        from bot.server import quiet_logging, read_endpoints

        quiet_logging()
        count = write_worklist(options.naar, read_endpoints().tracker_store, options.dagen)
        print(f"{count} verschillende zinnen in {options.naar}" if count else "Niets gevonden: alles werd begrepen.")
        return 0
    if options.command == "run":
        return _serve(options)
    if options.command == "klaarzetten":
        _prepare()
        return 0
    from bot.server import quiet_logging
    from bot.training import ensure_model, model_path

    quiet_logging()
    if options.command == "gesprek":
        from bot.transcript import show as show_talk

        show_talk(options.source, options.html)
        return 0
    if options.command == "instellingen":
        _print_settings(model_path())
        return 0
    if options.command in {"modellen", "terug"}:
        return _versions(options)
    if options.command == "train":
        from bot.operation.versions import go_forward

        go_forward()
    model = ensure_model()
    if options.command == "chat":
        from bot.terminal import chat

        chat(model)
    else:
        print(f"The model is up to date: {model.name}")
    return 0


def _serve(options: argparse.Namespace) -> int:
    from bot.knowledge import knowledge
    from bot.operation.metrics_folder import share_metrics
    from bot.port import listen
    from bot.settings import Settings

    if options.processes is not None:
        os.environ["BOT_PROCESSES"] = str(options.processes)
    processes = Settings.read().processes
    if options.socket is not None:
        line = socket.socket(fileno=options.line)
        return _serve_here(_model(), socket.socket(fileno=options.socket), lambda: line.sendall(b"1"), line)
    listening = listen(options.port)
    share_metrics()
    os.environ["PORT"] = str(options.port)  # for links to the bot's own pages
    knowledge()  # unreadable content stops the start before a model is trained

    def ready() -> None:
        print(f"\nDe Interventiewijzer staat klaar: http://localhost:{options.port}  (stoppen: Ctrl-C)", flush=True)

    if processes == 1:
        return _serve_here(_prepare(), listening, ready)
    from bot.supervisor import supervise

    supervise(listening, ready)
    return 0


def _model() -> Path:
    from bot.server import quiet_logging
    from bot.training import ensure_model

    quiet_logging()
    return ensure_model()


def _prepare() -> Path:
    model = _model()
    _print_settings(model)
    return model


def _serve_here(
    model: Path, listening: socket.socket, ready: Callable[[], None], line: socket.socket | None = None
) -> int:
    from bot.server import serve

    serve(model, listening, ready, line)
    return 0


def _print_settings(model: Path) -> None:
    from bot.operation.settings_report import settings_report
    from bot.server import read_endpoints

    print(f"\n{settings_report(model, read_endpoints())}", flush=True)


def _versions(options: argparse.Namespace) -> int:
    from bot.operation import versions
    from bot.training import model_path

    remarks: list[str] = []
    if options.command == "terug":
        if options.nieuwste:
            versions.go_forward()
        else:
            _, remarks = versions.go_back(model_path(), options.model)
    print(versions.listing(model_path()))
    if options.command == "terug":
        if os.environ.get("BOT_MODEL"):
            remarks.append("BOT_MODEL is ingesteld en gaat voor: deze keuze geldt pas als die weg is.")
        print("\n".join(["", *remarks, "Start de server opnieuw om dit model te gebruiken."]))
    return 0


def _report(options: argparse.Namespace) -> int:
    from bot.insight.command import chosen_period, make
    from bot.server import quiet_logging

    quiet_logging()
    for path in make(chosen_period(options.van, options.tot, date.today()), csv_folder=options.csv):
        print(f"Geschreven: {path}")
    return 0


def _erase(days: int | None) -> int:
    import asyncio

    from rasa.core.tracker_store import TrackerStore

    from bot.privacy.retention import erase_old
    from bot.privacy.settings import retention_days
    from bot.server import quiet_logging, read_endpoints

    quiet_logging()
    days = days if days is not None else retention_days()
    store = TrackerStore.create(read_endpoints().tracker_store)
    count = asyncio.run(erase_old(store, days))
    print(f"{count} gesprekken gewist waarin {days} dagen niets meer is gezegd.")
    return 0
