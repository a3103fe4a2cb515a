"""Settings of privacy, from environment variables. (BOT_SECRET is in pseudonym.py.)"""

from __future__ import annotations

import os
from collections.abc import Mapping

RETENTION = "BOT_BEWAARTERMIJN_DAGEN"
DEFAULT_DAYS = 30


class RetentionError(Exception):
    """The setting is wrong; the message says how."""


def retention_days(environment: Mapping[str, str] = os.environ) -> int:
    """Days that a conversation is kept after its last message. Raises RetentionError."""
    value = environment.get(RETENTION) or str(DEFAULT_DAYS)
    if not value.isdecimal() or not 1 <= int(value) <= 3650:
        raise RetentionError(f"{RETENTION} is '{value}'; give a whole number of days from 1 to 3650.")
    return int(value)
