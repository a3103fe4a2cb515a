"""Settings of a channel that is off until an administrator connects it to its service."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.privacy.pseudonym import SecretMissing, pseudonym
from bot.settings import StartError

Shapes = Mapping[str, tuple[str, str]]  # environment variable -> expression it must match, and what that is in words


def read_credentials(
    channel: str, shapes: Shapes, needed: Sequence[str], switches: Sequence[str], credentials: Mapping[str, Any] | None
) -> dict[str, str] | None:
    """The values by name ('' for one that is not given): from environment variables, or else from the channel's keys
    in credentials.yml (the same names in lower case).

    None when none of `switches` is given: the channel is off. Raises StartError, which names the setting, when one of
    `needed` is missing, one has not its shape, or the secret for pseudonyms is missing.
    """
    given = {name: os.environ.get(name) or str((credentials or {}).get(name.lower()) or "") for name in shapes}
    if not any(given[name] for name in switches):
        return None
    remedy = f"docs/{channel.lower()}.md says where to find it. Set none to leave {channel} off."
    for name in needed:
        if not given[name]:
            raise StartError(f"{channel}: {name} is missing, while another setting of {channel} is there. {remedy}")
    for name, (shape, meaning) in shapes.items():
        if given[name] and not re.fullmatch(shape, given[name]):
            raise StartError(f"{channel}: {name} is not right: it must be {meaning}. {remedy}")
    try:
        pseudonym(channel.lower(), "")
    except SecretMissing as error:
        raise StartError(f"{channel}: {error}") from error
    return given
