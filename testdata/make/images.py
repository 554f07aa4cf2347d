"""Writes tests/samples/image: small pictures of noise with invented persons in everything that stands beside the pixels, by Pillow."""

import os
import random

import piexif
from PIL import Image, PngImagePlugin, TiffImagePlugin

HERE = os.path.join(os.path.dirname(__file__), "..", "image")
NAME = "Пробников"
IIN = "990101300124"


def exif():
    thumbnail = piexif.dump({"0th": {piexif.ImageIFD.Software: b"x"}})
    gps = {
        piexif.GPSIFD.GPSLatitudeRef: "N", piexif.GPSIFD.GPSLatitude: ((43, 1), (15, 1), (2000, 100)),
        piexif.GPSIFD.GPSLongitudeRef: "E", piexif.GPSIFD.GPSLongitude: ((76, 1), (56, 1), (4200, 100)),
    }
    zeroth = {
        piexif.ImageIFD.Artist: NAME.encode(), piexif.ImageIFD.Orientation: 6,
        piexif.ImageIFD.XPAuthor: tuple(NAME.encode("utf-16-le") + b"\0\0"),
    }
    inner = {piexif.ExifIFD.UserComment: b"ASCII\0\0\0" + IIN.encode()}
    assert thumbnail
    return piexif.dump({"0th": zeroth, "Exif": inner, "GPS": gps})


def main():
    os.makedirs(HERE, exist_ok=True)
    random.seed(1)
    picture = Image.frombytes("RGB", (16, 16), bytes(random.randrange(256) for _ in range(768)))
    path = lambda name: os.path.join(HERE, name)
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{NAME}</x:xmpmeta>".encode()
    picture.save(path("pillow.jpg"), exif=exif(), comment=IIN.encode(), xmp=xmp, progressive=True)
    with open(path("pillow.jpg"), "ab") as f:
        f.write(b"PK hidden 990101300124")
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", IIN)
    info.add_text("Comment", IIN + " packed", zip=True)
    info.add_itxt("Title", NAME, lang="ru", tkey="имя", zip=True)
    picture.save(path("pillow.png"), pnginfo=info, exif=exif())
    picture.quantize(16).save(path("pillow.gif"), comment=IIN.encode())
    picture.save(path("pillow.webp"), exif=exif(), xmp=xmp)
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[315] = NAME.encode()
    tags[270] = IIN
    picture.save(path("pillow.tif"), tiffinfo=tags)


main()
