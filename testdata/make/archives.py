"""Writes testdata/archive: small archives of invented persons by Python's zipfile and tarfile, py7zr and GNU tar."""

import io
import os
import subprocess
import tarfile
import tempfile
import zipfile

HERE = os.path.join(os.path.dirname(__file__), "..", "archive")
TEXT = "Истец Пробников А. Б., ИИН 990101300124\n"


class Dos(zipfile.ZipInfo):
    """A member whose name stands in code page 866 without the UTF-8 flag, as old packers on Windows wrote it."""

    def _encodeFilenameFlags(self):
        return self.filename.encode("cp866"), self.flag_bits & ~0x800


def members():
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("внутри.txt", TEXT)
    return [("папка/Договор.txt", TEXT.encode()), ("внутри.zip", inner.getvalue()), ("пусто.txt", b"")]


def main():
    os.makedirs(HERE, exist_ok=True)
    with zipfile.ZipFile(os.path.join(HERE, "python.zip"), "w", zipfile.ZIP_DEFLATED) as z:
        z.mkdir("папка")
        for name, data in members():
            z.writestr(zipfile.ZipInfo(name, (2024, 1, 2, 3, 4, 6)), data, zipfile.ZIP_DEFLATED)
        old = Dos("старое.txt", (1999, 1, 2, 3, 4, 6))
        old.comment = "для Пробников".encode("cp866")
        z.writestr(old, TEXT.encode("utf-8"))
        z.comment = "архив Пробников".encode()
    for kind, name in ((tarfile.PAX_FORMAT, "pax.tar"), (tarfile.GNU_FORMAT, "gnu.tar"), (tarfile.USTAR_FORMAT, "ustar.tar")):
        with tarfile.open(os.path.join(HERE, name), "w", format=kind) as t:
            long = "" if kind == tarfile.USTAR_FORMAT else "д" * 120 + "/"
            for path, data in members():
                info = tarfile.TarInfo(long + path)
                info.size, info.mtime, info.uname, info.gname, info.uid = len(data), 1700000000, "probnikov", "staff", 1234
                t.addfile(info, io.BytesIO(data))
            link = tarfile.TarInfo("ссылка")
            link.type, link.linkname = tarfile.SYMTYPE, "Пробников.txt"
            t.addfile(link)
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "папка"))
        for name, data in members():
            with open(os.path.join(folder, name), "wb") as f:
                f.write(data)
        subprocess.run(["tar", "-C", folder, "-czf", os.path.abspath(os.path.join(HERE, "system.tar.gz")), "папка", "внутри.zip"], check=True)
        try:
            import py7zr
        except ImportError:
            return
        for name, password in (("python.7z", None), ("locked.7z", "тайна")):
            with py7zr.SevenZipFile(os.path.join(HERE, name), "w", password=password) as z:
                for member, _ in members():
                    z.write(os.path.join(folder, member), member)
    try:
        import rars
    except ImportError:
        return
    for name, options in (("rar4.rar", {"format": "rar29"}), ("rar5.rar", {"solid": True}), ("locked.rar", {"password": "тайна"})):
        builder = rars.RarBuilder(**options)
        for member, data in members():
            builder.add_bytes(data, member)
        with open(os.path.join(HERE, name), "wb") as f:
            f.write(builder.to_bytes())


main()
