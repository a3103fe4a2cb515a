"""Too many messages, slow clients and very many connections: what cannot be served is refused politely, at once."""

from __future__ import annotations

import base64
import json
import os
import resource
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from tests.conftest import Server

Start = Callable[..., Server]
CONNECTIONS = int(os.environ.get("TEST_CONNECTIONS") or 1000)  # of each kind; 5000 for the figure in docs/beheer.md


@pytest.fixture(scope="module")
def small(start_server: Start) -> Server:
    """A server where few messages may wait."""
    return start_server(BOT_QUEUE="4")


def test_more_messages_than_may_wait_are_refused_over_rest(small: Server, sender: str) -> None:
    connections = [socket.create_connection(("127.0.0.1", small.port), timeout=60) for _ in range(150)]
    for number, connection in enumerate(connections):
        sent = json.dumps({"sender": f"{sender}{number}", "message": "ik heb geen tijd om te leren"})
        lines = f"POST /webhooks/rest/webhook HTTP/1.1\r\nHost: x\r\nContent-Length: {len(sent)}\r\n"
        lines += "Content-Type: application/json\r\nConnection: close\r\n\r\n"
        connection.sendall((lines + sent).encode())
    answers = [_read_all(connection).decode() for connection in connections]
    codes = Counter(answer.split()[1] for answer in answers)
    assert set(codes) == {"200", "503"} and codes["200"] >= 4, codes
    for answer in answers:
        head, _, body = answer.partition("\r\n\r\n")
        if " 503 " in head:
            assert "Retry-After: 2" in head
            assert json.loads(body)["reden"] == "druk" and json.loads(body)["fout"].startswith("Het is nu erg druk.")
        else:
            assert json.loads(body)[0]["text"]
    assert small.say(sender, "hoi"), "afterwards it serves as before"


def test_more_messages_than_may_wait_are_refused_over_the_socket(small: Server) -> None:
    windows = [_window(small.port, f"venster-{number:03}") for number in range(150)]
    for number, window in enumerate(windows):
        _send(window, b'421["user_uttered",{"session_id":"venster-%03d","message":"hoi","id":"%d"}]' % (number, number))
    acknowledged = [_read_until(window, b"431[{").decode("utf-8", "replace") for window in windows]
    refused = [text for text in acknowledged if '"druk"' in text.partition("431[")[2]]
    assert 0 < len(refused) < len(windows)
    for text in refused:
        assert "Het is nu erg druk." in text and '"opnieuw":2' in text
    for window in windows:
        window.close()


def _read_all(connection: socket.socket) -> bytes:
    with connection:
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.fixture(scope="module")
def many_files() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_slow_clients_hold_nobody_up_and_are_cut_off(server: Server, sender: str, many_files: None) -> None:
    slow = []
    for _ in range(300):
        connection = socket.create_connection(("127.0.0.1", server.port), timeout=10)
        connection.sendall(b"POST /webhooks/rest/webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n")
        slow.append(connection)
    end = time.monotonic() + 40
    closed: set[socket.socket] = set()
    while len(closed) < len(slow) and time.monotonic() < end:
        assert server.say(sender, "hoi")
        for connection in slow:
            if connection not in closed and not _trickles(connection):
                closed.add(connection)
        time.sleep(0.5)
    for connection in slow:
        connection.close()
    assert len(closed) == len(slow)


def _trickles(connection: socket.socket) -> bool:
    """Sends one byte more; whether the server still listens to it."""
    try:
        connection.sendall(b"x")
        connection.setblocking(False)
        connection.recv(100)
        return False  # told that it took too long, or closed
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        connection.settimeout(10)


def test_very_many_open_connections(server: Server, sender: str, many_files: None) -> None:
    """Half of them idle, half of them chat windows that are open and silent."""
    idle = [socket.create_connection(("127.0.0.1", server.port), timeout=60) for _ in range(CONNECTIONS)]
    windows = [_window(server.port, f"venster-{number:06}") for number in range(CONNECTIONS)]
    for _ in range(20):
        assert server.say(sender, "waarom deze?")
    message = b'42["user_uttered",{"session_id":"venster-%06d","message":"/start","id":"%d"}]'
    for number in range(0, CONNECTIONS, CONNECTIONS // 50):
        _send(windows[number], message % (number, number))
        assert b"Interventiewijzer" in _read_until(windows[number], b"Interventiewijzer")
    for connection in (*idle, *windows):
        connection.close()
    assert server.say(sender, "hoi")


def _window(port: int, session: str) -> socket.socket:
    """An open chat window: a websocket with Socket.IO's handshake, in a session."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=60)
    connection.sendall(
        b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
        + base64.b64encode(os.urandom(16))
        + b"\r\n\r\n"
    )
    _read_until(connection, b'"sid"')
    _send(connection, b"40")
    _read_until(connection, b"40{")
    _send(connection, f'42["session_request",{{"session_id":"{session}"}}]'.encode())
    _read_until(connection, b"session_confirm")
    return connection


def _send(connection: socket.socket, data: bytes) -> None:
    """One masked text frame of less than 126 bytes, with a mask of zeros."""
    assert len(data) < 126
    connection.sendall(bytes([0x81, 0x80 | len(data), 0, 0, 0, 0]) + data)


def _read_until(connection: socket.socket, words: bytes) -> bytes:
    data = b""
    while words not in data:
        piece = connection.recv(65536)
        assert piece, f"closed before {words!r}: {data[-200:]!r}"
        data += piece
    return data
