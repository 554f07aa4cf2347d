"""Writes testdata/sqlite/python.db: a database of invented persons with everything that a copy must keep or lose."""

import os
import sqlite3

HERE = os.path.join(os.path.dirname(__file__), "..", "sqlite")


def main():
    os.makedirs(HERE, exist_ok=True)
    path = os.path.join(HERE, "python.db")
    if os.path.exists(path):
        os.remove(path)
    db = sqlite3.connect(path)
    db.executescript(
        """
        PRAGMA secure_delete = OFF;
        PRAGMA page_size = 1024;
        PRAGMA user_version = 42;
        CREATE TABLE person (id INTEGER PRIMARY KEY AUTOINCREMENT, iin CHAR(12), name VARCHAR(60), born DATE, pay DECIMAL(10, 2));
        CREATE INDEX person_name ON person (name);
        CREATE VIEW adults AS SELECT * FROM person WHERE born < '2005';
        CREATE TRIGGER keep AFTER DELETE ON person BEGIN SELECT 1; END;
        CREATE VIRTUAL TABLE search USING fts5(body);
        """
    )
    db.executemany(
        "INSERT INTO person (iin, name, born, pay) VALUES (?, ?, ?, ?)",
        [("990101300124", f"Пробников {n}", "1999-01-01", n * 1.5) for n in range(500)],
    )
    db.execute("INSERT INTO search (body) VALUES ('договор Пробников 990101300124')")
    db.execute("CREATE TABLE gone (note TEXT)")
    db.executemany("INSERT INTO gone VALUES (?)", [("Удалённый " * 20,)] * 50)
    db.execute("DROP TABLE gone")
    db.commit()
    db.close()


main()
