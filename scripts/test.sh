#!/usr/bin/env sh
# Every check and test; called by `make test` after the set-up. The first failing part fails the whole.
# The model is trained once, by the first part that needs it.
set -eu
cd "$(dirname "$0")/.."
BIN=${VENV:-.venv}/bin

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    missing=""
    command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
    command -v redis-server >/dev/null 2>&1 || missing="$missing redis-server"
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
    command -v nginx >/dev/null 2>&1 || missing="$missing nginx-light"
    ls /usr/lib/*/faketime/libfaketime.so.1 >/dev/null 2>&1 || missing="$missing libfaketime"
    if [ -n "$missing" ]; then
        say "Installing for the tests:$missing"
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
    fi
fi

say "ruff"
"$BIN/ruff" check .
"$BIN/ruff" format --check .
say "mypy"
"$BIN/mypy"
say "content"
"$BIN/python" -m bot content
say "model"
"$BIN/python" -m bot train
say "pytest"
# tests/failure kills processes and databases and takes ten minutes more: `make test-failure`.
"$BIN/python" -m pytest --ignore=tests/failure "$@"
