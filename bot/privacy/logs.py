"""The log: one line per event, as text or JSON, without what people type and without who they are.

Libraries are the risk: Rasa logs whole messages when asked for detail. So only the bot's own code may log below
WARNING, whatever LOG_LEVEL says, and what a library says from WARNING on loses its values. An exception is logged
with its type and where it happened, without its text, in which a message may be.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog
from rasa.utils.common import configure_logging_and_warnings
from sqlalchemy.exc import OperationalError
from structlog.typing import Processor

OWN = ("bot", "actions", "__main__")
_LONGEST = 300  # characters of what a library says
_VALUE = re.compile(r"(?<!\w)'[^']*'|\"[^\"]*\"|`[^`]*`|\{.*\}|\[.*\]", re.DOTALL)
_KEYS = ("event", "level", "logger", "timestamp", "exception", "_record", "_from_structlog")

Event = MutableMapping[str, Any]
ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def configure(level: int, as_json: bool) -> None:
    """`level` of the bot's own code; everything goes to standard error."""
    shared: list[Processor] = [structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name, _add_time]
    output: Processor = structlog.processors.JSONRenderer(ensure_ascii=False) if as_json else _as_text
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                _without_values,
                _without_exception_text,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                output,
            ],
        )
    )
    handler.addFilter(lambda record: record.levelno >= logging.WARNING or _is_own(record.name))
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(max(level, logging.WARNING))
    for name in OWN:
        logging.getLogger(name).setLevel(level)
    for name in list(logging.root.manager.loggerDict):
        other = logging.getLogger(name)
        if not _is_own(name):
            other.handlers.clear()  # a handler of its own would go round this one
            other.setLevel(max(other.level, logging.WARNING))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def configure_from_environment() -> None:
    """LOG_LEVEL (default WARNING) and LOG_FORMAT (json, or text for people)."""
    name = os.environ.get("LOG_LEVEL", "WARNING").upper()
    level = getattr(logging, name, logging.WARNING)
    configure_logging_and_warnings(logging.WARNING)  # Rasa's; it silences warnings, and changes LOG_LEVEL
    os.environ["LOG_LEVEL"] = name
    configure(level, os.environ.get("LOG_FORMAT", "").lower() == "json")


def _is_own(name: str) -> bool:
    return name.split(".", 1)[0] in OWN


_time = structlog.processors.TimeStamper(fmt="iso", utc=True)


def _add_time(logger: Any, method: str, event: Event) -> Event:
    return _time(logger, method, dict(event))


def _without_values(_: Any, __: str, event: Event) -> Event:
    """What a library says, without what it quotes and without what it hands along."""
    if _is_own(event.get("logger") or ""):
        return event
    said = _VALUE.sub("…", str(event.get("event", "")).split("\n", 1)[0])[:_LONGEST]
    kept = {key: value for key, value in event.items() if key in _KEYS or key == "exc_info"}
    return {**kept, "event": said}


def _without_exception_text(_: Any, __: str, event: Event) -> Event:
    info = event.pop("exc_info", None)
    if event.get("level") == "exception":
        event["level"] = "error"
    if info is True:
        info = sys.exc_info()
    elif isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if info and info[0]:
        event["exception"] = describe(info)
    return event


def describe(info: ExceptionInfo) -> str:
    """Type of the exception and where it happened, innermost last; its text only when it is about a connection."""
    kind, error, trace = info
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
    about = ""
    if isinstance(error, OperationalError):
        about = f": {error.orig}"
    elif isinstance(error, OSError):
        about = f": {error.strerror}"
    cause = error.__cause__
    because = f" <- {describe((type(cause), cause, cause.__traceback__))}" if cause else ""
    return f"{kind.__module__}.{kind.__qualname__}{about} at {' > '.join(frames[-8:]) or '?'}{because}"


def _as_text(_: Any, __: str, event: Event) -> str:
    head = f"{event.pop('timestamp', '')} {event.pop('level', '').upper()} {event.pop('logger', '')}:"
    said, trouble = event.pop("event", ""), event.pop("exception", None)
    rest = [f"{key}={value}" for key, value in event.items()]
    return " ".join([head, str(said), *rest, *([f"| {trouble}"] if trouble else [])])
