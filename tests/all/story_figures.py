"""Counts once more, from sources and copies alone, what a description states, and compares.

Arguments: folder of sources, folder of copies, folder of tables before (CSV from the server), folder of tables
after, description as JSON, then descriptions as Markdown: FILE.ru.md FILE.kk.md FILE.en.md.
"""

import csv
import io
import json
import math
import os
import re
import sys
import zipfile
from collections import Counter

csv.field_size_limit(1 << 30)


def table(path):
    raw = open(path, "rb").read()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("cp1251")
    delimiter = ";" if text.split("\n")[0].count(";") > text.split("\n")[0].count(",") else ","
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    return rows[0], rows[1:]


def workbook(path):
    z = zipfile.ZipFile(path)
    strings = []
    if "xl/sharedStrings.xml" in z.namelist():
        for si in re.findall(r"<si>(.*?)</si>|<si/>", z.read("xl/sharedStrings.xml").decode(), re.S):
            strings.append("".join(re.findall(r"<t[^>]*>(.*?)</t>", si, re.S)))
    sheet = z.read("xl/worksheets/sheet1.xml").decode()
    rows = {}
    for attributes, inner in re.findall(r"<c ([^>]*?)(?:/>|>(.*?)</c>)", sheet, re.S):
        cell = re.search(r'r="([A-Z]+)(\d+)"', attributes)
        kind = re.search(r't="(\w+)"', attributes)
        value = re.search(r"<v>(.*?)</v>", inner) or re.search(r"<t[^>]*>(.*?)</t>", inner, re.S)
        value = value.group(1) if value else ""
        if kind and kind.group(1) == "s":
            value = strings[int(value)]
        rows.setdefault(int(cell.group(2)), {})[cell.group(1)] = value
    letters = [c for c in "ABCD"]
    head = [rows[1][c] for c in letters]
    return head, [[rows[r].get(c, "") for c in letters] for r in sorted(rows) if r > 1]


def shape(values):
    counts = Counter(values)
    total = sum(counts.values())
    entropy = -sum(n / total * math.log2(n / total) for n in counts.values()) if total else 0.0
    return len(counts), entropy


def column(before, after):
    pairs = [(b, a) for b, a in zip(before, after) if b != ""]
    distinct_before, entropy_before = shape([b for b, _ in pairs])
    distinct_after, entropy_after = shape([a for _, a in pairs])
    return {
        "values": len(pairs),
        "changed": sum(b != a for b, a in pairs),
        "distinct_before": distinct_before,
        "distinct_after": distinct_after,
        "entropy_before": entropy_before,
        "entropy_after": entropy_after,
    }


def counted(src, out, tables_before, tables_after):
    places = {}

    def add(prefix, one, two):
        (head, old), (head_after, new) = one, two
        assert head == head_after and len(old) == len(new), prefix
        for k, name in enumerate(head):
            places[prefix + name] = column([r[k] for r in old], [r[k] for r in new])

    for name in ("clients.csv", "calls.csv"):
        add("", table(os.path.join(src, name)), table(os.path.join(out, name)))
    book = "collection.xlsx"
    add("Взыскание.", workbook(os.path.join(src, book)), workbook(os.path.join(out, book)))
    for name in sorted(os.listdir(tables_before)):
        pair = [table(os.path.join(folder, name)) for folder in (tables_before, tables_after)]
        add(name.removesuffix(".csv") + ".", *pair)
    return places


def cells(markdown, heading):
    """The rows of the first table behind a heading."""
    rows, inside = [], False
    for line in markdown.split("\n"):
        if line.startswith("#"):
            if inside:
                break
            inside = heading(line)
        elif inside and line.startswith("|"):
            rows.append([c.strip() for c in line.strip().strip("|").split(" | ")])
        elif inside and rows:
            break
    return rows


def number(text, english):
    text = text.replace("\u00a0", "").replace("\\", "")
    # commas part groups of three in English and decimals elsewhere
    return float(text.replace(",", "" if english else "."))


def main():
    src, out, tables_before, tables_after, figures, *markdowns = sys.argv[1:]
    d = json.load(open(figures, encoding="utf-8"))
    places = counted(src, out, tables_before, tables_after)
    size = lambda folder: sum(os.path.getsize(os.path.join(folder, f)) for f in os.listdir(folder) if not f.startswith("."))
    assert d["input"]["bytes"] == size(src), (d["input"]["bytes"], size(src))
    assert d["output"]["bytes"] == size(out), (d["output"]["bytes"], size(out))
    told = {f["place"]: f["distribution"] for f in d["fields"] if f.get("distribution")}
    checked = 0
    for place, own in places.items():
        if place not in told:
            # nothing was done to it, so nothing may have changed
            assert own["changed"] == 0, (place, own)
            continue
        for key, value in own.items():
            stated = told[place][key]
            same = abs(stated - value) < 1e-9 if isinstance(value, float) else stated == value
            assert same, (place, key, stated, value)
        checked += 1
    assert checked > 15, checked
    for path in markdowns:
        text = open(path, encoding="utf-8").read()
        english = path.endswith(".en.md")
        rows = cells(text, lambda line: re.match(r"#+ 6\.", line))
        assert len(rows) > 15, (path, len(rows))
        stated = {row[0].replace("\\", ""): row[1:] for row in rows}
        for place in told:
            if place not in places:
                continue
            own, row = places[place], stated[place]
            before, after = row[2].split(" / ")
            assert [number(c, english) for c in (row[0], row[1], before, after)] == [
                own["values"], own["changed"], own["distinct_before"], own["distinct_after"]
            ], (path, place, row, own)
            for cell, key in zip(row[3].split(" / "), ("entropy_before", "entropy_after")):
                assert abs(number(cell, english) - own[key]) <= 0.006 * own[key] + 0.0006, (path, place, cell, own[key])
        sides = cells(text, lambda line: re.match(r"#+ 2\.", line))
        assert number(sides[3][1], english) == size(src) and number(sides[3][2], english) == size(out), (path, sides)
        assert "731702499" in re.sub(r"[\u00a0,]", "", text), path
    print("figures agree:", checked, "columns,", len(markdowns), "languages")


main()
