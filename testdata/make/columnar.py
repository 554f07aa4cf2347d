"""Samples of columnar tables with invented people: pyarrow, fastparquet and DuckDB."""
import datetime
import decimal
import sys

import duckdb
import fastparquet
import pandas as pd
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq

OUT = sys.argv[1]
N = 60
names = ["Пробников Проб Пробович", "Сынақов Сынақ Сынақұлы", None]
fio = [names[i % 3] for i in range(N)]
iin = ["990101300124"] * N
table = pa.table(
    {
        "фио": pa.array(fio),
        "iin": pa.array(iin),
        "iin_number": pa.array([990101300124] * N, pa.int64()),
        "city": pa.array(["Алматы", "Астана"] * (N // 2)).dictionary_encode(),
        "born": pa.array([datetime.date(1999, 1, 1 + i % 28) for i in range(N)]),
        "seen": pa.array([datetime.datetime(2024, 5, 1, 12, i % 60) for i in range(N)], pa.timestamp("ms")),
        "sum": pa.array([decimal.Decimal(i) / 4 for i in range(N)], pa.decimal128(10, 2)),
        "flag": pa.array([i % 2 == 0 for i in range(N)]),
        "phones": pa.array([["+7 701 000 00 %02d" % i] * (i % 3) for i in range(N)]),
        "doc": pa.array([{"series": "N", "number": "%09d" % i} for i in range(N)]),
    },
    metadata={"author": "Пробников П. П."},
)
pq.write_table(table, f"{OUT}/pyarrow.parquet", compression="zstd", row_group_size=25)
feather.write_feather(table, f"{OUT}/pyarrow.feather", compression="lz4", chunksize=25)
with pa.OSFile(f"{OUT}/pyarrow.arrows", "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
    writer.write_table(table, max_chunksize=25)
frame = pd.DataFrame({"fio": fio, "iin": iin, "age": range(N), "seen": pd.to_datetime(["2024-05-01"] * N)})
fastparquet.write(f"{OUT}/fastparquet.parquet", frame, compression="GZIP", times="int96")
people = table
duckdb.sql(f"COPY (SELECT * FROM people) TO '{OUT}/duckdb.parquet' (FORMAT parquet, COMPRESSION snappy)")
