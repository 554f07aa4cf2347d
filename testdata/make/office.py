"""Makes the office samples of testdata/office. All persons and numbers are invented.

Needs openpyxl, XlsxWriter, python-docx, python-pptx, odfpy and xlwt; `soffice` (LibreOffice) for the
second producer of each format. Run: python testdata/make/office.py testdata/office
"""

import datetime
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile

OUT = sys.argv[1]
WHEN = datetime.datetime(2026, 1, 1)
PEOPLE = [
    ("Ахметова Айгерим Серікқызы", 850101400120, "+7 701 123 45 67", datetime.date(1985, 1, 1), "aigerim.a@example.kz"),
    ("Иванов Сергей Петрович", 991231500016, "8 (727) 255-12-34", datetime.date(1999, 12, 31), "s.ivanov@example.kz"),
    ("Нұрлан Ержан Болатұлы", 10215500122, "+77775550101", datetime.date(2001, 2, 15), "erzhan@example.kz"),
]
HEAD = ["№", "ФИО", "ИИН", "Телефон", "Дата рождения", "E-mail"]


def path(name):
    return os.path.join(OUT, name)


def steady(name):
    """Gives the members of a zip file a fixed date, so that the sample does not change from run to run."""
    source = path(name)
    with tempfile.NamedTemporaryFile(delete=False) as new:
        with zipfile.ZipFile(source) as old, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as out:
            for info in old.infolist():
                fixed = zipfile.ZipInfo(info.filename, (2026, 1, 1, 0, 0, 0))
                fixed.compress_type = info.compress_type
                out.writestr(fixed, old.read(info.filename))
    shutil.move(new.name, source)
    os.chmod(source, 0o644)


def xlsx_openpyxl():
    from openpyxl import Workbook
    from openpyxl.comments import Comment
    from openpyxl.styles import Font
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    book.properties.creator = "Ким Виктор Андреевич"
    book.properties.created = book.properties.modified = WHEN
    sheet = book.active
    sheet.title = "Клиенты"
    sheet.append(HEAD + ["Подпись"])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for n, (name, iin, phone, born, mail) in enumerate(PEOPLE, 1):
        sheet.append([n, name, iin, phone, born, mail, f'="ИИН: "&C{n + 1}&" (сверен 991231500016)"'])
        sheet.cell(n + 1, 3).number_format = "0" if n < 3 else "000000000000"
        sheet.cell(n + 1, 5).number_format = "DD.MM.YYYY"
    sheet["B2"].comment = Comment("Перезвонить Иванов Сергей Петрович, +7 701 123 45 67", "Ким Виктор Андреевич")
    sheet["F2"].hyperlink = "mailto:aigerim.a@example.kz"
    sheet.oddHeader.center.text = "Ответственный: Ким Виктор Андреевич"
    sheet.column_dimensions["B"].width = 40
    check = DataValidation(type="list", formula1='"Иванов Сергей Петрович,Нет"')
    sheet.add_data_validation(check)
    check.add("H2:H9")
    hidden = book.create_sheet("Иванов С П")
    hidden.sheet_state = "hidden"
    hidden["A1"] = "991231500016"
    hidden["A2"] = 9.91231500016e11
    hidden["A3"] = "='Клиенты'!B3"
    sheet["H1"] = "='Иванов С П'!A1"
    book.save(path("clients_openpyxl.xlsx"))
    steady("clients_openpyxl.xlsx")


def xlsx_writer():
    import xlsxwriter

    book = xlsxwriter.Workbook(path("clients_xlsxwriter.xlsx"))
    book.set_properties({"author": "Ким Виктор Андреевич", "created": WHEN, "comments": "ИИН 991231500016"})
    book.set_custom_property("Куратор", "Иванов Сергей Петрович")
    sheet = book.add_worksheet("Лист1")
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, HEAD, bold)
    for n, (name, iin, phone, born, mail) in enumerate(PEOPLE, 1):
        sheet.write_number(n, 0, n)
        sheet.write_string(n, 1, name)
        sheet.write_string(n, 2, f"{iin:012}")
        sheet.write_string(n, 3, phone)
        sheet.write_datetime(n, 4, datetime.datetime.combine(born, datetime.time()), day)
        sheet.write_string(n, 5, mail)
        sheet.write_formula(n, 6, f'=B{n + 1}&", "&D{n + 1}', None, f"{name}, {phone}")
    sheet.write_string(4, 1, "Иванов Сергей Петрович")
    sheet.write_rich_string(5, 1, "Клиент ", bold, "Ахметова ", "Айгерим ", bold, "Серікқызы", " (VIP)")
    sheet.write_string(6, 1, "Без персональных данных")
    sheet.insert_textbox(8, 1, "Ответственный Иванов Сергей Петрович")
    chart = book.add_chart({"type": "column"})
    chart.add_series({"categories": "=Лист1!$B$2:$B$4", "values": "=Лист1!$A$2:$A$4", "name": "Иванов Сергей Петрович"})
    sheet.insert_chart(10, 1, chart)
    sheet.add_table(20, 0, 22, 1, {"columns": [{"header": "ФИО"}, {"header": "Сумма"}]})
    sheet.write(21, 0, "Нұрлан Ержан Болатұлы")
    book.close()
    steady("clients_xlsxwriter.xlsx")
    book = xlsxwriter.Workbook(path("clean.xlsx"))
    book.set_properties({"created": WHEN})
    sheet = book.add_worksheet("Склад")
    for n, (name, amount) in enumerate([("Товар", "Цена"), ("Болт М8", 12), ("Гайка", 7.5)]):
        sheet.write_row(n, 0, [name, amount])
    sheet.write_formula(3, 1, "=SUM(B2:B3)", None, 19.5)
    book.close()
    steady("clean.xlsx")


def xls_xlwt():
    import xlwt

    book = xlwt.Workbook()
    book.owner = "Kim Viktor"
    sheet = book.add_sheet("Клиенты")
    day = xlwt.easyxf(num_format_str="DD.MM.YYYY")
    for c, title in enumerate(HEAD):
        sheet.write(0, c, title)
    for n, (name, iin, phone, born, mail) in enumerate(PEOPLE, 1):
        for c, value in enumerate([n, name, iin, phone]):
            sheet.write(n, c, value)
        sheet.write(n, 4, born, day)
        sheet.write(n, 5, mail)
    book.save(path("clients_xlwt.xls"))


def xls_1904():
    """Dates from 1904 on, numbers that are shown with zeros before them, and cells in opposite corners."""
    import xlwt

    book = xlwt.Workbook()
    book.dates_1904 = True
    sheet = book.add_sheet("Старый")
    day = xlwt.easyxf(num_format_str="DD.MM.YYYY")
    code = xlwt.easyxf(num_format_str="000000000000")
    for column, head in enumerate(HEAD[:5]):
        sheet.write(0, column, head)
    for n, (name, iin, phone, born, _) in enumerate(PEOPLE, 1):
        sheet.write(n, 0, n)
        sheet.write(n, 1, name)
        sheet.write(n, 2, iin, code)
        sheet.write(n, 3, phone)
        sheet.write(n, 4, (born - datetime.date(1904, 1, 1)).days, day)
    sheet.write(65535, 255, "угол Иванов Сергей Петрович")
    book.save(path("dates1904_xlwt.xls"))


def docx_python():
    from docx import Document
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    doc = Document()
    props = doc.core_properties
    props.author = "Ким Виктор Андреевич"
    props.last_modified_by = "Ким Виктор Андреевич"
    props.created = props.modified = WHEN
    doc.add_heading("Справка", 1)
    p = doc.add_paragraph("Выдана гр. ")
    p.add_run("Ива")
    p.add_run("нов Сер").bold = True
    p.add_run("гей Петрович, ИИН 9912")
    p.add_run("31500016 и & <знак>")
    table = doc.add_table(rows=1, cols=3)
    for cell, text in zip(table.rows[0].cells, ["ФИО", "ИИН", "Телефон"]):
        cell.text = text
    for name, iin, phone, _, _ in PEOPLE:
        for cell, text in zip(table.add_row().cells, [name, f"{iin:012}", phone]):
            cell.text = text
    doc.sections[0].header.paragraphs[0].text = "Исполнитель Ким Виктор Андреевич, тел. 8 (727) 255-12-34"
    doc.sections[0].footer.paragraphs[0].text = "ИИН исполнителя 850101400120"
    doc.add_comment(p.runs[1], text="Проверить Ахметова Айгерим Серікқызы", author="Ким Виктор Андреевич", initials="КВ")
    link = doc.part.relate_to("mailto:s.ivanov@example.kz", RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    element = OxmlElement("w:hyperlink")
    element.set(qn("r:id"), link)
    p._p.append(element)
    changed = doc.add_paragraph("Телефон ")
    for tag, inner, text in [("w:del", "w:delText", "+7 701 123 45 67"), ("w:ins", "w:t", "не указан")]:
        change = OxmlElement(tag)
        change.set(qn("w:id"), "900")
        change.set(qn("w:author"), "Ким Виктор Андреевич")
        run, words = OxmlElement("w:r"), OxmlElement(inner)
        words.text = text
        run.append(words)
        change.append(run)
        changed._p.append(change)
    doc.save(path("letter_python.docx"))
    steady("letter_python.docx")


def pptx_python():
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    deck.core_properties.author = "Ким Виктор Андреевич"
    deck.core_properties.last_modified_by = "Ким Виктор Андреевич"
    deck.core_properties.created = deck.core_properties.modified = WHEN
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Отчёт: Иванов Сергей Петрович"
    box = slide.shapes.add_textbox(Inches(1), Inches(2), Inches(5), Inches(1)).text_frame
    for piece in ["ИИН 9912", "3150", "0016"]:
        box.paragraphs[0].add_run().text = piece
    table = slide.shapes.add_table(2, 2, Inches(1), Inches(3), Inches(5), Inches(1)).table
    for c, text in enumerate(["ФИО", "Телефон"]):
        table.cell(0, c).text = text
    table.cell(1, 0).text, table.cell(1, 1).text = PEOPLE[0][0], PEOPLE[0][2]
    slide.notes_slide.notes_text_frame.text = "Позвонить: 8 (727) 255-12-34"
    for layout in list(deck.slide_layouts):
        if layout is not slide.slide_layout:
            deck.slide_layouts.remove(layout)
    deck.save(path("deck_python.pptx"))
    steady("deck_python.pptx")


def odf_python():
    from odf.dc import Creator
    from odf.office import Annotation
    from odf.opendocument import OpenDocumentSpreadsheet, OpenDocumentText
    from odf.table import Table, TableCell, TableRow
    from odf.text import A, P, S, Span

    doc = OpenDocumentText()
    p = P()
    for piece in ["Выдана гр. Ива", "нов Сергей"]:
        p.addElement(Span(text=piece))
    p.addElement(S(c=1))
    p.addText("Петрович, ИИН 991231500016")
    note = Annotation()
    note.addElement(Creator(text="Ким Виктор Андреевич"))
    note.addElement(P(text="тел. 8 (727) 255-12-34"))
    p.addElement(note)
    p.addElement(A(href="mailto:s.ivanov@example.kz", text="почта"))
    doc.text.addElement(p)
    doc.save(path("letter_odfpy.odt"))
    steady("letter_odfpy.odt")

    doc = OpenDocumentSpreadsheet()
    table = Table(name="Клиенты")
    head = TableRow()
    for title in HEAD:
        cell = TableCell(valuetype="string")
        cell.addElement(P(text=title))
        head.addElement(cell)
    table.addElement(head)
    for n, (name, iin, phone, born, mail) in enumerate(PEOPLE, 1):
        row = TableRow()
        for kind, value in [("float", n), ("string", name), ("float", iin), ("string", phone), ("date", born), ("string", mail)]:
            extra = {"value": value} if kind == "float" else {"datevalue": str(value)} if kind == "date" else {}
            cell = TableCell(valuetype=kind, **extra)
            cell.addElement(P(text=str(value)))
            row.addElement(cell)
        table.addElement(row)
    row = TableRow(numberrowsrepeated=3)
    row.addElement(TableCell(numbercolumnsrepeated=2))
    cell = TableCell(valuetype="string", numbercolumnsrepeated=2)
    cell.addElement(P(text="991231500016"))
    row.addElement(cell)
    table.addElement(row)
    doc.spreadsheet.addElement(table)
    doc.save(path("clients_odfpy.ods"))
    steady("clients_odfpy.ods")


RTF = r"""{\rtf1\ansi\ansicpg1251\deff0{\fonttbl{\f0\fcharset204 Arial;}{\f1\fcharset0 Arial;}}
{\info{\author \'ca\'e8\'ec \'c2\'e8\'ea\'f2\'ee\'f0}{\title x}}
{\*\generator Riched20;}\f0\fs24 \'c8\'c8\'cd 991231500016, \'c8\'e2\'e0{\b\'ed\'ee\'e2} \u1057?\'e5\'f0\'e3\'e5\'e9\par
{\deleted \'f2\'e5\'eb. +7 701 123 45 67}\par
\trowd\cellx2000\cellx4000\intbl \'d4\'c8\'ce\cell \u1178?\u1199?\u1088?\u1084?\u1072?\u1085?\cell\row\pard
{\header\pard 8 (727) 255-12-34\par}{\v hidden 850101400120}\par}
"""


def libreoffice():
    office = shutil.which("soffice")
    if not office:
        print("soffice is missing: samples of LibreOffice are not made")
        return
    jobs = [
        ("letter_python.docx", "odt", "letter_libreoffice.odt"),
        ("letter_odfpy.odt", "docx", "letter_libreoffice.docx"),
        ("letter_python.docx", "doc", "letter_libreoffice.doc"),
        ("letter_python.docx", "rtf", "letter_libreoffice.rtf"),
        ("deck_python.pptx", "ppt", "deck_libreoffice.ppt"),
        ("deck_python.pptx", "odp", "deck_libreoffice.odp"),
        ("clients_openpyxl.xlsx", "ods", "clients_libreoffice.ods"),
        ("clients_openpyxl.xlsx", "xls", "clients_libreoffice.xls"),
        ("clients_odfpy.ods", "xlsx", "clients_libreoffice.xlsx"),
    ]
    with tempfile.TemporaryDirectory() as work:
        for source, ext, name in jobs:
            command = [office, f"-env:UserInstallation=file://{work}/profile", "--headless", "--convert-to", ext]
            subprocess.run(command + ["--outdir", work, path(source)], check=True, capture_output=True)
            shutil.move(os.path.join(work, source.rsplit(".", 1)[0] + "." + ext), path(name))


os.makedirs(OUT, exist_ok=True)
xlsx_openpyxl()
xlsx_writer()
xls_xlwt()
xls_1904()
docx_python()
pptx_python()
odf_python()
with open(path("letter.rtf"), "w", newline="") as f:
    f.write(RTF)
libreoffice()
