#!/usr/bin/env bash
# Sets up .venv from requirements.lock: tools/setup.sh book | test | lab
#
# `book` installs what building the book needs, `test` adds what the tests need (system packages
# included, where we may), `lab` adds JupyterLab. A stamp in .venv remembers what was installed, so that a second call
# costs nothing; a changed lock file, pyproject.toml or Python makes it install again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

level=${1:?usage: tools/setup.sh book|test}
case $level in
  book) extras=book,edge ;;
  test) extras=book,edge,grading,cluster,parity,fast,test ;;
  lab) extras=book,edge,grading,cluster,parity,fast,test,lessons ;; # JupyterLab slows each import of nbformat
  *) echo "setup: unknown level '$level'; expected book, test or lab" >&2; exit 2 ;;
esac

say() { printf 'setup: %s\n' "$*"; }
die() { printf 'setup: %s\n' "$@" >&2; exit 1; }
can_apt() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }
apt_updated=
apt_install() {
  if [ -z "$apt_updated" ]; then
    apt-get update -qq >/dev/null 2>&1 || true
    apt_updated=yes
  fi
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# A Python that is new enough: PYTHON where it is given, otherwise the first found.
python=
for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python}; do
  if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
[ -n "$python" ] || die "Python 3.11 or newer is needed; tried: ${PYTHON:-python3 python3.13 python3.12 python3.11 python}." \
  "Install it (Debian, Ubuntu: apt-get install python3 python3-venv) or name it: make PYTHON=/path/to/python3.12"

stamp_of() { "$python" - "$level" <<'PY'
import hashlib, pathlib, sys
parts = [sys.version, sys.executable, str(pathlib.Path.cwd())]
parts += [pathlib.Path(name).read_text() for name in ("requirements.lock", "pyproject.toml", "tools/setup.sh")]
print(hashlib.sha256("\0".join(parts).encode()).hexdigest())
PY
}
stamp=$(stamp_of)
fresh() { [ -x .venv/bin/python ] && [ "$(cat ".venv/nnedu-setup-$1" 2>/dev/null)" = "$stamp" ]; }

system_packages() {  # what the tests start: a browser and the grader's sandbox
  local missing=()
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
  command -v bwrap >/dev/null || [ "$(uname)" != Linux ] || missing+=(bubblewrap)
  [ ${#missing[@]} -gt 0 ] || return 0
  if can_apt; then
    say "installing system packages: ${missing[*]}"
    apt_install "${missing[@]}" || say "apt-get could not install ${missing[*]}; the tests that need them will say so"
  else
    say "not found: ${missing[*]}; the tests that need them will be skipped (Debian, Ubuntu: sudo apt-get install ${missing[*]})"
  fi
}

[ "$level" != test ] || system_packages
for installed in book test lab; do # each includes the ones before it
  [ "$installed" != "$level" ] || reached=yes
  if [ -n "${reached:-}" ] && fresh "$installed"; then
    exit 0
  fi
done

started=$SECONDS
made_for=$("$python" -c 'import os, sys; print(sys.version, sys.executable, os.getcwd())')
if [ ! -x .venv/bin/python ] || [ "$(cat .venv/nnedu-python 2>/dev/null)" != "$made_for" ]; then
  rm -rf .venv
  if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if can_apt; then
      say "installing $package (this Python cannot make virtual environments without it)"
      apt_install "$package" || apt_install python3-venv || die "apt-get could not install $package. Install it, then run make again."
    else
      die "this Python ($(command -v "$python")) comes without venv and ensurepip, which setting up needs." \
        "Debian, Ubuntu: sudo apt-get install $package   Then run make again."
    fi
  fi
  say "making .venv with $("$python" --version)"
  "$python" -m venv .venv
  echo "$made_for" >.venv/nnedu-python
fi

rm -f .venv/nnedu-setup-* # an installation that is interrupted counts for nothing
say "installing packages for '$level' as pinned in requirements.lock (the first time this downloads about 1 GB)"
.venv/bin/python -m pip install -qq --disable-pip-version-check \
  --constraint requirements.lock --editable ".[$extras]" ||
  die "installing failed; the lines above say why. Without a network nothing can be downloaded; run make again when there is one."
if [ "$level" != book ]; then # here, so that downloading counts as setting up and not as a test
  say "installing nbgrader, for its tests, into an environment of its own"
  .venv/bin/python -c 'from tests.nbgrader.environment import python; python()' >/dev/null 2>&1 ||
    say "nbgrader could not be installed; its tests will say why"
fi
echo "$stamp" >".venv/nnedu-setup-$level"
say "done in $((SECONDS - started)) s"
