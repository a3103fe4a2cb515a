"""Whatever comes over HTTP: a clear Dutch refusal, the headers that keep pages safe, and a server that goes on."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator

import pytest
import requests

from tests.conftest import TOKEN, Server

Start = Callable[..., Server]
SITE = "https://intranet.example.org"
CLOSING = b"Host: x\r\nConnection: close\r\n"
REST = b"POST /webhooks/rest/webhook HTTP/1.1\r\n" + CLOSING


@pytest.fixture(scope="module")
def closed(start_server: Start) -> Iterator[Server]:
    """As an organisation would run it: without Rasa's API, with a site of its own."""
    server = start_server(BOT_API_TOKEN="", BOT_ORIGINS=SITE)
    yield server
    server.stop()


ADDRESSES = {
    "/": 200,
    "/gesprek": 200,
    "/health": 200,
    "/webhooks/rest/": 200,
    "/webhooks/rest/webhook": 405,
    "/widget/interventiewijzer-chat.js": 200,
    "/widget/icon.svg": 200,
    "/widget/%2e%2e/README.md": 404,
    "/widget/../../endpoints.yml": 404,
    "/blad/argumenten": 200,
    "/blad/argumenten?vorm=md": 200,
    "/blad/argumenten?vorm=md&vorm=html": 404,
    "/blad/bestand/sheet.css": 200,
    "/blad/%ff%fe/%ed%a0%80": 404,
    "/socket.io/?EIO=4&transport=polling": 200,
    "/socket.io/?EIO=4&transport=polling&sid=a": 400,
    "/socket.io/": 400,
    "/webhooks/slack/events": 404,
    "/%00": 404,
    "/er/is/niets": 404,
}


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_every_response_has_its_status_and_its_headers(closed: Server, path: str, accept: str) -> None:
    answer = requests.get(closed.url + path, headers={"Accept": accept}, timeout=10)
    assert answer.status_code == ADDRESSES[path]
    policy = answer.headers["Content-Security-Policy"]
    if answer.headers["Content-Type"].startswith("text/html"):
        assert "default-src 'self'" in policy and f"frame-ancestors 'self' {SITE}" in policy
        assert "unsafe" not in policy
    else:
        assert policy == "default-src 'none'; frame-ancestors 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] in {"no-cache", "no-store"}
    assert not {"Server", "X-Powered-By", "Access-Control-Allow-Origin"} & set(answer.headers)
    assert not any(word in answer.text for word in ("Traceback", "Exception", "sanic", "rasa/"))


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
def test_a_wrong_method_is_405_and_an_unknown_path_404(closed: Server, method: str) -> None:
    wrong = requests.request(method, closed.url + "/webhooks/rest/webhook", timeout=10)
    assert wrong.status_code == 405 and wrong.headers["Allow"] == "POST"
    assert requests.request(method, closed.url + "/bestaat/niet", timeout=10).status_code == 404


def test_a_mistake_is_told_in_the_form_that_was_asked_for(closed: Server) -> None:
    page = requests.get(closed.url + "/weg", headers={"Accept": "text/html,*/*"}, timeout=10)
    assert page.headers["Content-Type"].startswith("text/html") and "Deze pagina bestaat niet." in page.text
    assert requests.get(closed.url + "/weg", timeout=10).json() == {"fout": "Deze pagina bestaat niet."}


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        (SITE, True),
        ("https://intranet.example.org.evil.example", False),
        ("https://intranetXexample.org", False),
        ("http://intranet.example.org", False),
        ("null", False),
    ],
)
def test_only_pages_of_named_sites_may_read_answers(closed: Server, origin: str, allowed: bool) -> None:
    asked = requests.options(
        closed.url + "/webhooks/rest/webhook",
        headers={"Origin": origin, "Access-Control-Request-Method": "POST"},
        timeout=10,
    )
    said = requests.post(
        closed.url + "/webhooks/rest/webhook",
        json={"sender": "a", "message": "hoi"},
        headers={"Origin": origin},
        timeout=10,
    )
    for answer in (asked, said):
        assert answer.headers.get("Access-Control-Allow-Origin") == (origin if allowed else None)
        assert "Access-Control-Allow-Credentials" not in answer.headers
    assert asked.status_code == 204


HEADS = {
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n",
    "no version": b"GET /\r\n\r\n",
    "another version": b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    "a header without colon": b"GET / HTTP/1.1\r\nHost x\r\n\r\n",
    "a space before the colon": REST + b"Content-Length : 2\r\n\r\n{}",
    "a folded header": b"GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n",
    "a header with NUL": b"GET / HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n",
    "a header with a lone line feed": b"GET / HTTP/1.1\r\nHost: x\r\nX: a\nY: b\r\n\r\n",
    "a negative length": REST + b"Content-Length: -5\r\n\r\n{}",
    "a length with a sign": REST + b"Content-Length: +2\r\n\r\n{}",
    "a length with a line": REST + b"Content-Length: 1_0\r\n\r\n{}",
    "a length that is no number": REST + b"Content-Length: abc\r\n\r\n{}",
    "two lengths": REST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "length and chunks": REST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "an unknown coding": REST + b"Transfer-Encoding: gzip\r\n\r\n{}",
    "a hidden coding": REST + b"Transfer-Encoding: xchunked\r\n\r\n{}",
    "a chunk that is no number": REST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "a negative chunk": REST + b"Transfer-Encoding: chunked\r\n\r\n-5\r\n{}\r\n0\r\n\r\n",
    "an unknown expectation": REST + b"Expect: 200-ok\r\nContent-Length: 2\r\n\r\n{}",
    "half an IPv6 host": b"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: [\r\n\r\n",
    "half a websocket": b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
    + b"Host: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
}
TOO_BIG = {
    "a long address": b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a long header": b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 90_000 + b"\r\n\r\n",
    "a great length": REST + b"Content-Length: 99999999999\r\n\r\n{}",
    "a great chunk": REST + b"Transfer-Encoding: chunked\r\n\r\nffffffff\r\n{}\r\n0\r\n\r\n",
}


def answer_to(server: Server, sent: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(sent)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize(
    ("sent", "status"), [*((sent, 400) for sent in HEADS.values()), *((sent, 413) for sent in TOO_BIG.values())]
)
def test_an_odd_head_is_refused_and_the_server_goes_on(closed: Server, sent: bytes, status: int) -> None:
    answer = answer_to(closed, sent)
    assert answer.startswith(b"HTTP/1.1 %d" % status)
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["fout"]
    assert b"nosniff" in answer
    assert requests.get(closed.url + "/health", timeout=10).ok


@pytest.mark.parametrize("path", [b"*", b"http://[::1", b"/\xff\xfe", b"/\x7f"])
def test_an_address_that_cannot_be_read_ends_the_connection(closed: Server, path: bytes) -> None:
    answer = answer_to(closed, b"GET " + path + b" HTTP/1.1\r\n" + CLOSING + b"\r\n")
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400")
    assert requests.get(closed.url + "/health", timeout=10).ok


BODIES = {
    "very deep": b"[" * 90_000,
    "deep objects": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "a number without end": b'{"message":"hoi","n":' + b"9" * 50_000 + b"}",
    "UTF-16": '{"message":"hoi"}'.encode("utf-16"),
    "XML": b"<message>hoi</message>",
    "a half character as sender": b'{"message":"hoi","sender":"\\ud800"}',
    "NUL in the sender": b'{"message":"hoi","sender":"a\\u0000b"}',
    "an e-mail address as sender": b'{"message":"hoi","sender":"jan@example.org"}',
    "a list as message": b'{"message":["hoi"],"sender":"a"}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_an_odd_body_is_refused(closed: Server, body: bytes) -> None:
    answer = requests.post(closed.url + "/webhooks/rest/webhook", data=body, timeout=20)
    assert answer.status_code == 400 and answer.json()["fout"]


@pytest.mark.parametrize(
    "extra",
    [b'"metadata":[1]', b'"metadata":{"naam":"Jan de Vries"}', b'"input_channel":{"a":1}', b'"input_channel":"Jan"'],
)
def test_what_a_client_adds_is_neither_stumbled_over_nor_kept(server: Server, sender: str, extra: bytes) -> None:
    body = b'{"message":"\\ud800 hoi","sender":"%s",%s}' % (sender.encode(), extra)
    answer = requests.post(server.url + "/webhooks/rest/webhook", data=body, timeout=20)
    assert answer.json()[0]["text"]
    kept = requests.get(f"{server.url}/conversations/{sender}/tracker", params={"token": TOKEN}, timeout=10).text
    assert "Jan" not in kept and "metadata" in kept


def test_the_api_is_off_without_a_token_and_not_even_there(closed: Server) -> None:
    for path in ("/status", "/version", "/domain", "/conversations/x/tracker", "/openapi.json"):
        for query in ("", "?token=", f"?token={TOKEN}"):
            assert requests.get(closed.url + path + query, timeout=10).status_code == 404
    assert requests.post(closed.url + "/model/parse", json={"text": "hoi"}, timeout=10).status_code == 404
    assert requests.put(closed.url + "/model", json={"model_file": "/etc/passwd"}, timeout=10).status_code == 404


@pytest.mark.parametrize("query", ["", "?token=", "?token=fout", "?token=%ff", f"?token=x&token={TOKEN}"])
def test_the_api_tells_nothing_without_the_right_token(server: Server, query: str) -> None:
    for path in ("/version", "/status", "/conversations/x/tracker"):
        answer = requests.get(server.url + path + query, timeout=10)
        assert answer.status_code == 401 and answer.json() == {"fout": "Hiervoor is een geldig token nodig."}
    assert requests.get(f"{server.url}/version?token={TOKEN}", timeout=10).json()["version"]


def test_a_page_that_did_not_change_keeps_its_policy(server: Server) -> None:
    first = requests.get(f"{server.url}/gesprek", timeout=20)
    again = requests.get(f"{server.url}/gesprek", headers={"If-None-Match": first.headers["ETag"]}, timeout=20)
    assert again.status_code == 304
    assert "Content-Security-Policy" not in again.headers
    assert again.headers["X-Content-Type-Options"] == "nosniff"
