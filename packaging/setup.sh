#!/bin/sh
# Sets the project up in .venv: system packages, then the locked and hash-checked Python packages, then the project.
#
#   sh packaging/setup.sh [setup|demo|test]      (default: setup)
#
# The goal says what may not be missing: `demo` needs a window and a Chinese font, the others need only Qt itself.
# Run it as often as you like: a second run does nothing, and one that was killed half-way is finished by the next.
set -eu

goal=${1:-setup}
cd "$(dirname "$0")/.."
venv=.venv
stamp=$venv/.onemap-set-up        # holds the key of the set-up that was finished; written last
unfinished=$venv/.onemap-unfinished # is there while packages are being written into the venv
list=packaging/system-packages.txt
lock=packaging/requirements.lock

say() { printf '%s\n' "setup: $*"; }
stop() { say "$*" >&2; exit 1; }

case $goal in
    setup | test) needed='python qt' ;;
    demo) needed='python qt window looks' ;;
    *) stop "unknown goal '$goal' (setup, demo or test)" ;;
esac

find_python() {
    for name in "${PYTHON:-}" python3.11 python3.12 python3.13 python3; do
        if [ -n "$name" ] && "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    return 1
}

# --- system packages -------------------------------------------------------------------------------------------------

has_venv() { "$python" -c 'import ensurepip, venv' 2>/dev/null; }
has_chinese_font() { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn family 2>/dev/null)" ]; }
has_server() { ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }
has_package() { dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed; }

# Prints "package class" for each package that is named in the list and not there; those of the tests only for tests.
missing_packages() {
    grep -v '^#' "$list" | while read -r package class; do
        case $class in
            '') continue ;;
            tests) [ "$goal" = test ] || continue ;;
            python) ! has_venv || continue ;;
            looks) ! has_chinese_font || continue ;;
        esac
        [ "$package" != postgresql ] || ! has_server || continue
        has_package "$package" || printf '%s %s\n' "$package" "$class"
    done
}

install_packages() {
    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        as_root=sudo
    else
        return 1
    fi
    say "installing system packages: $*"
    no_standing_server
    done=0
    $as_root apt-get -o DPkg::Lock::Timeout=300 update -q </dev/null &&
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -q \
            --no-install-recommends "$@" </dev/null || done=1
    [ -z "$quiet_server" ] || { $as_root rm -f "$quiet_server"; $as_root rmdir "${quiet_server%/*}" 2>/dev/null || :; }
    return $done
}

# The tests start servers of their own. Where PostgreSQL was never installed, its package would set one up that runs
# from then on at every start of the machine: for the length of our installation it is told not to.
no_standing_server() {
    quiet_server=
    [ ! -e /etc/postgresql-common ] || return 0
    quiet_server=/etc/postgresql-common/createcluster.d/onemap.conf
    $as_root mkdir -p "${quiet_server%/*}" &&
        echo 'create_main_cluster = false' | $as_root tee "$quiet_server" >/dev/null || quiet_server=
}

system_packages() {
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        say "this is no Debian: see to it that what $list names is here under its own names"
        return
    fi
    missing=$(missing_packages)
    [ -n "$missing" ] || return 0
    # shellcheck disable=SC2046 # one word a package is meant
    install_packages $(printf '%s\n' "$missing" | cut -d' ' -f1) || say 'system packages could not be installed from here'
    missing=$(missing_packages)
    [ -n "$missing" ] || return 0
    wrap='su -c'
    if command -v sudo >/dev/null; then wrap='sudo sh -c'; fi
    say 'these system packages are missing; this one command installs them:'
    say "  $wrap 'apt-get update && apt-get install -y $(printf '%s\n' "$missing" | cut -d' ' -f1 | xargs)'"
    for class in $needed; do
        case $missing in
            *" $class"*) stop "'make $goal' cannot go on without them; run the command, then the same make again" ;;
        esac
    done
    case $missing in
        *' looks'*) say 'going on, but without a Chinese font Chinese text shows as boxes' ;;
        *) say "going on: 'make $goal' does not need them" ;;
    esac
}

# The package of the NATS server would set up one that listens to everybody from then on; the tests need the program only.
nats_server() {
    if [ "$goal" != test ] || [ -x build/nats/usr/sbin/nats-server ] || command -v nats-server >/dev/null ||
        ! command -v dpkg-deb >/dev/null; then
        return 0
    fi
    mkdir -p build/nats
    (cd build/nats && apt-get download -q -o APT::Sandbox::User=root nats-server </dev/null >/dev/null 2>&1 &&
        dpkg-deb -x nats-server_*.deb . && rm -f nats-server_*.deb) ||
        say 'no NATS server could be fetched: the tests of positions over NATS are skipped'
}

# --- Python packages -------------------------------------------------------------------------------------------------

# What the set-up depends on; the place too, since a venv that was moved does not work, and the rooms there are.
key() {
    { pwd; echo "$python"; "$python" -V; ls -- */__init__.py; cat "$lock" pyproject.toml "$list" packaging/setup.sh; } |
        sha256sum | cut -d' ' -f1
}

python_packages() {
    wanted=$(key)
    if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && "$venv/bin/python" -c '' 2>/dev/null; then
        return
    fi
    if [ -e "$unfinished" ] || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        say "making $venv with $("$python" -V)"
        rm -rf "$venv"
        "$python" -m venv "$venv"
    fi
    rm -f "$stamp"
    : >"$unfinished"
    say 'installing the locked Python packages (the first time: about 530 MB)'
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
    rm -f "$unfinished"
    printf '%s\n' "$wanted" >"$stamp"
    say "done: programs are in $venv/bin"
}

# One set-up at a time: the lock goes with the process, however that ends.
if command -v flock >/dev/null; then
    exec 9>.setup.lock
    flock 9
fi

python=$(find_python) || stop 'needs Python 3.11, 3.12 or 3.13 (on Debian 12: apt-get install python3)'
system_packages
nats_server
python_packages
