"""Opens the port, before anything that takes time."""

from __future__ import annotations

import socket

from bot.settings import StartError


def listen(port: int, host: str = "0.0.0.0") -> socket.socket:
    """Listens, so that a taken port is known before anything is loaded. Raises StartError."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise StartError(
            f"Port {port} is taken ({error.strerror}). Stop the program that uses it, "
            f"or choose another port: make run PORT={port + 1}"
        ) from error
    return listening
