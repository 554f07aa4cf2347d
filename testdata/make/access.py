"""Writes testdata/access/clients.mdb: a small Jet 4 database, page by page (nothing free writes such files), and its truth.

Layout of pages, rows and definitions after the notes of mdbtools (HACKING) and Jackcess; all persons are invented.
Run in the folder of the repository: python3 testdata/make/access.py
"""
import json
import struct
from datetime import date
from pathlib import Path

PAGE = 4096
BOOL, INT, LONG, MONEY, DATE, TEXT, OLE, MEMO = 1, 3, 4, 5, 8, 10, 11, 12
FIXED = {INT: ("<h", 2), LONG: ("<i", 4), MONEY: ("<q", 8), DATE: ("<d", 8)}


def rc4(key, data):
    s = list(range(256))
    j = 0
    for i in range(256):
        j = (j + s[i] + key[i % len(key)]) & 255
        s[i], s[j] = s[j], s[i]
    out, i, j = bytearray(), 0, 0
    for b in data:
        i = (i + 1) & 255
        j = (j + s[i]) & 255
        s[i], s[j] = s[j], s[i]
        out.append(b ^ s[(s[i] + s[j]) & 255])
    return bytes(out)


def header():
    page = bytearray(PAGE)
    page[:4] = b"\0\1\0\0"
    page[4:20] = b"Standard Jet DB\0"
    page[0x14] = 1
    plain = bytearray(128)
    struct.pack_into("<H", plain, 0x3C - 0x18, 1251)
    page[0x18:0x98] = rc4(bytes([0xC7, 0xDA, 0x39, 0x6B]), plain)
    return bytes(page)


def definition(columns, rows, system, map_row):
    body, fixed, var = bytearray(), 0, 0
    for n, (_, kind, length) in enumerate(columns):
        entry = bytearray(25)
        entry[0] = kind
        struct.pack_into("<HHH", entry, 5, n, var, n)
        if kind in FIXED:
            entry[15] = 3
            struct.pack_into("<HH", entry, 21, fixed, FIXED[kind][1])
            fixed += FIXED[kind][1]
        elif kind == BOOL:
            entry[15] = 3
            struct.pack_into("<HH", entry, 21, fixed, 1)
        else:
            entry[15] = 2
            struct.pack_into("<H", entry, 23, 2 * length)
            var += 1
        body += entry
    for name, _, _ in columns:
        name = name.encode("utf-16-le")
        body += struct.pack("<H", len(name)) + name
    page = bytearray(PAGE)
    page[0:4] = b"\2\1VC"
    struct.pack_into("<I", page, 8, 63 + len(body))
    struct.pack_into("<I", page, 16, rows)
    page[40] = 0x53 if system else 0x4E
    struct.pack_into("<HHHII", page, 41, len(columns), var, len(columns), 0, 0)
    struct.pack_into("<II", page, 55, 1 << 8 | map_row, 1 << 8 | map_row)
    page[63 : 63 + len(body)] = body
    return bytes(page)


def row(columns, values):
    fixed, var, offsets, mask = bytearray(), bytearray(), [], 0
    for n, ((_, kind, _), value) in enumerate(zip(columns, values)):
        if value is not None and (kind != BOOL or value):
            mask |= 1 << n
        if kind in FIXED:
            fixed += struct.pack(FIXED[kind][0], value or 0)
    for (_, kind, _), value in zip(columns, values):
        if kind in (TEXT, OLE, MEMO):
            offsets.append(2 + len(fixed) + len(var))
            text = (value or "").encode("utf-16-le")
            # a memo that stands in its row says so
            var += (struct.pack("<IQ", 0x8000_0000 | len(text), 0) if kind == MEMO and value else b"") + text
    offsets.append(2 + len(fixed) + len(var))
    out = struct.pack("<H", len(columns)) + fixed + var
    out += b"".join(struct.pack("<H", o) for o in reversed(offsets))
    out += struct.pack("<H", len(offsets) - 1)
    return bytes(out) + mask.to_bytes((len(columns) + 7) // 8, "little")


def data_page(owner, rows):
    page, end, starts = bytearray(PAGE), PAGE, []
    for r in rows:
        end -= len(r)
        page[end : end + len(r)] = r
        starts.append(end)
    page[0:2] = b"\1\1"
    struct.pack_into("<HI", page, 2, end - 14 - 2 * len(rows), owner)
    struct.pack_into("<H", page, 12, len(rows))
    for n, start in enumerate(starts):
        struct.pack_into("<H", page, 14 + 2 * n, start)
    return bytes(page)


def pages_of(owner, rows):
    pages, some, room = [], [], PAGE - 14
    for r in rows:
        if some and len(r) + 2 > room:
            pages.append(data_page(owner, some))
            some, room = [], PAGE - 14
        some.append(r)
        room -= len(r) + 2
    return pages + [data_page(owner, some)]


def usage(pages):
    bits = bytearray(64)
    for p in pages:
        bits[p // 8] |= 1 << p % 8
    return b"\0\0\0\0\0" + bytes(bits)


OBJECTS = [("Id", LONG, 0), ("ParentId", LONG, 0), ("Name", TEXT, 255), ("Type", INT, 0), ("Flags", LONG, 0),
           ("LvProp", OLE, 0)]


def database(tables):
    """tables: name -> (columns, rows)."""
    pages = {0: header()}
    maps, entries, at = [], [(2, 0, "MSysObjects", 1, -0x8000_0000)], 3
    for name, (columns, rows) in tables.items():
        own = pages_of(at, [row(columns, r) for r in rows])
        pages[at] = definition(columns, len(rows), False, len(maps) + 1)
        for k, page in enumerate(own):
            pages[at + 1 + k] = page
        maps.append(usage(range(at + 1, at + 1 + len(own))))
        entries.append((at, 0, name, 1, 0, None))
        at += 1 + len(own)
    own = pages_of(2, [row(OBJECTS, e) for e in entries])
    pages[2] = definition(OBJECTS, len(entries), True, 0)
    for k, page in enumerate(own):
        pages[at + k] = page
    pages[1] = data_page(0, [usage(range(at, at + len(own)))] + maps)
    return b"".join(pages[n] for n in range(len(pages)))


def day(year, month, dom):
    return float((date(year, month, dom) - date(1899, 12, 30)).days)


CLIENTS = [("Код", LONG, 0), ("ФИО", TEXT, 80), ("ИИН", TEXT, 12), ("Дата рождения", DATE, 0), ("Телефон", TEXT, 30),
           ("Остаток", MONEY, 0), ("Активен", BOOL, 0), ("Примечание", MEMO, 0)]
PEOPLE = [
    ("Пробников Иван Сергеевич", "990101300124", (1999, 1, 1), "+7 701 555 01 02", "звонить после 18:00"),
    ("Әлібекова Құралай Нұрланқызы", "870314450035", (1987, 3, 14), "8 (727) 255-03-04", None),
    ("Тестова Мария Петровна", "750922400017", (1975, 9, 22), "87775550506", "пишет на m.testova@example.kz"),
]


def main():
    def fix(iin):
        w1, w2 = list(range(1, 12)), [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]
        digits = [int(c) for c in iin[:11]]
        check = sum(a * b for a, b in zip(digits, w1)) % 11
        if check == 10:
            check = sum(a * b for a, b in zip(digits, w2)) % 11
        return iin[:11] + str(check)

    rows, spans = [], []
    for n, (name, iin, born, phone, note) in enumerate(PEOPLE):
        iin = fix(iin) if n else iin
        rows.append((n + 1, name, iin, day(*born), phone, 1_234_500 * (n + 1), n != 1, note))
        spans += [("person", name), ("iin", iin), ("birth_date", "%04d-%02d-%02d" % born), ("phone", phone)]
        if note and "@" in note:
            spans.append(("email", note.split()[-1]))
    goods = [("Артикул", LONG, 0), ("Наименование", TEXT, 60)]
    stock = [(100000 + n, f"Болт М{n}") for n in range(200)]
    out = Path("testdata/access")
    out.mkdir(exist_ok=True)
    (out / "clients.mdb").write_bytes(database({"Клиенты": (CLIENTS, rows), "Товары": (goods, stock)}))
    truth = {"decoded": True, "spans": [{"category": c, "text": t} for c, t in spans]}
    (out / "clients.mdb.truth.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
