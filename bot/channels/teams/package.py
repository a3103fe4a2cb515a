"""The app package with which Teams shows the bot: the manifest with the blanks filled in, and the icons, in one zip."""

from __future__ import annotations

import re
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from bot.channels.teams.settings import APP_ID, GUID
from bot.paths import ROOT
from bot.settings import StartError

SOURCE = ROOT / "deploy" / "teams"
ICONS = ("color.png", "outline.png")
MAX_NAME = 32  # characters of the organisation's name
_ADDRESS = r"https://[^\s\"\\]+"


def make(target: Path, app_id: str, organisation: str, website: str, privacy: str = "", terms: str = "") -> Path:
    """Writes `target`, a zip. `privacy` and `terms` are web pages; without them the website is named.
    Raises StartError, which names what is wrong."""
    privacy, terms = privacy or website, terms or website
    if not re.fullmatch(GUID, app_id):
        raise StartError(f"{APP_ID} is missing or not right: set it to the app id of the bot. See docs/teams.md.")
    if not 0 < len(organisation) <= MAX_NAME or re.search(r"[\"\\\x00-\x1f]", organisation):
        raise StartError(f"--organisatie must be a name of 1 to {MAX_NAME} characters.")
    for option, address in (("--website", website), ("--privacy", privacy), ("--voorwaarden", terms)):
        if not re.fullmatch(_ADDRESS, address):
            raise StartError(f"{option} must be an address that starts with https://")
    blanks = {"app_id": app_id, "name": organisation, "website": website, "privacy": privacy, "terms": terms}
    manifest = (SOURCE / "manifest.json").read_text("utf-8")
    with ZipFile(target, "w", ZIP_DEFLATED) as package:
        package.writestr("manifest.json", re.sub(r"\{\{(\w+)\}\}", lambda blank: blanks[blank[1]], manifest))
        for icon in ICONS:
            package.write(SOURCE / icon, icon)
    return target
