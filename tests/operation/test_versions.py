"""Models that are kept, and going back to one: with the trained model and with altered copies of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from bot.operation import versions
from bot.operation.versions import PREFIX, VersionError
from bot.paths import ROOT


@pytest.fixture
def folder(model: Path, tmp_path: Path) -> Path:
    """Three models: 'nieuw', 'midden' and 'oud'."""
    for age, name in enumerate(("nieuw", "midden", "oud")):
        path = tmp_path / f"{PREFIX}{name}.tar.gz"
        shutil.copyfile(model, path)
        os.utime(path, (1_700_000_000 - age * 1000,) * 2)
    return tmp_path


def path(folder: Path, name: str) -> Path:
    return folder / f"{PREFIX}{name}.tar.gz"


def altered(model: Path, target: Path, old: str, new: str) -> None:
    """A copy whose domain differs: `old` in its metadata replaced by `new`."""
    unpacked = target.parent / "unpacked"
    with tarfile.open(model) as archive:
        archive.extractall(unpacked)
    metadata = unpacked / "metadata.json"
    text = metadata.read_text("utf-8")
    assert old in text
    metadata.write_text(text.replace(old, new), "utf-8")
    with tarfile.open(target, "w:gz", compresslevel=1) as archive:
        archive.add(unpacked, arcname="")


def test_back_to_the_one_before_and_forward_again(folder: Path) -> None:
    version, remarks = versions.go_back(path(folder, "nieuw"), folder=folder)
    assert (version.name, remarks) == ("midden", [])
    assert versions.chosen(folder) == path(folder, "midden")
    version, _ = versions.go_back(path(folder, "midden"), folder=folder)
    assert version.name == "oud"
    with pytest.raises(VersionError, match="geen ouder model"):
        versions.go_back(path(folder, "oud"), folder=folder)
    versions.go_forward(folder)
    assert versions.chosen(folder) is None


def test_by_name(folder: Path) -> None:
    assert versions.go_back(path(folder, "nieuw"), "ou", folder)[0].name == "oud"
    with pytest.raises(VersionError, match="nieuw, midden, oud"):
        versions.go_back(path(folder, "nieuw"), "zzz", folder)


def test_the_one_gone_back_to_is_not_removed(folder: Path) -> None:
    versions.go_back(path(folder, "nieuw"), "oud", folder)
    versions.remove_old(1, folder)
    assert [version.name for version in versions.versions(folder)] == ["nieuw", "oud"]
    path(folder, "oud").unlink()
    with pytest.raises(VersionError, match="--nieuwste"):
        versions.chosen(folder)


def test_what_a_model_was_made_of_is_told(folder: Path) -> None:
    versions.remember(path(folder, "midden"), "nl_core_news_md")
    measured = {"cijfers": {"test": {"intent_juist": 0.812, "belemmering_sterkste_goed": 0.8}}}
    (folder / "oud.json").write_text(json.dumps(measured), "utf-8")
    listed = versions.listing(path(folder, "nieuw"), folder, folder).splitlines()
    assert listed[3].split()[4:6] == ["0.81", "0.80"] and listed[2].split()[4:6] == ["-", "-"]
    assert [line.split()[:2] for line in listed[1:4]] == [
        ["*", "nieuw"],
        ["midden", "14-11-2023"],
        ["oud", "14-11-2023"],
    ]
    origin = versions.versions(folder)[1].origin
    assert origin and origin.examples > 5000 and str(origin.examples) in listed[2]
    assert "onbekend" in listed[3]
    with pytest.raises(VersionError, match="taalmodel nl_core_news_md"):
        versions.check(path(folder, "midden"))


def test_a_model_of_another_domain(model: Path, folder: Path) -> None:
    """Less that it knows is told; what the code cannot do is refused; nothing is chosen then."""
    altered(model, path(folder, "midden"), "samenvatting", "oude_naam")
    assert "samenvatting" in versions.go_back(path(folder, "nieuw"), "midden", folder)[1][-1]
    versions.go_forward(folder)
    altered(model, path(folder, "oud"), "action_suggesties", "action_van_vroeger")
    with pytest.raises(VersionError, match="actie action_van_vroeger"):
        versions.go_back(path(folder, "nieuw"), "oud", folder)
    assert versions.chosen(folder) is None


def test_a_broken_file(folder: Path) -> None:
    path(folder, "midden").write_bytes(b"geen model")
    with pytest.raises(VersionError, match="niet te lezen"):
        versions.go_back(path(folder, "nieuw"), "midden", folder)


def test_the_commands(model: Path) -> None:
    """As somebody types them; BOT_MODEL keeps the choice of this machine out of it."""
    environment = {**os.environ, "BOT_MODEL": str(model)}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "bot", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)

    assert f"* {versions.model_name(model)}" in run("modellen").stdout
    wrong = run("terug", "bestaat-niet")
    assert wrong.returncode == 1 and "'bestaat-niet' is niet de naam" in wrong.stderr
    assert "bewaartermijn" in run("instellingen").stdout


def test_the_file_beside_a_model(tmp_path: Path) -> None:
    target = path(tmp_path, "x")
    target.write_bytes(b"")
    versions.remember(target, "ingebouwd")
    assert json.loads((tmp_path / f"{PREFIX}x.json").read_text("utf-8"))["language_model"] == "ingebouwd"
    (tmp_path / f"{PREFIX}x.json").write_text("{}", "utf-8")
    assert versions.versions(tmp_path)[0].origin is None
