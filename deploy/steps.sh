# Steps that the scripts of this folder share. Source it; it changes to the top of the checkout.
#
# Every step prints what it does and how long it took, so that each dependency shows what it costs.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# What building and running Parley needs besides Swift and git.
RUN_PACKAGES=(pkg-config libcurl4-openssl-dev libpq-dev libxml2-dev libgmime-3.0-dev libssl-dev libcrypt-dev postgresql tzdata)
# What the tests need besides.
TEST_PACKAGES=(python3 python3-venv curl openssl chromium chromium-driver postfix dovecot-imapd dovecot-lmtpd)

# step NAME COMMAND…: runs the command, prints the name before and the seconds after.
step() {
    local name=$1 began=$SECONDS
    shift
    printf '== %s\n' "$name"
    "$@"
    printf '== %s: %d s\n' "$name" $((SECONDS - began))
}

# as_root COMMAND…: runs it as root, by sudo where that is needed.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# install_packages NAME…: installs the Debian packages that are missing, one at a time, so that each shows its cost.
install_packages() {
    local missing=() name began
    for name in "$@"; do
        dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed || missing+=("$name")
    done
    [ ${#missing[@]} -gt 0 ] || { echo 'nothing is missing'; return 0; }
    if ! command -v apt-get >/dev/null; then
        echo "These Debian packages are missing, install what your system calls them: ${missing[*]}" >&2
        return 1
    fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq update
    for name in "${missing[@]}"; do
        began=$SECONDS
        # Parley runs Postgres itself; the packaged service is not wanted beside it.
        as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
            apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$name" >/dev/null
        printf '   %s: %d s\n' "$name" $((SECONDS - began))
    done
}

# python_environment FOLDER: a virtual environment with everything that the peers of the tests need.
python_environment() {
    local folder=$1 requirements=() file
    [ -x "$folder/bin/python" ] || python3 -m venv "$folder"
    for file in Tests/Peers/*/requirements.txt; do requirements+=(-r "$file"); done
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check "${requirements[@]}"
}
