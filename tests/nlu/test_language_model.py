"""The language model: the embedded one, the preferred one when installed, and the refusal of a mix-up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy

from bot.nlu.language_model import EMBEDDED, PREFERRED, LanguageModelMismatch, load_language
from bot.paths import ROOT

SMALL = """
version: "3.1"
intents: [groeten, vertellen]
entities: [rol, belemmering, sector]
"""
NLU = """
version: "3.1"
nlu:
- intent: groeten
  examples: |
    - hoi daar
    - goede morgen
    - hallo allemaal
    - goede avond
- intent: vertellen
  metadata: {belemmeringen: [weinig_tijd]}
  examples: |
    - ik heb geen tijd
    - geen tijd om te leren
- intent: vertellen
  metadata: {belemmeringen: [geen_geld]}
  examples:
  - text: ik heb geen geld
    metadata: {rol: medewerker}
  - text: geen geld voor leren
    metadata: {sector: bouw_infra}
"""
SCRIPT = """
import asyncio, json, sys
import rasa.api
from rasa.core.agent import Agent
from bot.nlu.language_model import available_model
action, folder = sys.argv[1:]
if action == "train":
    result = rasa.api.train(domain=f"{folder}/domain.yml", config=f"{folder}/config.yml",
                            training_files=[f"{folder}/nlu.yml"], output=folder, fixed_model_name="small")
    assert result.code == 0
agent = Agent()
agent.load_model(f"{folder}/small.tar.gz")
found = asyncio.run(agent.parse_message("ik heb geen tijd"))
barriers = [e["value"] for e in found["entities"] if e["entity"] == "belemmering"]
print("RESULT" + json.dumps([available_model(), found["intent"]["name"], barriers]))
"""


def test_the_embedded_model_tokenises_and_lemmatises_dutch() -> None:
    document = load_language(EMBEDDED)("Mijn collega's volgden twee opleidingen in 's-Hertogenbosch.")
    lemmas = {token.text: token.lemma_ for token in document}
    assert lemmas["opleidingen"] == "opleiding"
    assert lemmas["volgden"] == "volgen"
    assert "collega's" in lemmas
    assert document.vocab.vectors_length == 0


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    (folder / "domain.yml").write_text(SMALL, "utf-8")
    (folder / "nlu.yml").write_text(NLU, "utf-8")
    config = (ROOT / "config.yml").read_text("utf-8")
    (folder / "config.yml").write_text(config.split("policies:")[0], "utf-8")
    return folder


@pytest.fixture(scope="module")
def preferred(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small package with the preferred model's name that carries word vectors; the folder to put on the path."""
    folder = tmp_path_factory.mktemp("packages")
    language = spacy.blank("nl")
    words = ["ik", "heb", "geen", "tijd", "geld", "hoi", "goede", "morgen", "leren"]
    for seed, word in enumerate(words):
        language.vocab.set_vector(word, np.random.default_rng(seed).normal(size=20).astype("float32"))
    language.meta.update(name="core_news_md", version="3.4.0")
    data = folder / PREFERRED / f"{PREFERRED}-3.4.0"
    data.mkdir(parents=True)
    language.to_disk(data)
    init = (
        "from pathlib import Path\nfrom spacy.util import load_model_from_init_py\n"
        "__version__ = '3.4.0'\n\ndef load(**overrides):\n    return load_model_from_init_py(__file__, **overrides)\n"
    )
    (folder / PREFERRED / "__init__.py").write_text(init, "utf-8")
    (folder / PREFERRED / "meta.json").write_text((data / "meta.json").read_text("utf-8"), "utf-8")
    information = folder / f"{PREFERRED}-3.4.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {PREFERRED}\nVersion: 3.4.0\n", "utf-8")
    return folder


def run(action: str, project: Path, packages: Path | None = None) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(str(p) for p in (ROOT, packages) if p)
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, action, str(project)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path, "RASA_MAX_CACHE_SIZE": "0"},
        capture_output=True,
        text=True,
        timeout=300,
    )


def result(done: subprocess.CompletedProcess[str]) -> list[Any]:
    assert "RESULT" in done.stdout, done.stdout + done.stderr
    return json.loads(done.stdout.split("RESULT")[1])  # type: ignore[no-any-return]


def test_each_model_trains_and_answers_and_a_mix_up_is_refused(project: Path, preferred: Path) -> None:
    model, intent, barriers = result(run("train", project))
    assert (model, intent, barriers[:1]) == (
        EMBEDDED,
        "vertellen",
        ["weinig_tijd"],
    )  # others may follow
    refused = run("parse", project, preferred)
    assert refused.returncode != 0
    assert f"trained with the language model '{EMBEDDED}', but '{PREFERRED}' is present" in refused.stderr
    assert "make train" in refused.stderr

    model, intent, barriers = result(run("train", project, preferred))
    assert (model, intent, barriers[:1]) == (PREFERRED, "vertellen", ["weinig_tijd"])
    refused = run("parse", project)
    assert refused.returncode != 0
    assert "make taalmodel" in refused.stderr


def test_word_vectors_become_features(project: Path, preferred: Path) -> None:
    """With vectors the classifier has that many columns more than the sparse features."""
    run("train", project, preferred)
    code = (
        "import sys; from rasa.core.agent import Agent; a = Agent(); a.load_model(sys.argv[1])\n"
        "nodes = a.processor.graph_runner._instantiated_nodes.items()\n"
        "c = [n for k, n in nodes if 'UnderstandingClassifier' in k][0]\n"
        "m = c._component._models; print('COLUMNS', int(m.columns.max()) - c._component._featurizer.width)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(project / "small.tar.gz")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(preferred)])},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert "COLUMNS 19" in done.stdout, done.stdout + done.stderr


def test_the_refusal_names_the_remedy() -> None:
    assert "make taalmodel" in str(LanguageModelMismatch(PREFERRED, EMBEDDED))
    assert "make train" in str(LanguageModelMismatch(EMBEDDED, PREFERRED))
