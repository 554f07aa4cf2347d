"""Writes testdata/text: one invented person in every text format and encoding that qupia reads."""

import json
import os

HERE = os.path.join(os.path.dirname(__file__), "..", "text")
IIN, IIN2 = "990101300124", "850615400127"
RU = f"Заявление. Истец Пробников Иван, ИИН {IIN}, проживает по адресу: г. Алматы, ул. Тестовая, д. 5.\r\n"
KK = f"Өтініш. Талапкер Сынақов Ғалым Қайратұлы, ЖСН {IIN}, мекенжайы: Алматы қаласы, Үлгі көшесі, 5-үй. Әңгіме.\n"
ROWS = [("id", "ФИО", "ИИН", "Адрес"), ("1", "Пробников Иван", IIN, "г. Алматы; ул. «Тестовая», 5"),
        ("2", "Образцова Анна", IIN2, 'пос. "Новый"\nдом 7')]


def write(name, data, encoding="utf-8"):
    with open(os.path.join(HERE, name), "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode(encoding))


def table(sep, always=False, end="\r\n", plain=lambda c: c):
    def cell(c):
        c = plain(c)
        special = always or any(s in c for s in (sep, '"', "\n"))
        return '"' + c.replace('"', '""') + '"' if special else c
    return "".join(sep.join(cell(c) for c in row) + end for row in ROWS)


os.makedirs(HERE, exist_ok=True)
for name, encoding in [("utf8", "utf-8"), ("utf8-mark", "utf-8-sig"), ("utf16le", "utf-16-le"), ("utf16be", "utf-16-be"),
                       ("cp1251", "cp1251"), ("koi8r", "koi8_r"), ("cp866", "cp866"), ("iso5", "iso8859_5")]:
    write(f"ru-{name}.txt", RU * 3, encoding)
write("ru-utf16-mark.txt", b"\xff\xfe" + (RU * 3).encode("utf-16-le"))
for name, encoding in [("utf8", "utf-8"), ("kz1048", "kz1048"), ("ptcp154", "ptcp154"), ("utf16be", "utf-16-be")]:
    write(f"kk-{name}.txt", KK * 3, encoding)
write("two-encodings.log", b"".join(f"строка {n}: ИИН {IIN}\n".encode("cp1251" if n % 4 == 3 else "utf-8") for n in range(12)))
write("faults.log", f"начало ИИН {IIN}\n".encode() * 5 + b"\xff\xfe ??? \xd0\n" + "конец\n".encode())

write("semicolon-cp1251.csv", table(";"), "cp1251")
write("quoted.csv", table(",", True, "\n"))
write("spreadsheet.tsv", b"\xff\xfe" + table("\t").encode("utf-16-le"))
write("bars", table("|", False, "\n", lambda c: c.replace("\n", " ")))
write("formula.csv", f'sep=;\r\nФИО;ИИН\r\nПробников;="{IIN}"\r\nОбразцова;="{IIN2}"\r\n'.encode("utf-8-sig"))
write("no-header.csv", f"Пробников Иван;{IIN}\nОбразцова Анна;{IIN2}\n;\nБез номера\n")
write("open-quote.csv", f'ФИО;ИИН\nПробников "И;{IIN}\n"Образцова;{IIN2}\nПоследний;{IIN}\n')

people = [{"id": 1, "клиент": {"фио": ROWS[1][1], "iin": int(IIN), "тел:моб": "+7 700 000 00 01"}, "метки": ["а", "б"]},
          {"id": 2, "клиент": {"фио": ROWS[2][1], "iin": IIN2, "адрес": 'ул. "Т"\nд. 7'}, "метки": []}]
write("records.json", json.dumps({"list": people, "total": 2}, ensure_ascii=False, indent=1))
write("escaped.json", json.dumps(people))
write("lines.jsonl", "".join(json.dumps(p, ensure_ascii=False, separators=(",", ":")) + "\n" for p in people))
write("mongo.json", f'{{ "_id" : ObjectId("5f0000000000000000000001"), "iin" : NumberLong({IIN}), "at" : ISODate("2026-01-02T03:04:05Z") }}\n')
write("broken.json", json.dumps(people[:1], ensure_ascii=False) + f"]]\nещё строка с ИИН {IIN}\n")

DDL = "CREATE TABLE public.clients (\n    id bigint NOT NULL,\n    fio character varying(40),\n    iin character(12),\n    born date,\n" \
      "    CONSTRAINT iin_length CHECK ((length(iin) = 12))\n);\n"
write("pg.sql", "--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n\n" + DDL +
      "\nCOPY public.clients (id, fio, iin, born) FROM stdin;\n"
      f"1\tПробников Иван\t{IIN}\t1999-01-01\n2\tОбразцова\\tАнна\t{IIN2}\t\\N\n\\.\n\n"
      "ALTER TABLE ONLY public.clients ADD CONSTRAINT clients_pkey PRIMARY KEY (id);\n")
write("pg-cut.sql", "-- PostgreSQL database dump\n" + DDL + f"COPY public.clients (id, fio, iin) FROM stdin;\n1\tПробников\t{IIN}\n2\tОбр")
MY = "CREATE TABLE `clients` (\n  `id` int(11) NOT NULL AUTO_INCREMENT,\n  `fio` varchar(40) DEFAULT NULL,\n  `iin` bigint(20) DEFAULT NULL,\n" \
     "  PRIMARY KEY (`id`),\n  KEY `iin` (`iin`)\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\n"
write("mysql.sql", "-- MySQL dump 10.13  Distrib 8.0.36\n/*!40101 SET NAMES utf8mb4 */;\n" + MY +
      f"INSERT INTO `clients` VALUES (1,'Пробников \\'Иван\\'',{IIN}),(2,'Образцова\\nАнна',{IIN2}),(3,NULL,NULL);\n")
write("phpmyadmin-cp1251.sql", ("-- phpMyAdmin SQL Dump\nSET NAMES cp1251;\n" + MY +
      f"INSERT INTO `clients` (`id`, `fio`, `iin`) VALUES\n(1, 'Пробников ''Иван''', {IIN}),\n(2, 'Образцова', {IIN2});\n").encode("cp1251"))
write("mydumper.sql", f'/*!40101 SET NAMES binary*/;\nINSERT INTO `clients` VALUES(1,"Пробников \\"И\\"",{IIN}),\n(2,"Образцова",{IIN2});\n')
write("ssms.sql", b"\xff\xfe" + ("USE [base]\r\nGO\r\nCREATE TABLE [dbo].[Клиенты](\r\n\t[ID] [int] IDENTITY(1,1) NOT NULL,\r\n\t[ИИН] [nvarchar](12) NULL\r\n)\r\nGO\r\n"
      f"INSERT [dbo].[Клиенты] ([ID], [ИИН]) VALUES (1, N'{IIN}')\r\nINSERT [dbo].[Клиенты] ([ID], [ИИН]) VALUES (2, N'{IIN2}')\r\nGO\r\n").encode("utf-16-le"))
write("sqlite.sql", "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE clients(id INTEGER PRIMARY KEY, fio TEXT, iin TEXT);\n"
      f"INSERT INTO clients VALUES(1,'Пробников ''Иван''','{IIN}');\nINSERT INTO clients VALUES(2,X'{'Образцова'.encode().hex().upper()}','{IIN2}');\nCOMMIT;\n")

XML = '<?xml version="1.0" encoding="{0}"?>\n<list>\n' + "".join(
    f'  <client id="{r[0]}"><fio>{r[1]} &amp; Ко</fio><iin>{r[2]}</iin></client>\n' for r in ROWS[1:]) + "</list>\n"
write("list.xml", XML.format("UTF-8"))
write("list-cp1251.xml", XML.format("windows-1251"), "cp1251")
write("page-koi8r.html", ('<html><head><meta charset="koi8-r"><title>Список</title></head><body>\n<p>Истец <b>Проб</b>ников&nbsp;Иван</p>\n'
      f'<table><tr><th>ФИО</th><th>ИИН</th></tr><tr><td>Пробников</td><td>{IIN}</td></tr></table>\n<script>var c = {{"iin": "{IIN2}"}};</script>\n'
      "<!-- проверил Образцова --></body></html>\n").encode("koi8_r"))
write("drawing.svg", f'<svg xmlns="http://www.w3.org/2000/svg" width="9"><title>Схема</title><text x="1">Проб<tspan>ников</tspan>, ИИН {IIN}</text></svg>\n')
write("notes.md", f"# Заметки\n\n* **Пробников** [почта](mailto:probnikov@example.kz)\n* ИИН `{IIN}`\n\n| ФИО | ИИН |\n|-----|-----|\n| Образцова | {IIN2} |\n")
