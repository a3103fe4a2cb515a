"""Lists the locked packages with the advisories that OSV publishes about those versions.

    .venv/bin/python scripts/audit.py [address of an OSV service]

Ends with 1 when there are advisories, 2 when the service cannot be reached (the versions are listed all the same).
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

LOCK = Path(__file__).parent.parent / "requirements.lock"
SERVICE = "https://api.osv.dev"


def locked() -> list[tuple[str, str]]:
    """Name and version."""
    return re.findall(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==([^ \\;]+)", LOCK.read_text("utf-8"), re.MULTILINE)


def advisories(packages: list[tuple[str, str]], service: str) -> list[list[str]]:
    """Ids for each package. Raises OSError."""
    asked = [{"package": {"name": name, "ecosystem": "PyPI"}, "version": version} for name, version in packages]
    body = json.dumps({"queries": asked}).encode()
    request = Request(f"{service}/v1/querybatch", body, {"Content-Type": "application/json"})
    with urlopen(request, timeout=30) as answer:
        results = json.load(answer)["results"]
    return [[found["id"] for found in result.get("vulns", [])] for result in results]


def main() -> int:
    packages = locked()
    try:
        found = advisories(packages, sys.argv[1] if len(sys.argv) > 1 else SERVICE)
        code = 1 if any(found) else 0
    except (OSError, URLError) as error:
        print(f"De lijst met meldingen is niet te bereiken ({error}). Hieronder alleen de versies.", file=sys.stderr)
        found, code = [[] for _ in packages], 2
    for (name, version), ids in zip(packages, found, strict=True):
        print(f"{name} {version}  {' '.join(ids)}".rstrip())
    return code


if __name__ == "__main__":
    sys.exit(main())
