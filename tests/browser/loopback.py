"""A web server in this process, for what the real bot does not do on command.

It serves pages that a test makes up (a site of another origin), the real files of the window, and a Socket.IO server
that says what a test lets it say and keeps what it was told.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import socketio
from aiohttp import web

from bot.paths import WIDGET
from bot.protection.headers import page_policy

Answer = Callable[[dict[str, Any]], dict[str, Any]]


class Loopback:
    """`told`: the messages that arrived, in order; `answer`: gives the acknowledgement of each."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.answer: Answer = lambda _: {"ok": True}
        self.url = ""
        self._pages: dict[str, tuple[str, dict[str, str]]] = {}
        self._loop = asyncio.new_event_loop()
        self._socket = socketio.AsyncServer(async_mode="aiohttp")
        self._socket.on("session_request", self._session_request)
        self._socket.on("user_uttered", self._user_uttered)
        self._app = web.Application()
        self._socket.attach(self._app)
        self._app.router.add_static("/widget", WIDGET)
        self._app.router.add_get("/{path:.*}", self._page)

    def __enter__(self) -> Loopback:
        ready = threading.Event()

        async def start() -> None:
            runner = web.AppRunner(self._app, shutdown_timeout=0.1)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            self._runner = runner
            ready.set()

        def run() -> None:
            self._loop.run_until_complete(start())
            self._loop.run_forever()

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()
        ready.wait(10)
        self.page("/")
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def page(
        self, path: str, attributes: str = "", script: str = "/widget/interventiewijzer-chat.js", **header: str
    ) -> str:
        """Makes a page with the window in it; returns its address. `header`: e.g. Content_Security_Policy."""
        html = (
            "<!doctype html><html lang='nl'><head><meta charset='utf-8'>"
            "<meta name='viewport' content='width=device-width, initial-scale=1'><title>Een andere site</title>"
            f"<link rel='icon' href='data:,'><script type='module' src='{script}'></script></head>"
            f"<body><main><h1>Een andere site</h1></main>"
            f"<interventiewijzer-chat {attributes}></interventiewijzer-chat></body></html>"
        )
        csp = page_policy().replace("default-src 'self'", "default-src 'self'; img-src data:")
        given = {name.replace("_", "-"): value for name, value in header.items()}
        self._pages[path] = (html, {"Content-Security-Policy": csp, **given})
        return self.url + path

    def emit(self, **reply: Any) -> None:
        """Says something in every open window."""
        asyncio.run_coroutine_threadsafe(self._socket.emit("bot_uttered", reply), self._loop).result(10)

    async def _session_request(self, sid: str, data: dict[str, Any]) -> None:
        await self._socket.emit("session_confirm", data["session_id"], room=sid)

    async def _user_uttered(self, sid: str, data: dict[str, Any]) -> dict[str, Any]:
        self.told.append(data)
        if data["message"].startswith("/start"):
            await self._socket.emit("bot_uttered", {"id": f"{data['id']}-1", "text": "Hoi!", "buttons": []}, room=sid)
            return {"ok": True}
        return self.answer(data)

    async def _page(self, request: web.Request) -> web.Response:
        html, header = self._pages.get(request.path, ("", {}))
        return web.Response(text=html, content_type="text/html", headers=header, status=200 if html else 404)
