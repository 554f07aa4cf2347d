#!/usr/bin/env python3
"""Writes testdata/eval: hand-written invented documents with their truth files.

Personal data is marked in the text as [[category|value]]; [[category?|value]] is optional (found or not, both are
right); [[a/b|value]] is an `a` that may as well be called a `b`. {i1}, {b1}, {k1}, {c1} ... are numbers with right check
digits, computed here: nobody's, by construction (births in 2099 or the nineteenth century for most of them).
"""
import json
import os
import random
import re

from eval_documents import DOCS

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "eval")
rnd = random.Random(395)


def kz(head, total=12):
    while True:
        body = head + "".join(str(rnd.randrange(10)) for _ in range(total - 1 - len(head)))
        d = [int(c) for c in body]
        r = sum(a * w for a, w in zip(d, range(1, 12))) % 11
        if r == 10:
            r = sum(a * w for a, w in zip(d, [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2])) % 11
        if r < 10:
            return body + str(r)


def iban(bank, mid):
    bban = bank + mid + "".join(str(rnd.randrange(10)) for _ in range(13 - len(mid)))
    n = int("".join(str(int(c, 36)) for c in bban + "KZ00"))
    return f"KZ{98 - n % 97:02d}{bban}"


def luhn(head, n=16):
    body = head + "".join(str(rnd.randrange(10)) for _ in range(n - 1 - len(head)))
    s = 0
    for k, c in enumerate(reversed(body)):
        d = int(c) * (2 if k % 2 == 0 else 1)
        s += d - 9 if d > 9 else d
    return body + str(-s % 10)


V = {}
for k, head in enumerate(["9912315", "9905175", "8503113", "7207244", "9001014", "6809193", "0502286", "0311055", "9507304", "8812013"]):
    V[f"i{k + 1}"] = kz(head)
for k, head in enumerate(["050440", "991140", "230541", "180340"]):
    V[f"b{k + 1}"] = kz(head)
for k, (bank, mid) in enumerate([("722", "S"), ("601", "A8"), ("914", ""), ("125", "KZT"), ("722", "C")]):
    V[f"k{k + 1}"] = iban(bank, mid)
for k, head in enumerate(["440043", "516949", "400303", "220020"]):
    V[f"c{k + 1}"] = luhn(head)
V["imei"] = luhn("35", 15)
V["i4g"] = " ".join([V["i4"][:6], V["i4"][6:]])
V["k3g"] = " ".join(V["k3"][j:j + 4] for j in range(0, 20, 4))
V["c2g"] = " ".join(V["c2"][j:j + 4] for j in range(0, 16, 4))
V["bad"] = V["i3"][:11] + str((int(V["i3"][11]) + 1) % 10)

os.makedirs(OUT, exist_ok=True)
for old in os.listdir(OUT):
    os.remove(os.path.join(OUT, old))
total = 0
for name, (text, encoding) in DOCS.items():
    for key, value in V.items():
        text = text.replace("{" + key + "}", value)
    out, spans, at = "", [], 0
    for m in re.finditer(r"\[\[([a-z_/]+)(\??)\|(.*?)\]\]", text, re.S):
        out += text[at:m.start()]
        kinds = m.group(1).split("/")
        span = {"category": kinds[0], "start": len(out), "end": len(out) + len(m.group(3))}
        if kinds[1:]:
            span["also"] = kinds[1:]
        if m.group(2):
            span["optional"] = True
        spans.append(span)
        out += m.group(3)
        at = m.end()
    out += text[at:]
    truth = {"spans": spans}
    if not spans:
        truth = {"quiet": True, "spans": []}
    if encoding != "utf-8":
        truth["encoding"] = encoding
    with open(os.path.join(OUT, name), "wb") as f:
        f.write(out.encode(encoding))
    with open(os.path.join(OUT, name + ".truth.json"), "w", encoding="utf-8") as f:
        json.dump(truth, f, ensure_ascii=False)
        f.write("\n")
    total += len(spans)
print(len(DOCS), "documents,", total, "pieces")
