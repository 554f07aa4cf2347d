"""Writes testdata/pdf/{weasyprint,cairo,libreoffice,chromium}.pdf: one page about invented persons by programs that make
most of the PDF files of offices and sites. `soffice` and `chromium` are Debian's."""

import os
import subprocess
import tempfile

import cairosvg
import weasyprint

HERE = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "pdf"))
LINES = ["Истец Пробников Иван, ИИН 990101300124, тел. +7 701 000 00 01", "Қазақстан, Ғалым, Өскемен, Ұлы, Үй, Әлия",
         "Вторая строка без данных, эффект финансов"]
HTML = f"""<!DOCTYPE html><html lang="ru"><head><meta charset="utf-8"><title>Дело Пробников</title><meta name="author" content="Пробников">
<style>body {{ font-family: "DejaVu Sans"; font-size: 12pt }} td {{ border: 1px solid }}</style></head><body>
<h1>Исковое заявление</h1>{"".join(f"<p>{line}</p>" for line in LINES)}
<table><tr><td>ИИН</td><td>990101300124</td></tr><tr><td>ФИО</td><td>Пробников Иван</td></tr></table>
<p><a href="https://example.kz/?iin=990101300124">ссылка</a></p></body></html>"""
SVG = f"""<svg xmlns="http://www.w3.org/2000/svg" width="595" height="842"><g font-family="DejaVu Sans" font-size="12">
{"".join(f'<text x="60" y="{80 + 30 * n}">{line}</text>' for n, line in enumerate(LINES))}</g></svg>"""


def main():
    weasyprint.HTML(string=HTML).write_pdf(os.path.join(HERE, "weasyprint.pdf"))
    cairosvg.svg2pdf(bytestring=SVG.encode(), write_to=os.path.join(HERE, "cairo.pdf"))
    with tempfile.TemporaryDirectory() as work:
        page = os.path.join(work, "libreoffice.html")
        with open(page, "w", encoding="utf-8") as f:
            f.write(HTML)
        subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{work}/profile", "--convert-to", "pdf:writer_web_pdf_Export",
                        "--outdir", HERE, page], check=True)
        subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--user-data-dir={work}/c",
                        f"--print-to-pdf={HERE}/chromium.pdf", page], check=True)


main()
