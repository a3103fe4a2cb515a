"""The list of packages with advisories, against a service as OSV's."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from bot.paths import ROOT
from tests.services import free_port


class Service(BaseHTTPRequestHandler):
    """Knows one advisory, about sanic 21.12.2."""

    def do_POST(self) -> None:
        queries = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
        known = ("sanic", "21.12.2")
        hits = [(query["package"]["name"], query["version"]) == known for query in queries]
        body = json.dumps({"results": [{"vulns": [{"id": "TEST-1"}]} if hit else {} for hit in hits]}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def service() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def audit(address: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "scripts/audit.py", address], cwd=ROOT, capture_output=True, text=True)


def test_versions_are_listed_with_their_advisories(service: str) -> None:
    done = audit(service)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert "sanic 21.12.2  TEST-1" in lines and "rasa 3.6.21" in lines
    assert len(lines) == (ROOT / "requirements.lock").read_text("utf-8").count("==")


def test_an_unreachable_list_is_told_and_is_no_all_clear() -> None:
    done = audit(f"http://127.0.0.1:{free_port()}")
    assert done.returncode == 2
    assert "niet te bereiken" in done.stderr and "sanic 21.12.2" in done.stdout.splitlines()
