"""Where the processes of a server put their metrics, so that any of them can give those of all.

Apart from metrics.py: prometheus_client looks once, when it is imported, for the environment variable that names the
folder. Call this first, in the process that starts the others.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

TOKEN = "BOT_METRICS_TOKEN"  # turns metrics on
FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def share_metrics() -> None:
    """Makes the folder, removed when this process ends, unless metrics are off or a parent process made it."""
    if os.environ.get(TOKEN) and not os.environ.get(FOLDER):
        folder = tempfile.mkdtemp(prefix="interventiewijzer-metrics-")
        os.environ[FOLDER] = folder
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
