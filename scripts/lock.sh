#!/usr/bin/env sh
# Resolves pyproject.toml into requirements.lock and requirements-dev.lock: exact versions with hashes, no hosts.
# One lock serves Python 3.10 and 3.11: it is resolved for 3.10, and where a pin has no build for 3.11
# (matplotlib) the version that does work there is added with a marker. Needs uv.
set -eu
cd "$(dirname "$0")/.."


resolve() { # resolve PYTHON_VERSION OUTPUT ARGUMENT...
    version=$1 output=$2
    shift 2
    uv pip compile --quiet --python-version "$version" --generate-hashes --no-header --no-annotate \
        --no-emit-index-url --output-file "$output" "$@"
}

workdir=$(mktemp -d)
trap 'rm -rf "$workdir"' EXIT
resolve 3.10 "$workdir/all" --extra dev pyproject.toml
resolve 3.10 "$workdir/run" --constraint "$workdir/all" pyproject.toml
echo "matplotlib==3.6.3" >"$workdir/newer.in"
resolve 3.11 "$workdir/newer" --no-deps "$workdir/newer.in"

python3 - "$workdir" <<'PY'
import pathlib
import re
import sys

workdir = pathlib.Path(sys.argv[1])
HEAD = "# Made by scripts/lock.sh; do not edit. Installed with pip install --no-deps --require-hashes.\n"


def blocks(name: str) -> list[str]:
    return re.findall(r"^\S.*(?:\n +.*)*", (workdir / name).read_text(), flags=re.M)


def write(target: str, parts: list[str]) -> None:
    pathlib.Path(target).write_text(HEAD + "\n".join(parts) + "\n")


newer = blocks("newer")[0].replace("==3.6.3", '==3.6.3 ; python_version >= "3.11"', 1)
run = []
for block in blocks("run"):
    if block.startswith("matplotlib=="):
        run += [re.sub(r"^(matplotlib==\S+)", r'\1 ; python_version < "3.11"', block), newer]
    else:
        run.append(block)
known = {block.split("==")[0] for block in blocks("run")}
write("requirements.lock", run)
write("requirements-dev.lock", [block for block in blocks("all") if block.split("==")[0] not in known])
PY
