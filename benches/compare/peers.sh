#!/bin/sh
# Installs the peers of run.py into DIR from the package registries (pip,
# cargo, apt).  Every step may fail: run.py skips what is missing.
#   peers.sh DIR
#   DIR/venv/bin/python run.py --bin DIR/bin ...
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
DIR=$(mkdir -p "$1" && cd "$1" && pwd)
mkdir -p "$DIR/bin"
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update -qq
    for p in time unzip ugrep poppler-utils libhyperscan-dev pkg-config fonts-dejavu-core; do
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$p" >/dev/null 2>&1 || echo "apt: $p not installed"
    done
fi
python3 -m venv "$DIR/venv" || exit 1
for p in hyperscan google-re2 duckdb polars pandas openpyxl python-calamine fastexcel pyarrow pypdfium2 python-docx reportlab presidio-analyzer airlock-pii kingfisher-bin; do
    "$DIR/venv/bin/pip" install -q "$p" || echo "pip: $p not installed"
done
if command -v cargo >/dev/null; then
    cargo install -q ripgrep --root "$DIR" || echo "cargo: ripgrep not installed"
fi
if pkg-config --exists libhs 2>/dev/null; then
    cc -O2 "$HERE/peers/hs_scan.c" -o "$DIR/bin/hs_scan" $(pkg-config --cflags --libs libhs) || echo "cc: hs_scan not built"
fi
ls "$DIR/bin"
