#!/usr/bin/env bash
# Compares qupia with what a user would take instead, on the same files in the same minute.
#
#   benches/compare.sh [MB] [FOLDER]     MB of each corpus (default 64); FOLDER for corpora (default target/corpus)
#
# QUPIA=… compares a program that was built already. Ratios are by CPU time, medians of five rounds run in turn; the last
# results stand in benches/README.md. Peers that are not installed are named and skipped
# (benches/compare/peers.sh installs them from package registries). All people and numbers are invented.
set -euo pipefail
cd "$(dirname "$0")/.."
mb=${1:-64}
corpus=${2:-target/corpus-$mb}
runs=$([ "$mb" -lt 32 ] && echo 2 || echo 5)
[ -n "${QUPIA:-}" ] || cargo build --release --quiet
python=${QUPIA_COMPARE_PYTHON:-python3}
[ -f "$corpus/manifest.json" ] ||
    "$python" benches/compare/corpus.py --out "$corpus" --mb "$mb" --files "$((mb * 200))" --xlsx-rows "$((mb < 32 ? 5000 : 100000))" >/dev/null
numbers=iin,bin,phone,iban,email,card
q=${QUPIA:-target/release/qupia}
common="--no-progress --threads {threads} {path}"
"$python" benches/compare/run.py --corpus "$corpus" ${QUPIA_COMPARE_BIN:+--bin "$QUPIA_COMPARE_BIN"} --suite scan --runs "$runs" --peers cat,cat-tree,rg,rg-1251,hyperscan-C \
    --cmd "qupia-numbers=$q scan --only $numbers $common" \
    --cmd "qupia-all=$q scan $common"
"$python" benches/compare/run.py --corpus "$corpus" --suite scan --only csv,logs --runs "$runs" --threads 1 --peers rg-json \
    --cmd "qupia-jsonl=$q scan --only $numbers --format jsonl $common"
"$python" benches/compare/run.py --corpus "$corpus" --suite anon --runs "$runs" --peers duckdb,cp \
    --cmd "qupia-anonymize=$q anonymize --only iin,bin,birth_date --out {out}/copies $common"
"$python" benches/compare/run.py --corpus "$corpus" --suite office --only xlsx --runs "$runs" --threads 1 --peers unzip,python-calamine,openpyxl \
    --cmd "qupia-xlsx=$q scan $common"
