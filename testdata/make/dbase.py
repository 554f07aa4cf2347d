"""Writes testdata/dbf/python.dbf: a FoxPro-like table of invented persons in code page 866 by Python's dbf package."""

import os

import dbf

HERE = os.path.join(os.path.dirname(__file__), "..", "dbf")


def main():
    os.makedirs(HERE, exist_ok=True)
    path = os.path.join(HERE, "python.dbf")
    table = dbf.Table(path, "FIO C(40); IIN C(12); BORN D; PAY N(10,2); OK L", codepage="cp866")
    table.open(dbf.READ_WRITE)
    table.append(("Пробников Иван", "990101300124", dbf.Date(1999, 1, 1), 1500.5, True))
    table.append(("Образцова Анна", "0", dbf.Date(2001, 2, 3), 10, False))
    table.close()


main()
