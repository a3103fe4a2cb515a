"""Ids that say nothing about a person, made from ids that do."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets

SECRET = "BOT_SECRET"
_LEAST = 16  # characters
_for_logs = secrets.token_bytes(32)  # another one in each process: what is logged cannot be traced to a person later


class SecretMissing(Exception):  # noqa: N818
    """BOT_SECRET is not set or too short; the message says what to do."""


def pseudonym(channel: str, user_id: str) -> str:
    """The sender id for a user of a channel that has user ids of its own (Slack, Teams): always the same, and not to
    be traced back without BOT_SECRET. 32 letters and digits. Another secret makes everyone a stranger.

    A channel that needs the real id to answer keeps it in its output channel, never in the message.
    Raises SecretMissing.
    """
    secret = os.environ.get(SECRET, "")
    if len(secret) < _LEAST:
        raise SecretMissing(f"Set {SECRET} to a secret of at least {_LEAST} characters: channel {channel} needs it.")
    return hmac.new(secret.encode(), f"{channel}\0{user_id}".encode(), hashlib.sha256).hexdigest()[:32]


def short_hash(sender_id: str) -> str:
    """Tells conversations apart in the log of one process; 8 letters and digits."""
    return hmac.new(_for_logs, sender_id.encode(), hashlib.sha256).hexdigest()[:8]
