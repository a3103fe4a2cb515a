"""The app package that an administrator uploads to Teams."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from jsonschema import Draft4Validator
from PIL import Image

from bot.channels.teams.package import SOURCE, make
from bot.cli import main
from bot.paths import ROOT
from bot.settings import StartError

APP_ID = "11111111-2222-3333-4444-555555555555"
SCHEMA = json.loads((ROOT / "tests/schemas/teams-manifest-1.16.json").read_text("utf-8"))


def packed(path: Path) -> tuple[dict[str, Any], ZipFile]:
    package = ZipFile(path)
    return json.loads(package.read("manifest.json")), package


def test_the_package_is_what_teams_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEAMS_APP_ID", APP_ID)
    target = tmp_path / "app.zip"
    given = ["--organisatie", "Bakkerij Jansen & Zn.", "--website", "https://example.org", "--uit", str(target)]
    assert main(["teams-pakket", *given, "--privacy", "https://example.org/privacy"]) == 0
    manifest, package = packed(target)
    assert [error.message for error in Draft4Validator(SCHEMA).iter_errors(manifest)] == []
    assert manifest["id"] == manifest["bots"][0]["botId"] == APP_ID
    assert manifest["developer"] == {
        "name": "Bakkerij Jansen & Zn.",
        "websiteUrl": "https://example.org",
        "privacyUrl": "https://example.org/privacy",
        "termsOfUseUrl": "https://example.org",
    }
    assert sorted(package.namelist()) == ["color.png", "manifest.json", "outline.png"]
    assert "{{" not in package.read("manifest.json").decode()


def test_the_icons_are_what_teams_asks_for(tmp_path: Path) -> None:
    _, package = packed(make(tmp_path / "app.zip", APP_ID, "Ik", "https://example.org"))
    color, outline = (Image.open(BytesIO(package.read(name))) for name in ("color.png", "outline.png"))
    assert color.size == (192, 192) and outline.size == (32, 32)
    assert color.getchannel("A").getextrema() == (255, 255)
    assert all(outline.getchannel(band).getextrema() == (255, 255) for band in "RGB")  # white
    assert outline.getchannel("A").getextrema() == (0, 255)  # on nothing


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (("", "Ik", "https://x.nl"), "TEAMS_APP_ID"),
        (("geen-id", "Ik", "https://x.nl"), "TEAMS_APP_ID"),
        ((APP_ID, "", "https://x.nl"), "--organisatie"),
        ((APP_ID, "x" * 33, "https://x.nl"), "--organisatie"),
        ((APP_ID, 'a"b', "https://x.nl"), "--organisatie"),
        ((APP_ID, "Ik", "http://x.nl"), "--website"),
        ((APP_ID, "Ik", "https://x.nl", "x.nl/privacy"), "--privacy"),
        ((APP_ID, "Ik", "https://x.nl", "", 'https://x.nl/"'), "--voorwaarden"),
    ],
)
def test_what_is_wrong_is_named(given: tuple[str, ...], named: str, tmp_path: Path) -> None:
    with pytest.raises(StartError, match=named):
        make(tmp_path / "app.zip", *given)
    assert not (tmp_path / "app.zip").exists()


def test_the_manifest_in_the_folder_has_nothing_filled_in() -> None:
    assert "{{app_id}}" in (SOURCE / "manifest.json").read_text("utf-8")
