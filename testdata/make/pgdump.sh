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
# large objects (one of them longer than the statement that holds a piece of it) and bytes in a column
letter=$here/../office/letter_libreoffice.odt
cp "$letter" "$work/letter.odt"
psql -h "$work" -d postgres -qc "TRUNCATE person; ALTER TABLE person ADD photo oid, ADD scan bytea; INSERT INTO person(iin,name,photo,scan) VALUES ('990101300124', 'Пробников Иван', lo_from_bytea(16001, convert_to('Заявление. Пробников Иван, ИИН 990101300124', 'UTF8')), convert_to('Справка. Образцова Анна, ИИН 850615400127', 'UTF8')), (NULL, NULL, lo_import('$work/letter.odt', 16002), NULL)" >/dev/null
pg_dump -h "$work" -Fc postgres | cat >"$here/postgres15_piped.dump"
pg_dump -h "$work" -Ft postgres >"$here/postgres15.tar"
pg_dump -h "$work" -Fp postgres >"$here/postgres15_objects.sql"
pg_ctl -D "$work/data" -m fast stop >/dev/null
rm -r "$work"
