"""The files in deploy/: valid, agreeing with the code, and safe. They cannot be run here, but nginx's part can."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from jsonschema import Draft7Validator, Draft202012Validator, RefResolver

from bot.paths import ROOT
from tests.conftest import Server, needs
from tests.failure.crowd import Crowd
from tests.failure.test_scale import wait_until
from tests.services import free_port

DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
KUBERNETES = "v1.33.0-local-strict"


def objects() -> dict[str, dict[str, Any]]:
    return {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in MANIFESTS}


def test_compose_fits_its_schema() -> None:
    schema = json.loads((Path(__file__).parent / "compose-spec.json").read_text("utf-8"))
    assert [error.message for error in Draft7Validator(schema).iter_errors(COMPOSE)] == []
    COMPOSE["services"]["bot1"]["readonly"] = True
    assert list(Draft7Validator(schema).iter_errors(COMPOSE)), "the schema finds a mistake"
    del COMPOSE["services"]["bot1"]["readonly"]


@pytest.mark.parametrize("path", [p for p in MANIFESTS if p.stem != "kustomization"], ids=lambda p: p.stem)
def test_a_manifest_fits_its_schema(path: Path) -> None:
    validate = kubernetes_validator()
    manifest = yaml.safe_load(path.read_text("utf-8"))
    assert validate(manifest) == []
    manifest["metadata"]["onbekend"] = 1
    assert validate(manifest), "the schema finds a mistake"


def kubernetes_validator() -> Callable[[dict[str, Any]], list[str]]:
    """With the schemas of the package kubernetes-validate; its code needs a newer jsonschema than Rasa allows."""
    package = importlib.util.find_spec("kubernetes_validate")
    assert package and package.origin
    folder = Path(package.origin).parent / "kubernetes-json-schema" / KUBERNETES
    definitions = json.loads((folder / "_definitions.json").read_text("utf-8"))

    def validate(manifest: dict[str, Any]) -> list[str]:
        group, _, version = manifest["apiVersion"].rpartition("/")
        name = "-".join(part for part in (manifest["kind"].lower(), group.split(".")[0], version) if part)
        schema = json.loads((folder / f"{name}.json").read_text("utf-8"))
        resolver = RefResolver("", schema, store={"/api/_definitions.json": definitions})
        return [error.message for error in Draft202012Validator(schema, resolver=resolver).iter_errors(manifest)]

    return validate


def test_kustomization_names_every_manifest() -> None:
    assert sorted(objects()["kustomization"]["resources"]) == [p.name for p in MANIFESTS if p.stem != "kustomization"]


def test_every_variable_exists_in_the_code() -> None:
    named = set(COMPOSE["services"]["bot1"]["environment"])
    named |= {key for name in ("configmap", "secret") for key in objects()[name].get("data", {})}
    named |= set(objects()["secret"]["stringData"])
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "bot").rglob("*.py"))
    read = set(re.findall(r'"((?:BOT_[A-Z_]+)|LOG_LEVEL|PORT)"', code))
    assert named <= read
    guide = (ROOT / "docs" / "beheer.md").read_text("utf-8")
    assert sorted(name for name in read if f"`{name}`" not in guide) == []


def test_the_bot_gets_time_to_stop_and_no_rights() -> None:
    grace = int(objects()["configmap"]["data"]["BOT_GRACE"])
    pod = objects()["deployment"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["terminationGracePeriodSeconds"] > grace + int(container["lifecycle"]["preStop"]["exec"]["command"][1])
    assert pod["securityContext"]["runAsNonRoot"] and container["securityContext"]["readOnlyRootFilesystem"]
    assert objects()["deployment"]["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    labels = objects()["deployment"]["spec"]["template"]["metadata"]["labels"]
    for selector in (
        objects()["service"]["spec"]["selector"],
        objects()["disruption"]["spec"]["selector"]["matchLabels"],
    ):
        assert selector.items() <= labels.items()
    for name in ("bot1", "bot2"):
        service = COMPOSE["services"][name]
        assert service["read_only"] and service["user"] == "10001"
        assert int(service["stop_grace_period"].rstrip("s")) > int(service["environment"]["BOT_GRACE"])
    for name, service in COMPOSE["services"].items():
        assert "no-new-privileges:true" in service.get("security_opt", []) or name == "postgres"


def test_the_image_copies_what_exists_and_runs_without_root() -> None:
    lines = (DEPLOY / "Dockerfile").read_text("utf-8").splitlines()
    for line in lines:
        if line.startswith("COPY ") and "--from" not in line:
            for name in line.split()[1:-1]:
                assert (ROOT / name).exists(), name
    assert "USER 10001" in lines


def test_a_rolling_update_behind_nginx(
    start_server: Callable[..., Server], shared: dict[str, str], tmp_path: Path
) -> None:
    """The proxy's own configuration, with two real servers behind it: no client notices the update."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        needs("nginx is not installed (apt-get install nginx-light)")
    assert program
    servers = [start_server(**shared), start_server(**shared)]
    port = free_port()
    text = (DEPLOY / "nginx.conf").read_text("utf-8").replace("listen 8080", f"listen 127.0.0.1:{port}")
    for number, server in enumerate(servers, 1):
        text = text.replace(f"bot{number}:5005", f"127.0.0.1:{server.port}")
    config = tmp_path / "nginx.conf"
    config.write_text(text.replace("/tmp/", f"{tmp_path}/"), "utf-8")
    proxy = subprocess.Popen([program, "-c", str(config), "-p", str(tmp_path), "-g", "daemon off;"])
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: _up(address))
        sender = "rest-achter-proxy"
        with Crowd(6, address) as crowd:
            for server in servers:
                wait_until(lambda: crowd.count > 10)
                server.process.terminate()
                while server.process.poll() is None:
                    answer = requests.post(
                        f"{address}/webhooks/rest/webhook", json={"sender": sender, "message": "hoi"}, timeout=30
                    )
                    assert answer.ok and answer.json()
                assert server.process.returncode == 0
                server.start()
                server.wait()
        crowd.check(servers[0].url)
    finally:
        proxy.terminate()
        proxy.wait(10)


def _up(address: str) -> bool:
    try:
        return requests.get(f"{address}/ready", timeout=5).ok
    except requests.RequestException:
        return False
