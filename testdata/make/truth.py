"""Writes the truth files of the samples that the other programs of this folder make: what stands in each of them.

It is written from what those programs put in, not from what qupia finds.
"""

import csv
import json
import os
import re

HERE = os.path.join(os.path.dirname(__file__), "..")


def spans(**pieces):
    """`iin=[...]` and so on; a tuple is a text and other categories that are as right; `maybe_…` is optional."""
    out = []
    for name, values in pieces.items():
        optional = name.startswith("maybe_")
        for value in [values] if isinstance(values, (str, tuple)) else values:
            text, *also = (value,) if isinstance(value, str) else value
            span = {"category": name.removeprefix("maybe_"), "text": text}
            if also:
                span["also"] = also
            if optional:
                span["optional"] = True
            out.append(span)
    return out


def write(names, pieces, encoding=None, decoded=False, folder="text"):
    for name in [names] if isinstance(names, str) else names:
        truth = {"encoding": encoding} if encoding else {}
        if decoded:
            truth["decoded"] = True
        if not pieces:
            truth["quiet"] = True
        path = os.path.join(HERE, folder, name)
        assert os.path.exists(path), path
        with open(path + ".truth.json", "w", encoding="utf-8") as f:
            json.dump({**truth, "spans": pieces}, f, ensure_ascii=False, indent=1)
            f.write("\n")


IIN, IIN2 = "990101300124", "850615400127"
NAME, NAME2 = "Пробников Иван", "Образцова Анна"


def text():
    ru = spans(person=NAME, iin=IIN, address="г. Алматы, ул. Тестовая, д. 5")
    kk = spans(person="Сынақов Ғалым Қайратұлы", iin=IIN, address="Алматы қаласы, Үлгі көшесі, 5-үй")
    for name, encoding in [("utf8", None), ("utf8-mark", None), ("utf16le", "utf-16le"), ("utf16be", "utf-16be"),
                           ("utf16-mark", "utf-16le"), ("cp1251", "windows-1251"), ("koi8r", "koi8-r"), ("cp866", "ibm866"),
                           ("iso5", "iso-8859-5")]:
        write(f"ru-{name}.txt", ru, encoding)
    write("kk-utf8.txt", kk)
    write("kk-utf16be.txt", kk, "utf-16be")
    # encodings that the WHATWG does not name
    write(["kk-kz1048.txt", "kk-ptcp154.txt"], kk, decoded=True)
    write(["two-encodings.log", "faults.log"], spans(iin=IIN), decoded=True)

    people = dict(person=[NAME, NAME2], iin=[IIN, IIN2])
    places = ["г. Алматы; ул. «Тестовая», 5", 'пос. "Новый"\nдом 7']
    write("semicolon-cp1251.csv", spans(**people, address=places), decoded=True)
    write(["quoted.csv", "spreadsheet.tsv"], spans(**people, address=places), decoded=True)
    write("bars", spans(**people, address=[p.replace("\n", " ") for p in places]), decoded=True)
    write("formula.csv", spans(person=["Пробников", "Образцова"], iin=[IIN, IIN2]))
    # without a header a number whose check digit is wrong is not told from any other
    write("no-header.csv", spans(person=[NAME, NAME2], maybe_iin=[IIN, IIN2]))
    # the header is not told as such behind an open quote
    write("open-quote.csv", spans(person=["Пробников", "Образцова", "Последний"], iin=[IIN, IIN2]), decoded=True)

    first = dict(person=NAME, iin=IIN, phone="+7 700 000 00 01")
    both = dict(person=[NAME, NAME2], iin=[IIN, IIN2], phone="+7 700 000 00 01", address='ул. "Т"\nд. 7')
    write(["records.json", "escaped.json", "lines.jsonl"], spans(**both), decoded=True)
    write("mongo.json", spans(iin=IIN))
    write("broken.json", spans(**first))

    # a column that holds nothing but first days of years looks generalized where no number proves true
    write("pg.sql", spans(person=[NAME, "Образцова\tАнна"], iin=[IIN, IIN2], maybe_birth_date="1999-01-01"), decoded=True)
    write("pg-cut.sql", spans(person=["Пробников", "Обр"], iin=IIN))
    write("mysql.sql", spans(person=["Пробников 'Иван'", "Образцова\nАнна"], iin=[IIN, IIN2]), decoded=True)
    write("phpmyadmin-cp1251.sql", spans(person=["Пробников 'Иван'", "Образцова"], iin=[IIN, IIN2]), decoded=True)
    # no column has a name here
    write("mydumper.sql", spans(person="Образцова", maybe_person="Пробников", maybe_iin=[IIN, IIN2]), decoded=True)
    write("ssms.sql", spans(iin=[IIN, IIN2]), "utf-16le")
    write("sqlite.sql", spans(person=["Пробников 'Иван'", "Образцова"], iin=[IIN, IIN2]), decoded=True)

    firm = ["Пробников Иван & Ко", "Образцова Анна & Ко"]
    write(["list.xml", "list-cp1251.xml"], spans(person=firm, iin=[IIN, IIN2]), decoded=True)
    page = spans(person=["Пробников\u00a0Иван", "Пробников", "Образцова"], iin=[IIN, IIN2])
    write("page-koi8r.html", page, decoded=True)
    write("drawing.svg", spans(iin=IIN, maybe_person="Пробников"), decoded=True)
    write("notes.md", spans(person=["Пробников", "Образцова"], email="probnikov@example.kz", iin=[IIN, IIN2]))


PEOPLE = [
    ("Ахметова Айгерим Серікқызы", "850101400120", "+7 701 123 45 67", "1985-01-01", "aigerim.a@example.kz"),
    ("Иванов Сергей Петрович", "991231500016", "8 (727) 255-12-34", "1999-12-31", "s.ivanov@example.kz"),
    ("Нұрлан Ержан Болатұлы", "010215500122", "+77775550101", "2001-02-15", "erzhan@example.kz"),
]
KIM = "Ким Виктор Андреевич"


def office():
    names, numbers, phones, born, mails = map(list, zip(*PEOPLE))
    lost = [n.lstrip("0") for n in numbers]
    client = dict(person=names, phone=phones, birth_date=born, email=mails)

    def book(name, **pieces):
        write(name, spans(**pieces), decoded=True, folder="office")

    sheet = "Иванов С П"
    book("clients_openpyxl.xlsx", **{**client, "person": names + [KIM, sheet], "iin": numbers})
    book("clients_libreoffice.ods", **{**client, "person": names + [KIM, sheet, "Иванов"], "iin": numbers + lost})
    book("clients_libreoffice.xls", **{**client, "person": names + [KIM, sheet], "iin": lost})
    # a cell of a column of names that holds more than the name
    more = ["Клиент Ахметова Айгерим Серікқызы (VIP)"]
    book("clients_xlsxwriter.xlsx", **{**client, "person": names + [KIM] + more, "iin": numbers},
         maybe_person=["Без персональных данных", "Сумма"])
    book("clients_xlwt.xls", **client, iin=lost)
    book("dates1904_xlwt.xls", person=names, phone=phones, birth_date=born, iin=numbers)
    book("clients_odfpy.ods", **client, iin=lost)
    serials = ["31048", "36525", "36937"]
    book("clients_libreoffice.xlsx", **{**client, "birth_date": serials}, iin=lost)
    book("clean.xlsx")

    letter = dict(person=names + [KIM], iin=numbers, phone=phones)
    book("letter_python.docx", **letter, email=mails[1])
    # LibreOffice leaves out a link without text
    for name in ("letter_libreoffice.odt", "letter_libreoffice.doc", "letter_libreoffice.rtf"):
        book(name, **letter)
    for name in ("letter_odfpy.odt", "letter_libreoffice.docx"):
        book(name, person=[names[1], KIM], iin=numbers[1], phone=phones[1], email=mails[1])
    book("letter.rtf", person=["Ким Виктор", "Иванов Сергей", "Қүрман"], iin=[numbers[1], numbers[0]], phone=phones[:2])
    for name in ("deck_python.pptx", "deck_libreoffice.odp", "deck_libreoffice.ppt"):
        book(name, person=names[:2] + [KIM], iin=numbers[1], phone=phones[:2])


def others():
    def sample(folder, names, **pieces):
        write(names, spans(**pieces), decoded=True, folder=folder)

    archives = ["gnu.tar", "pax.tar", "python.7z", "rar4.rar", "rar5.rar", "system.tar.gz", "ustar.tar"]
    # the name of a link's target
    sample("archive", archives, person="Пробников А. Б.", iin=IIN, maybe_person="Пробников")
    sample("archive", "python.zip", person=["Пробников А. Б.", "Пробников"], iin=IIN)

    rows = range(60)
    days = [f"1999-01-{1 + i % 28:02}" for i in rows]
    phones = [f"+7 701 000 00 {i:02}" for i in rows if i % 3]
    numbers = [f"{i:09}" for i in rows]
    people = ["Пробников Проб Пробович", "Сынақов Сынақ Сынақұлы"]
    table = dict(person=people, iin=IIN, birth_date=sorted(set(days)), phone=phones, id_card=numbers)
    sample("columnar", "duckdb.parquet", **table)
    # the author stands in the metadata
    sample("columnar", ["pyarrow.parquet", "pyarrow.feather", "pyarrow.arrows"], **{**table, "person": people + ["Пробников П. П."]})
    sample("columnar", "fastparquet.parquet", person=people, iin=IIN, age=[str(i) for i in rows], maybe_age="0")

    sample("dbf", "python.dbf", person=[NAME, NAME2], iin=IIN, birth_date=["19990101", "20010203"])
    memos = [("dbase3", "dbt"), ("dbase4", "dbt"), ("foxpro", "fpt"), ("visual", "fpt")]
    for name, ending in memos:
        sample("dbf", f"{name}.dbf", person=NAME)
        sample("dbf", f"{name}.{ending}", person="Пробников", iin=IIN)
    letter = dict(person=[NAME, "Пробников"], email=["probnikov@example.kz", "court@example.kz"], iin=IIN)
    sample("mail", ["python.eml", "python.mbox"], **letter)
    sample("mail", "outlook_like.eml", email=["a@example.kz", "b@example.kz"], ip="10.0.0.1", iin=IIN, person="Пробников")
    stores = ["unicode.pst", "ansi.pst", "large.pst"]
    mails = ["probnikov@example.kz", "to@example.kz", "b@example.kz"]
    sample("mail", stores, person=[NAME, "Ивана"], email=mails, iin=IIN, phone="+7 701 555 12 34", birth_date="05.01.1999")
    sample("pdf", ["fpdf2.pdf", "reportlab.pdf", "old.pdf"], person=[NAME, "Пробников"], iin=IIN, maybe_person=["Әлия", "Ғалым"])
    sample("pgdump", ["postgres15.dump", "postgres15_inserts.dump"], iin=IIN, person=[f"Пробников {n}" for n in range(1, 51)] + ["Пробников"])
    sample("pdf", ["weasyprint.pdf", "libreoffice.pdf", "chromium.pdf"], person="Пробников Иван", maybe_person=["Пробников", "Әлия", "Ғалым"], iin=IIN, phone="+7 701 000 00 01")
    sample("pdf", "cairo.pdf", person="Пробников Иван", maybe_person=["Әлия", "Ғалым"], iin=IIN, phone="+7 701 000 00 01")
    objects = ["postgres15_piped.dump", "postgres15.tar", "postgres15_objects.sql"]
    people = ["Ахметова Айгерим Серікқызы", "Иванов Сергей Петрович", "Нұрлан Ержан Болатұлы", "Ким Виктор Андреевич"]
    sample("pgdump", objects, iin=[IIN, IIN2, "850101400120", "991231500016", "010215500122"], person=[NAME, NAME2, "Пробников"] + people, phone=["+7 701 123 45 67", "8 (727) 255-12-34", "+77775550101"])
    sample("sqlite", "python.db", iin=IIN, person=[f"Пробников {n}" for n in range(500)] + ["Пробников"], maybe_birth_date="1999-01-01")



def tables():
    # patients without names: sex, age and diagnosis are told of a person all the same
    with open(os.path.join(HERE, "tables", "patients.csv"), encoding="utf-8") as f:
        rows = [(n, row) for n, row in enumerate(csv.DictReader(f, delimiter=";"), 2)]
    fields = {"пол": "sex", "возраст": "age", "диагноз": "special"}
    write("patients.csv", [{"category": c, "row": n, "field": f, "text": row[f]} for n, row in rows for f, c in fields.items()], folder="tables")
    # hierarchies of values, nobody's data
    write(["age.csv", "city.csv", "diagnosis.csv", "education.csv"], [], folder="tables")


def acts():
    # the act carries its truth in marks: [[person's label:name]], ((official)), <<category:text>>
    with open(os.path.join(HERE, "acts", "01-civil-debt-ru.act"), encoding="utf-8") as f:
        act = f.read()
    pieces = dict(person=sorted(set(re.findall(r"(?:\[\[|\(\()\w+:(.+?)(?:\]\]|\)\))", act))))
    for category, text in re.findall(r"<<(\w+):(.+?)>>", act):
        pieces.setdefault(category, []).append(text)
    for name in ("rtf", "odt", "docx", "doc"):
        write(f"01-civil-debt-ru.{name}", spans(**pieces), decoded=True, folder="acts")


text()
acts()
office()
others()
tables()
