#!/bin/sh
# Brings the Adult table (30,162 rows, nine quasi-identifiers) and its hierarchies, as published with ARX
# (https://github.com/arx-deidentifier/arx, folder data/, Apache-2.0; the rows are from the UCI repository, CC BY 4.0),
# into the folder named by the first argument. Golden tests and the benchmark find it by QUPIA_ADULT_DIR.
set -eu
to=${1:?folder to put the files in}
mkdir -p "$to"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git clone --quiet --depth 1 --filter=blob:none --no-checkout https://github.com/arx-deidentifier/arx "$work/arx"
git -C "$work/arx" checkout --quiet HEAD -- data
cp "$work"/arx/data/adult.csv "$work"/arx/data/adult_hierarchy_*.csv "$to/"
echo "export QUPIA_ADULT_DIR=$to"
