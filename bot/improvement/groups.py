"""Puts sentences that are alike together, by the features that the bot understands them with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import yaml
from sklearn.cluster import AgglomerativeClustering
from sklearn.preprocessing import normalize

from bot.nlu.features import Featurizer
from bot.nlu.understanding import UnderstandingClassifier
from bot.paths import ROOT

APART = 0.8  # mean distance, 0 (the same words) to 1 (nothing in common), from which sentences are apart
MOST = 4000  # sentences that are grouped by likeness: the distances of more fill the memory


def group(sentences: Sequence[str]) -> list[list[int]]:
    """Places of the sentences in groups, the largest group first; those beyond MOST stand alone at the end."""
    near = sentences[:MOST]
    if len(near) < 2:
        return [[place] for place in range(len(sentences))]
    lexicons = [
        yaml.safe_load((ROOT / path).read_text("utf-8"))
        for path in UnderstandingClassifier.get_default_config()["lexicons"]
    ]
    features = normalize(Featurizer(lexicons).transform(near))
    distances = np.clip(1.0 - np.asarray((features @ features.T).todense()), 0.0, 1.0)
    model = AgglomerativeClustering(
        n_clusters=None, affinity="precomputed", linkage="average", distance_threshold=APART
    ).fit(distances)
    groups: dict[int, list[int]] = {}
    for place, label in enumerate(model.labels_):
        groups.setdefault(int(label), []).append(place)
    together = sorted(groups.values(), key=lambda places: (-len(places), places[0]))
    return together + [[place] for place in range(len(near), len(sentences))]
