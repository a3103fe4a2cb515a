"""Several server processes that share one port: started, started anew when one dies, replaced without a pause.

The supervisor opens the port and hands it to its processes, so that a connection waits for another process while one
stops, and the busiest one accepts least. SIGTERM or Ctrl-C stops all gracefully; SIGHUP replaces them one by one, for
a new model, new settings in files or new code. A process that does not become ready is not put in anyone's place.
"""

from __future__ import annotations

import logging
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable

from bot.settings import Settings, StartError

logger = logging.getLogger(__name__)

START_SECONDS = 180.0
PAUSE = 0.2  # seconds between looks
FIRST_DELAY, LONGEST_DELAY = 1.0, 30.0  # seconds before a process is started again


class Process:
    """One server process. A pair of sockets joins it to the supervisor: it writes a byte when it is ready, and stops
    when the other end is gone, so that it never outlives the supervisor."""

    def __init__(self, listening: socket.socket) -> None:
        self._line, theirs = socket.socketpair()
        self.ready = False
        command = [sys.executable, "-m", "bot", "run", f"--socket={listening.fileno()}", f"--line={theirs.fileno()}"]
        # A session of its own: Ctrl-C reaches the supervisor alone, which passes it on.
        self.child = subprocess.Popen(command, pass_fds=(listening.fileno(), theirs.fileno()), start_new_session=True)
        theirs.close()

    @property
    def alive(self) -> bool:
        return self.child.poll() is None

    def look(self, seconds: float = 0.0) -> bool:
        """Whether the process is ready; waits for it at most so long."""
        if not self.ready and select.select([self._line], [], [], seconds)[0]:
            self.ready = self._line.recv(1) != b""
        return self.ready

    def stop(self, seconds: float) -> None:
        """Gracefully; by force after so many seconds."""
        if self.alive:
            self.child.terminate()
        try:
            self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            logger.error("Process %d did not stop in %.0f s and is killed.", self.child.pid, seconds)
            self.child.kill()
            self.child.wait()
        self.close()

    def close(self) -> None:
        self._line.close()


class Supervisor:
    """Keeps `number` processes serving on `listening`; each gets `grace` seconds to finish when it is stopped."""

    def __init__(self, listening: socket.socket, number: int, grace: int) -> None:
        self._listening, self._number = listening, number
        self._stop_seconds = grace + 5.0
        self._processes: list[Process] = []
        self._stopping = self._replacing = False
        self._delay = FIRST_DELAY

    def run(self, ready: Callable[[], None]) -> None:
        """Until SIGTERM or Ctrl-C. `ready` is called when the processes are. Raises StartError."""
        signal.signal(signal.SIGTERM, self._on_stop)
        signal.signal(signal.SIGINT, self._on_stop)
        signal.signal(signal.SIGHUP, self._on_replace)
        try:
            self._processes = [Process(self._listening) for _ in range(self._number)]
            started = [self._becomes_ready(process) for process in self._processes]
            if any(started):  # one that did not start is started anew below
                ready()
            elif not self._stopping:
                raise StartError("No server process started; their message is above.")
            while not self._stopping:
                time.sleep(PAUSE)
                self._revive()
                if self._replacing:
                    self._replacing = False
                    self._replace()
        finally:
            for process in self._processes:
                process.child.terminate()  # all at once
            for process in self._processes:
                process.stop(self._stop_seconds)

    def _on_stop(self, *_: object) -> None:
        self._stopping = True

    def _on_replace(self, *_: object) -> None:
        self._replacing = True

    def _becomes_ready(self, process: Process) -> bool:
        end = time.monotonic() + START_SECONDS
        while not self._stopping and process.alive and time.monotonic() < end:
            if process.look(PAUSE):
                return True
        return process.look()

    def _revive(self) -> None:
        for place, process in enumerate(self._processes):
            if process.alive:
                if process.look():
                    self._delay = FIRST_DELAY
                continue
            process.close()
            code = process.child.returncode
            logger.error("Process %d ended (%s); another takes its place.", process.child.pid, code)
            if not process.ready:  # it cannot start now: not again and again without a pause
                self._pause(self._delay)
                self._delay = min(self._delay * 2, LONGEST_DELAY)
            if not self._stopping:
                self._processes[place] = Process(self._listening)

    def _pause(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self._stopping and time.monotonic() < end:
            time.sleep(PAUSE)

    def _replace(self) -> None:
        """Starts each new process before the old one stops."""
        for place, old in enumerate(self._processes):
            new = Process(self._listening)
            if not self._becomes_ready(new):
                new.stop(self._stop_seconds)
                logger.error("A new process did not become ready. The old ones go on.")
                return
            self._processes[place] = new
            old.stop(self._stop_seconds)
            logger.warning("Process %d was replaced by process %d.", old.child.pid, new.child.pid)


def supervise(listening: socket.socket, ready: Callable[[], None]) -> None:
    """Serves with BOT_PROCESSES processes until SIGTERM or Ctrl-C. Raises StartError."""
    settings = Settings.read()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # Once, before all processes need it; in a process of its own, because the supervisor stays small.
    if subprocess.run([sys.executable, "-m", "bot", "klaarzetten"], check=False).returncode:
        raise StartError("There is no model to serve; the message is above.")
    Supervisor(listening, settings.processes, settings.grace).run(ready)
