"""Writes tests/samples/ocr: pictures of a form with an invented person, as scanners, cameras and office programs keep them, by Pillow."""

import io
import os

import docx
from PIL import Image, ImageDraw, ImageFont

HERE = os.path.join(os.path.dirname(__file__), "..", "..", "tests", "samples", "ocr")
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
LINES = ["ЗАЯВЛЕНИЕ", "от Пробникова Проба Пробовича", "ИИН 990101300124", "телефон +7 701 000 00 01",
         "Прошу выдать справку о доходах за год.", "Пробников Проб Пробович"]


def form(lines=LINES, mode="RGB", width=1100, size=36):
    picture = Image.new(mode, (width, 80 + len(lines) * 80), 255 if mode in "L1" else (255, 255, 255))
    draw, font = ImageDraw.Draw(picture), ImageFont.truetype(FONT, size)
    for number, line in enumerate(lines):
        draw.text((60, 50 + number * 80), line, fill=0 if mode in "L1" else (20, 20, 60), font=font)
    return picture


def main():
    os.makedirs(HERE, exist_ok=True)
    path = lambda name: os.path.join(HERE, name)
    picture = form()
    picture.save(path("form.png"), optimize=True)
    # held sideways, as a telephone keeps it
    exif = Image.Exif()
    exif[0x0112] = 6
    picture.transpose(Image.Transpose.ROTATE_90).save(path("turned.jpg"), quality=70, exif=exif)
    pages = [form(mode="L").convert("1"), form(["Приложение", "ИИН 850615400127", "листов: 2"], mode="L").convert("1")]
    pages[0].save(path("fax.tif"), compression="group4", save_all=True, append_images=pages[1:])
    form(mode="L").save(path("form.webp"), lossless=True)
    form(mode="L").save(path("form.gif"))
    pages = [form(width=1240), form(["Справка", "ИИН 850615400127"], width=1240)]
    pages[0].save(path("scan.pdf"), save_all=True, append_images=pages[1:], resolution=150, quality=60)
    document = docx.Document()
    document.add_paragraph("Справка приложена как снимок.")
    data = io.BytesIO()
    form(mode="L").save(data, "PNG", optimize=True)
    document.add_picture(data, width=docx.shared.Inches(5))
    document.save(path("letter.docx"))


main()
