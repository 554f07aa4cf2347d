"""Writes testdata/mail/*.pst: message stores of invented persons in each layout of the format, by MS-PST.

No program but Outlook writes this format, so the bytes are put together here; libpst and outlook-pst read them.
"""

import os
import struct
import zlib

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "mail")
CIPHER = os.path.join(HERE, "..", "..", "src", "format", "pst", "cipher.rs")

IIN, SURNAME = "990101300124", "Пробников"
CODEPAGE = 1251
TIME = 133170000000000000


def tables():
    """The two substitutions, from where the reader has them."""
    out = []
    for part in open(CIPHER, encoding="utf-8").read().split("[u8; 256] = [")[1:3]:
        out.append([int(n) for n in part.split("]")[0].replace(",", " ").split()])
    return out


FIRST, SECOND = tables()
THIRD = [0] * 256
for k, n in enumerate(FIRST):
    THIRD[n] = k


def crc(data):
    return zlib.crc32(data, 0xFFFFFFFF) ^ 0xFFFFFFFF


def signature(at, number):
    n = at ^ number
    return ((n >> 16) ^ n) & 0xFFFF


class Store:
    """A file that is being put together."""

    def __init__(self, layout, cipher):
        self.layout, self.cipher = layout, cipher
        self.wide = layout != "ansi"
        self.most = {"ansi": 8180, "unicode": 8176, "large": 65512}[layout]
        self.bytes = bytearray(0x4600)
        self.next = 4
        self.blocks, self.nodes, self.folders, self.page_number = [], [], [], 1000

    def word(self, n):
        return struct.pack("<Q" if self.wide else "<I", n)

    def encoded(self, data, number):
        if self.cipher == 0:
            return data
        if self.cipher == 1:
            return bytes(FIRST[b] for b in data)
        key, out = (number ^ (number >> 16)) & 0xFFFF, bytearray()
        for b in data:
            low, high = key & 255, key >> 8
            b = FIRST[(b + low) & 255]
            b = SECOND[(b + high) & 255]
            out.append((THIRD[(b - high) & 255] - low) & 255)
            key = (key + 1) & 0xFFFF
        return bytes(out)

    def block(self, data, internal=False):
        number = self.next | (2 if internal else 0)
        self.next += 4
        if not internal:
            data = self.encoded(data, number)
        plain = len(data)
        if self.layout == "large" and plain > 200:
            data = zlib.compress(data)
        unit, tail = {"ansi": (64, 12), "unicode": (64, 16), "large": (512, 24)}[self.layout]
        at = len(self.bytes)
        assert at % 64 == 0
        if self.layout == "large":
            self.bytes += bytes(-at % 512)
            at = len(self.bytes)
        self.bytes += data + bytes(-(len(data) + tail) % unit)
        if self.layout == "ansi":
            self.bytes += struct.pack("<HHII", len(data), signature(at, number), number, crc(data))
        else:
            self.bytes += struct.pack("<HHIQ", len(data), signature(at, number), crc(data), number)
            if self.layout == "large":
                self.bytes += struct.pack("<HHI", 2, plain, 0)
        self.blocks.append((number, at, len(data), plain))
        return number

    def data(self, data):
        """A block, or a list of blocks."""
        if len(data) <= self.most:
            return self.block(data)
        numbers = [self.block(data[k : k + self.most]) for k in range(0, len(data), self.most)]
        whole = struct.pack("<BBHI", 1, 1, len(numbers), len(data)) + b"".join(map(self.word, numbers))
        return self.block(whole, True)

    def below(self, nodes):
        """The list of nodes below one."""
        if not nodes:
            return 0
        nodes = sorted(nodes)
        head = struct.pack("<BBH", 2, 0, len(nodes)) + (bytes(4) if self.wide else b"")
        return self.block(head + b"".join(self.word(n) for node in nodes for n in node), True)

    def node(self, number, data, sub=0, parent=0):
        self.nodes.append((number, data, sub, parent))

    def page(self, kind, level, entries, size):
        number, self.page_number = self.page_number, self.page_number + 1
        unit, room = {"ansi": (512, 496), "unicode": (512, 488), "large": (4096, 4056)}[self.layout]
        self.bytes += bytes(-len(self.bytes) % unit)
        at = len(self.bytes)
        body = b"".join(entries)
        body += bytes(room - len(body))
        if self.layout == "large":
            body += struct.pack("<HHBB10x", len(entries), room // size, size, level)
            tail = struct.pack("<BBHIQQ", kind, kind, signature(at, number), crc(body), number, 0)
        elif self.layout == "unicode":
            body += struct.pack("<BBBB4x", len(entries), room // size, size, level)
            tail = struct.pack("<BBHIQ", kind, kind, signature(at, number), crc(body), number)
        else:
            body += struct.pack("<BBBB", len(entries), room // size, size, level)
            tail = struct.pack("<BBHII", kind, kind, signature(at, number), number, crc(body))
        self.bytes += body + tail
        return number, at

    def tree(self, kind, entries, size, fan):
        """Pages of a tree; `fan` entries a page, so that a small file has several levels."""
        level, step = 0, 12 if not self.wide else 24
        pages = entries
        while True:
            next_pages = []
            for k in range(0, len(pages), fan):
                group = pages[k : k + fan]
                number, at = self.page(kind, level, [e for _, e in group], size if level == 0 else step)
                first = group[0][0]
                next_pages.append((first, self.word(first) + self.word(number) + self.word(at)))
            level += 1
            if len(next_pages) == 1:
                return number, at
            pages = next_pages

    def finish(self):
        w = self.word
        pad = b"\0\0\0\0" if self.wide else b""
        blocks = []
        for number, at, stored, plain in sorted(self.blocks):
            more = struct.pack("<HHH", plain, 2, 0) if self.layout == "large" else struct.pack("<H", 2) + pad
            blocks.append((number, w(number) + w(at) + struct.pack("<H", stored) + more))
        nodes = [
            (number, w(number) + w(data) + w(sub) + struct.pack("<I", parent) + pad)
            for number, data, sub, parent in sorted(self.nodes)
        ]
        fan = 25 if self.layout == "large" else 5
        bbt = self.tree(0x80, blocks, 24 if self.wide else 12, fan)
        nbt = self.tree(0x81, nodes, 32 if self.wide else 16, fan)
        version = {"ansi": 14, "unicode": 23, "large": 36}[self.layout]
        head = bytearray(564 if self.wide else 512)
        struct.pack_into("<4sIHHHBB", head, 0, b"!BDN", 0, 0x4D53, version, 19, 1, 1)
        root = struct.pack("<I", 0) + w(len(self.bytes)) + w(0x4400) + w(0) + w(0) + b"".join(w(n) for n in nbt + bbt)
        struct.pack_into("<II32I", head, 36 if self.wide else 28, self.page_number, 1, *([0x4000] * 32))
        at = 180 if self.wide else 164
        head[at : at + len(root)] = root
        at = 256 if self.wide else 204
        head[at : at + 256] = b"\xff" * 256
        struct.pack_into("<BB", head, at + 256, 0x80, self.cipher)
        if self.wide:
            struct.pack_into("<Q", head, 516, self.next)
        else:
            struct.pack_into("<I", head, 24, self.next)
        struct.pack_into("<I", head, 4, crc(bytes(head[8 : 8 + 471])))
        if self.wide:
            struct.pack_into("<I", head, 524, crc(bytes(head[8 : 8 + 516])))
        self.bytes[: len(head)] = head
        self.bytes += bytes(-len(self.bytes) % 64)
        return bytes(self.bytes)

    # heaps, properties and tables

    def text(self, text):
        return (0x1F, text.encode("utf-16-le")) if self.wide else (0x1E, text.encode("cp1251", "replace"))

    def heap(self, client, pieces, root):
        """A heap of one block with these pieces; `root` is the index of the piece that all begins with."""
        head = struct.pack("<HBBII", 0, 0xEC, client, self.piece(root), 0)
        offsets, body = [len(head)], b""
        for piece in pieces:
            body += piece
            offsets.append(len(head) + len(body))
        body = head + body
        body += bytes(len(body) % 2)
        index = struct.pack("<HH", len(pieces), 0) + b"".join(struct.pack("<H", o) for o in offsets)
        return struct.pack("<H", len(body)) + body[2:] + index

    @staticmethod
    def piece(index):
        return (index + 1) << 5

    def properties(self, values, sub=()):
        """The heap of properties {number: (type, value)}; long values become nodes. Answers data and nodes."""
        pieces, records, sub = [b"", b""], b"", list(sub)
        for number, (kind, value) in sorted(values.items()):
            if isinstance(value, int) and kind not in (0x40, 0x14):
                records += struct.pack("<HHI", number, kind, value)
                continue
            value = struct.pack("<Q", value) if isinstance(value, int) else value
            if len(value) > 3000:
                node = 0x8005 + 32 * len(sub) | 0x1F
                sub.append((node, self.data(value), 0))
                records += struct.pack("<HHI", number, kind, node)
            else:
                pieces.append(value)
                records += struct.pack("<HHI", number, kind, self.piece(len(pieces) - 1))
        pieces[0] = struct.pack("<BBBBI", 0xB5, 2, 6, 0, self.piece(1))
        pieces[1] = records
        return self.heap(0xBC, pieces, 0), sub

    def table(self, columns, rows, ids=None):
        """The heap of a table with these columns [(number, type)] of numbers and texts, and rows of values."""
        ids = ids or range(1, len(rows) + 1)
        index = b"".join(struct.pack("<II" if self.wide else "<IH", n, k) for k, n in enumerate(ids))
        pieces = [b"", struct.pack("<BBBBI", 0xB5, 4, 4 if self.wide else 2, 0, self.piece(3) if rows else 0), b"", index]
        columns = [(0x67F2, 3), (0x67F3, 3)] + columns
        ends = 4 * len(columns)
        bits = (len(columns) + 7) // 8
        info = struct.pack("<BBHHHHIII", 0x7C, len(columns), ends, ends, ends, ends + bits, self.piece(1), self.piece(2) if rows else 0, 0)
        for k, (number, kind) in enumerate(columns):
            info += struct.pack("<HHHBB", kind, number, 4 * k, 4, k)
        matrix = b""
        for number, row in zip(ids, rows):
            cells, flags = struct.pack("<II", number, 0), 0xC0
            for j, value in enumerate(row):
                if isinstance(value, int):
                    cells += struct.pack("<I", value)
                else:
                    pieces.append(value)
                    cells += struct.pack("<I", self.piece(len(pieces) - 1))
                flags |= 0x80 >> (j + 2)
            matrix += cells + bytes([flags])
        pieces[0], pieces[2] = info, matrix
        return self.heap(0x7C, pieces, 0)

    def folder(self, number, name, parent):
        data, sub = self.properties({0x3001: self.text(name), 0x3602: (3, 0), 0x360A: (0x0B, 0)})
        self.node(number, self.data(data), self.below(sub), parent)
        self.folders.append(number)

    def lists(self):
        """The tables of each folder: folders, messages, settings."""
        for folder in self.folders:
            for table, kind in [(0x0D, 0x02), (0x0E, 0x04), (0x0F, 0x08)]:
                ids = [n for n, _, _, parent in self.nodes if parent == folder != n and n & 31 == kind]
                data = self.table([(0x3001, self.text("")[0])], [[self.text(f"{n:X}")[1]] for n in sorted(ids)], sorted(ids))
                self.node(folder & ~31 | table, self.data(data))

    def attachment(self, name, content, method=1):
        values = {0x3705: (3, method), 0x3707: self.text(name), 0x370E: self.text("text/csv"), 0x3701: content}
        return values

    def message(self, values, recipients=(), attachments=()):
        """Data and list of nodes of a message; an attachment is a dictionary of properties and its nodes."""
        sub = []
        if recipients:
            kind = self.text("")[0]
            rows = [[1, self.text(name)[1], self.text(mail)[1]] for name, mail in recipients]
            table = self.table([(0x0C15, 3), (0x3001, kind), (0x39FE, kind)], rows)
            sub.append((0x692, self.data(table), 0))
        if attachments:
            names = [[1, self.text("a")[1]] for _ in attachments]
            ids = [0x8025 + 32 * k for k in range(len(names))]
            table = self.table([(0x0E20, 3), (0x3704, self.text("")[0])], names, ids)
            sub.append((0x671, self.data(table), 0))
        for k, (props, nodes) in enumerate(attachments):
            data, nodes = self.properties(props, nodes)
            sub.append((0x8025 + 32 * k, self.data(data), self.below(nodes)))
        data, sub = self.properties(values, sub)
        return self.data(data), self.below(sub)


def mail(store, subject, body, **more):
    values = {
        0x001A: store.text("IPM.Note"),
        0x0037: store.text("\x01\x05RE: " + subject),
        0x0039: (0x40, TIME),
        0x0E06: (0x40, TIME),
        0x0E07: (3, 1),
        0x0C1A: store.text(f"{SURNAME} Иван"),
        0x0C1F: store.text("probnikov@example.kz"),
        0x0E04: store.text("Получатель"),
        0x1000: store.text(body),
        0x3FFD: (3, CODEPAGE),
    }
    values.update(more.get("values", {}))
    return values


def made(layout, cipher):
    store = Store(layout, cipher)
    data, sub = store.properties({0x3001: store.text(f"Почта {SURNAME}"), 0x0FF9: (0x102, bytes(range(16))), 0x35E0: (0x102, bytes(20) + struct.pack("<I", 0x8022))})
    store.node(0x21, store.data(data), store.below(sub))
    data, sub = store.properties({0x0001: (3, 251), 0x0002: (0x102, bytes(16)), 0x0003: (0x102, bytes(8)), 0x0004: (0x102, bytes(4))})
    store.node(0x61, store.data(data), store.below(sub))
    store.folder(0x122, "", 0x122)
    store.folder(0x8022, "Начало", 0x122)
    store.folder(0x8042, "Входящие", 0x8022)
    store.folder(0x8062, f"Клиент {SURNAME}", 0x8042)
    # a message with recipients, a file, and a message in a message
    inner = store.message(mail(store, "Вложенное", f"внутри {SURNAME}, ИИН {IIN}"))
    csv = f"ФИО;ИИН\n{SURNAME} Иван;{IIN}\n".encode()
    files = [
        (store.attachment(f"{SURNAME}.csv", (0x102, csv)), []),
        (store.attachment("письмо", (0x0D, struct.pack("<II", 0x9004, 100)), 5), [(0x9004, *inner)]),
    ]
    people = [(f"Получатель {SURNAME}", "to@example.kz"), ("Второй", "b@example.kz")]
    data, sub = store.message(mail(store, "Договор", f"ИИН {IIN}\r\nFrom Ивана\r\n"), people, files)
    store.node(0x200024, data, sub, 0x8042)
    # a long body, in a node of its own and in several blocks
    long = f"Клиент {SURNAME} ИИН {IIN}. " * 40 + "запись без данных, " * 1200 + f"конец {SURNAME}"
    data, sub = store.message(mail(store, "Долгое", long))
    store.node(0x200044, data, sub, 0x8062)
    # a person of an address book, and a message that no folder shows
    person = {
        0x001A: store.text("IPM.Contact"),
        0x3001: store.text(f"{SURNAME} Иван"),
        0x3A11: store.text(SURNAME),
        0x3A1C: store.text("+7 701 555 12 34"),
        0x3A42: (0x40, 125600000000000000),
        0x8005: store.text(f"заметка {SURNAME}"),
    }
    if store.wide:
        words = [f"слово {SURNAME}".encode("utf-16-le"), "второе".encode("utf-16-le")]
        at = [12, 12 + len(words[0])]
        person[0x8006] = (0x101F, struct.pack("<III", 2, *at) + b"".join(words))
    data, sub = store.message(person)
    store.node(0x200064, data, sub, 0x8022)
    data, sub = store.message(mail(store, "Без папки", f"забытое {SURNAME}"))
    store.node(0x200084, data, sub, 0)
    data, sub = store.message({0x001A: store.text("IPM.Rule"), 0x3001: store.text(f"правило {SURNAME}")})
    store.node(0x2000A8, data, sub, 0x8042)
    store.lists()
    return store.finish()


for name, layout, cipher in [("unicode", "unicode", 1), ("ansi", "ansi", 2), ("large", "large", 0)]:
    with open(os.path.join(HERE, f"{name}.pst"), "wb") as file:
        file.write(made(layout, cipher))
