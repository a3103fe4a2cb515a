"""Where things are. Everything is relative to the project's root, whatever the working directory is."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONTENT = ROOT / "content"
DATA = ROOT / "data"
MODELS = ROOT / "models"
BUILD = ROOT / "build"  # what commands make, never committed
MODEL_REPORTS = BUILD / "modelrapporten"  # figures of models, kept by benchmarks.model_report
CONFIG = ROOT / "config.yml"
DOMAIN = ROOT / "domain.yml"
ENDPOINTS = ROOT / "endpoints.yml"
CREDENTIALS = ROOT / "credentials.yml"
WIDGET = ROOT / "widget"
