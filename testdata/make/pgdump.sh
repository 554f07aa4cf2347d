#!/bin/sh
# Writes testdata/pgdump: dumps of one table of invented persons by PostgreSQL's own pg_dump. Not to be run as root.
set -e
here=$(cd "$(dirname "$0")/../pgdump" && pwd)
work=$(mktemp -d)
initdb -D "$work/data" -E UTF8 --locale=C >/dev/null
pg_ctl -D "$work/data" -o "-k $work -c listen_addresses='' -F" -w start >/dev/null
psql -h "$work" -d postgres -qc "CREATE TABLE person (id serial primary key, iin character(12), name varchar(60)); COMMENT ON TABLE person IS 'от Пробников'; INSERT INTO person(iin,name) SELECT '990101300124','Пробников '||n FROM generate_series(1,50) n;"
pg_dump -h "$work" -Fc postgres >"$here/postgres15.dump"
pg_dump -h "$work" -Fc -Z0 --inserts postgres >"$here/postgres15_inserts.dump"
rows=$here/../../tests/samples/pgdump15
rm -rf "$rows"
pg_dump -h "$work" -Fd -f "$rows" postgres
pg_ctl -D "$work/data" -m fast stop >/dev/null
rm -r "$work"
