"""Writes testdata/pdf: one page each about invented persons, by fpdf2, by reportlab, and by hand as old programs wrote them."""

import os
import zlib

from fpdf import FPDF
from fpdf.outline import OutlineSection  # noqa: F401  (fpdf2, not the old fpdf)
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

HERE = os.path.join(os.path.dirname(__file__), "..", "pdf")
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
NAME, IIN = "Пробников", "990101300124"
LINES = [f"Истец {NAME} Иван, ИИН {IIN}, тел.", "Қазақстан, Ғалым, Өскемен, Ұлы, Үй, Әлия", "Вторая строка без данных"]


def identity(path):
    pdf = FPDF()
    pdf.set_title(f"Дело {NAME}")
    pdf.set_author(NAME)
    pdf.add_font("L", "", FONT)
    pdf.add_page()
    pdf.set_font("L", size=12)
    pdf.start_section(f"Закладка {NAME}")
    for line in LINES:
        pdf.cell(text=line, new_x="LMARGIN", new_y="NEXT")
    pdf.text_annotation(20, 60, f"Заметка {NAME}")
    pdf.link(10, 10, 50, 10, f"https://example.kz/?iin={IIN}")
    pdf.embed_file(bytes=f"{NAME};{IIN}\n".encode(), basename=f"{NAME}.csv", desc="список")
    pdf.output(path)


def subset(path):
    pdfmetrics.registerFont(TTFont("L", FONT))
    c = canvas.Canvas(path, invariant=1)
    c.setAuthor(NAME)
    c.setFont("L", 12)
    for n, line in enumerate(LINES):
        c.drawString(72, 760 - 20 * n, line)
    c.acroForm.textfield(name="fio", value=IIN, x=72, y=600, width=200, height=20)
    c.save()


def old(path):
    """Simple fonts without a map to Unicode: names of glyphs, and windows-1251 that calls itself WinAnsi. The
    first revision stands before the second."""
    letters = sorted(set("".join(LINES[:2])))
    afii = {c: f"afii{10017 + i if i < 6 else 10018 + i}" for i, c in enumerate("АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ")}
    afii.update({c: f"afii{10065 + i if i < 6 else 10066 + i}" for i, c in enumerate("абвгдежзийклмнопрстуфхцчшщъыьэюя")})
    digits = dict(zip("0123456789", "zero one two three four five six seven eight nine".split()))
    digits.update({" ": "space", ",": "comma", ".": "period"})
    names = [afii.get(c) or digits.get(c) or f"uni{ord(c):04X}" for c in letters]
    code = {c: i + 40 for i, c in enumerate(letters)}
    show = lambda line: "<" + "".join(f"{code[c]:02X}" for c in line) + ">"
    cp1251 = lambda line: "<" + line.encode("cp1251").hex() + ">"
    widths = "[" + "550 " * 200 + "]"
    content = (
        f"BT /F1 12 Tf 72 760 Td {show(LINES[0])} Tj 0 -20 Td [{show(LINES[1][:9])} -100 {show(LINES[1][9:])}] TJ ET\n"
        f"BT /F2 12 Tf 1 0 0 1 72 700 Tm {cp1251('Ответчик ' + NAME + ' пишет письмо')} Tj ET\n"
        f"/Span <</ActualText <feff{NAME.encode('utf-16-be').hex()}>>> BDC BT /F2 12 Tf 72 680 Td (x) Tj ET EMC\n"
        "q 1 0 0 1 0 0 cm /X1 Do Q"
    )
    form = f"BT /F2 10 Tf 72 650 Td {cp1251('Форма ' + NAME)} Tj ET"
    objects = {
        1: "<</Type /Catalog /Pages 2 0 R>>",
        2: "<</Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842]>>",
        3: "<</Type /Page /Parent 2 0 R /Contents 4 0 R /Resources <</Font <</F1 5 0 R /F2 6 0 R>> /XObject <</X1 7 0 R>>>>>>",
        5: f"<</Type /Font /Subtype /Type1 /BaseFont /OldCyr /FirstChar 32 /Widths {widths} /Encoding <</Differences [40 "
           + " ".join("/" + n for n in names) + "]>>>>",
        6: f"<</Type /Font /Subtype /TrueType /BaseFont /ArialCyr /Encoding /WinAnsiEncoding /FirstChar 32 /Widths {widths}>>",
    }
    streams = {4: ("", content), 7: ("/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources <</Font <</F2 6 0 R>>>>", form)}
    out = bytearray(b"%PDF-1.4\n")

    def write(objects, streams, previous):
        places = {}
        for n, body in objects.items():
            places[n] = len(out)
            out.extend(f"{n} 0 obj\n{body}\nendobj\n".encode())
        for n, (dict_, body) in streams.items():
            places[n] = len(out)
            packed = zlib.compress(body.encode())
            out.extend(f"{n} 0 obj\n<<{dict_} /Filter /FlateDecode /Length {len(packed)}>>\nstream\n".encode())
            out.extend(packed + b"\nendstream\nendobj\n")
        start = len(out)
        out.extend(b"xref\n0 1\n0000000000 65535 f \n")
        for n, place in sorted(places.items()):
            out.extend(f"{n} 1\n{place:010d} 00000 n \n".encode())
        prev = f"/Prev {previous}" if previous else ""
        out.extend(f"trailer\n<</Size 9 /Root 1 0 R {prev}>>\nstartxref\n{start}\n%%EOF\n".encode())
        return start

    first = write(objects, {**streams, 4: ("", f"BT /F2 9 Tf 72 700 Td (first revision {IIN}) Tj ET")}, None)
    write({}, {4: streams[4]}, first)
    with open(path, "wb") as f:
        f.write(out)


def main():
    os.makedirs(HERE, exist_ok=True)
    identity(os.path.join(HERE, "fpdf2.pdf"))
    subset(os.path.join(HERE, "reportlab.pdf"))
    old(os.path.join(HERE, "old.pdf"))


main()
