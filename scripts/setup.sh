#!/usr/bin/env sh
# Makes .venv with everything the bot needs: finds a Python 3.10 (or 3.11), installs the locked packages.
# Usage: setup.sh [dev]      With 'dev' also the packages for tests, checks and benchmarks.
# A finished step leaves a stamp, so a second call returns at once. VENV overrides the folder, PYTHON the interpreter.
set -eu
cd "$(dirname "$0")/.."

VENV=${VENV:-.venv}
GROUP=${1:-run}

say() { printf '\033[1m[set-up]\033[0m %s\n' "$*" >&2; }
stop() { printf '\n[set-up] %s\n' "$*" >&2; exit 1; }

fits() { # fits INTERPRETER MINOR: is it a working Python 3.MINOR that can make a virtual environment?
    "$1" -c "import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, $2))" >/dev/null 2>&1
}

find_python() { # prints the interpreter to use: 3.10 anywhere before 3.11 anywhere
    if [ -n "${PYTHON:-}" ]; then
        for minor in 10 11; do
            if fits "$PYTHON" "$minor"; then command -v "$PYTHON"; return 0; fi
        done
        stop "PYTHON=$PYTHON is not a Python 3.10 or 3.11 with venv. Leave PYTHON out, or name another one."
    fi
    for minor in 10 11; do
        for candidate in "python3.$minor" python3 python; do
            path=$(command -v "$candidate" 2>/dev/null) || continue
            if fits "$path" "$minor"; then echo "$path"; return 0; fi
        done
        for root in "${PYENV_ROOT:-}" "$HOME/.pyenv" /opt/pyenv /usr/local/pyenv; do
            [ -n "$root" ] || continue
            for path in "$root"/versions/3."$minor".*/bin/python; do
                if [ -x "$path" ] && fits "$path" "$minor"; then echo "$path"; return 0; fi
            done
        done
        if command -v uv >/dev/null 2>&1; then
            path=$(uv python find --offline "3.$minor" 2>/dev/null) || continue
            if fits "$path" "$minor"; then echo "$path"; return 0; fi
        fi
    done
    return 1
}

install() { # install LOCK: exact versions by hash; --no-deps because the lock is complete
    "$VENV/bin/python" -m pip install --disable-pip-version-check --no-input --progress-bar off --quiet \
        --no-deps --require-hashes --ignore-requires-python --requirement "$1" ||
        stop "Installing $1 failed. Is the package index reachable (see the message above)? Then run the same command again."
}

checksum() { cksum <"$1" | tr ' ' '-'; }

stamp() { echo "$VENV/.installed-$1-$(checksum "$1")"; }

if [ ! -x "$VENV/bin/python" ] || ! "$VENV/bin/python" -c '' 2>/dev/null; then
    python=$(find_python) || stop "No Python 3.10 or 3.11 found (looked on PATH, in pyenv's versions and with uv).
Install one and run the same command again, for example:
  Debian 12 / Ubuntu 22.04:   sudo apt install python3-venv       (their python3 is 3.11 and 3.10)
  any system with pyenv:      pyenv install 3.10
  any system with uv:         uv python install 3.10
Or name an interpreter yourself:   make run PYTHON=/path/to/python3.10"
    say "Making $VENV with $("$python" --version) ..."
    rm -rf "$VENV"
    "$python" -m venv "$VENV"
fi

locks="requirements.lock"
[ "$GROUP" = dev ] && locks="requirements.lock requirements-dev.lock"
for lock in $locks; do
    done_stamp=$(stamp "$lock")
    [ -e "$done_stamp" ] && continue
    say "Installing $(grep -c '^[a-z0-9].*==' "$lock") packages from $lock (a few minutes the first time) ..."
    install "$lock"
    rm -f "$VENV"/.installed-"$lock"-*
    touch "$done_stamp"
    say "Done: $lock"
done
