"""What someone gets to see of a mistake: a status and a Dutch sentence, as a page for a browser and JSON otherwise.
Nothing of what was sent comes back, and nothing of how the server is made."""

from __future__ import annotations

import logging
import traceback

from sanic.exceptions import SanicException, ServerError
from sanic.request import Request
from sanic.response import HTTPResponse, html, json

from bot.knowledge import knowledge
from bot.pages import rendering

logger = logging.getLogger(__name__)

SENTENCES = {
    400: "Dit verzoek is niet te lezen.",
    401: "Hiervoor is een geldig token nodig.",
    404: "Deze pagina bestaat niet.",
    405: "Dit kan niet op dit adres.",
    408: "Het verzoek kwam te langzaam binnen.",
    413: "Dit is te veel tekst voor één verzoek.",
    417: "Deze verwachting kan de server niet waarmaken.",
    429: "Er komen te veel verzoeken achter elkaar. Wacht even, en probeer het dan nog eens.",
    500: "Er ging iets mis bij mij. Probeer het nog eens.",
    503: "Het lukt nu even niet. Probeer het zo nog eens.",
}


def answer(request: Request, status: int, headers: dict[str, str] | None = None) -> HTTPResponse:
    sentence = SENTENCES.get(status) or SENTENCES[400 if status < 500 else 500]
    if "text/html" in request.headers.get("Accept", ""):
        return html(rendering.notice(knowledge().phrases, sentence), status=status, headers=headers)
    return json({"fout": sentence}, status=status, headers=headers)


def _status(request: Request, exception: Exception) -> int:
    if isinstance(exception, ServerError) and "upgrade" in request.headers:
        return 400  # a websocket that is not opened as it should be
    if isinstance(exception, ValueError) and request.path.startswith("/socket.io"):
        return 400  # Engine.IO could not decode a packet
    return exception.status_code if isinstance(exception, SanicException) else 500


def of_exception(request: Request, exception: Exception) -> HTTPResponse:
    status = _status(request, exception)
    if status == 500:
        place = traceback.extract_tb(exception.__traceback__)[-1:]
        where = f"{place[0].filename}:{place[0].lineno}" if place else "unknown"
        logger.error("A request could not be handled: %s at %s", type(exception).__name__, where)
    allowed = getattr(exception, "headers", None)  # of a 405: which methods there are
    return answer(request, status, dict(allowed) if allowed else None)
