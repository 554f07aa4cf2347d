"""Writes testdata/mail: messages of invented persons by Python's email package, and one as an old mail program wrote it."""

import base64
import mailbox
import os
import quopri
from email.message import EmailMessage

HERE = os.path.join(os.path.dirname(__file__), "..", "mail")
TEXT = "Истец Пробников, ИИН 990101300124"


def message(subject="Пробников: договор"):
    m = EmailMessage()
    m["From"] = "Пробников Иван <probnikov@example.kz>"
    m["To"] = "court@example.kz"
    m["Date"] = "Mon, 02 Jan 2023 03:04:05 +0600"
    m["Message-ID"] = "<1@example.kz>"
    m["Subject"] = subject
    m.set_content(TEXT + "\n\nВторой абзац\n")
    m.add_alternative("<html><body><p>" + TEXT + "</p></body></html>", subtype="html")
    m.add_attachment((TEXT + "\n").encode(), maintype="application", subtype="octet-stream", filename="Пробников.csv")
    return m


def old():
    word = "=?windows-1251?B?" + base64.b64encode("Тема: договор Пробников".encode("cp1251")).decode() + "?="
    body = quopri.encodestring((TEXT + " и ещё\r\n").encode("cp1251"))
    koi = base64.encodebytes(("koi8 текст 990101300124\r\n").encode("koi8-r")).replace(b"\n", b"\r\n")
    lines = [
        b"Received: from mail.example.kz (10.0.0.1)\r\n\tby mx.example.kz; Mon, 2 Jan 2023 03:04:05 +0600",
        b"DKIM-Signature: v=1; a=rsa-sha256; d=example.kz; bh=AAAA; b=BBBB",
        b"From: a@example.kz", b"To: b@example.kz", b"Subject: " + word.encode(), b"MIME-Version: 1.0",
        b'Content-Type: multipart/alternative;\r\n\tboundary="----=_Next"', b"", b"This is a multi-part message.",
        b"------=_Next", b'Content-Type: text/plain;\r\n\tcharset="windows-1251"',
        b"Content-Transfer-Encoding: quoted-printable", b"", body.replace(b"\n", b"\r\n").replace(b"\r\r", b"\r"),
        b"------=_Next", b"Content-Type: text/plain; charset=koi8-r", b"Content-Transfer-Encoding: base64", b"",
        koi, b"------=_Next--", b"",
    ]
    return b"\r\n".join(lines)


def main():
    os.makedirs(HERE, exist_ok=True)
    outer = message()
    outer.add_attachment(message("вложенное"))
    with open(os.path.join(HERE, "python.eml"), "wb") as f:
        f.write(bytes(outer))
    with open(os.path.join(HERE, "outlook_like.eml"), "wb") as f:
        f.write(old())
    path = os.path.join(HERE, "python.mbox")
    if os.path.exists(path):
        os.remove(path)
    box = mailbox.mbox(path)
    for _ in range(2):
        box.add(message())
    box.close()


main()
