"""Writes testdata/dbf: tables of invented persons by Python's dbf package, some with memo files beside them."""

import os
import struct

import dbf

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "dbf")

LONG = "Клиент Пробников просит перезвонить. " + "Без данных. " * 60 + "ИИН 990101300124.\r\n"
NOTES = ["Звонил Пробников, ИИН 990101300124", LONG, "ничего", "Пробников " * 45]


def plain():
    path = os.path.join(HERE, "python.dbf")
    table = dbf.Table(path, "FIO C(40); IIN C(12); BORN D; PAY N(10,2); OK L", codepage="cp866")
    table.open(dbf.READ_WRITE)
    table.append(("Пробников Иван", "990101300124", dbf.Date(1999, 1, 1), 1500.5, True))
    table.append(("Образцова Анна", "0", dbf.Date(2001, 2, 3), 10, False))
    table.close()


def memos(name, kind, codepage):
    """A table with memo texts."""
    path = os.path.join(HERE, f"{name}.dbf")
    table = dbf.Table(path, "ID N(4,0); FIO C(30); NOTE M", codepage=codepage, dbf_type=kind)
    table.open(dbf.READ_WRITE)
    for k, note in enumerate(NOTES):
        table.append((k + 1, "Пробников Иван", note))
    table.close()


def dbase4():
    """The same as dBASE IV writes it, which the package cannot: by the description of the format."""
    whole = open(os.path.join(HERE, "dbase3.dbf"), "rb").read()
    table = bytearray(whole)
    table[0] = 0x8B
    blocks, number = b"", 1
    length, row = struct.unpack_from("<HH", whole, 8)
    for k, note in enumerate(NOTES):
        text = note.encode("cp1251")
        body = b"\xff\xff\x08\x00" + struct.pack("<I", len(text) + 8) + text
        body += bytes(-len(body) % 512)
        at = length + k * row + 1 + 4 + 30
        table[at : at + 10] = b"%10d" % number
        blocks, number = blocks + body, number + len(body) // 512
    # a block that is free: the next free one, how many
    blocks += struct.pack("<II", number + 1, 1) + "Пробников".encode("cp1251") + bytes(495)
    head = bytearray(512)
    struct.pack_into("<I4x8sIH", head, 0, number, b"DBASE4  ", 0, 512)
    open(os.path.join(HERE, "dbase4.dbf"), "wb").write(table)
    open(os.path.join(HERE, "dbase4.dbt"), "wb").write(bytes(head) + blocks)


os.makedirs(HERE, exist_ok=True)
plain()
memos("dbase3", "db3", "cp1251")
memos("foxpro", "fp", "cp866")
memos("visual", "vfp", "cp1251")
dbase4()
