#!/usr/bin/env python3
"""Compares qupia's check digits with packages of others on generated values; for developers, not part of the gate.

    pip install idnumbers==1.22.0 kz-iin-validator==0.7.1 python-stdnum==2.2 vininfo==1.11.0
    npm install ibantools@4.5.4 stdnum@1.12.0            # in any folder, given as NODE_PATH=FOLDER/node_modules
    tests/crosscheck/crosscheck.py target/release/qupia [COUNT]

Half of the values of every kind have random last digits and are right by chance only; the other half is made right
by the first package. qupia reads them as a column whose name says what they
are; its evidence says whether the check digit was right. Any difference is printed and the exit code is 1.
"""
import csv, json, random, subprocess, sys, tempfile
from pathlib import Path

from idnumbers.nationalid.KAZ import BusinessIDNumber, IndividualIDNumber
from kz_iin_validator import safe_validate_iin
from stdnum import iban, luhn
from stdnum.ru import inn
from vininfo import Vin

RNG = random.Random(20261122)


def digits(n):
    return "".join(RNG.choice("0123456789") for _ in range(n))


def made_right(value, valid, last=1):
    """The value with its last digits tried one after another until the package says that it is right."""
    for tail in range(10**last):
        tried = value[: len(value) - last] + f"{tail:0{last}d}"
        if valid(tried):
            return tried
    return value


def iin():
    return f"{RNG.randint(0, 99):02d}{RNG.randint(1, 12):02d}{RNG.randint(1, 28):02d}{RNG.randint(1, 6)}" + digits(5)


def bin_():
    return f"{RNG.randint(0, 25):02d}{RNG.randint(1, 12):02d}{RNG.choice('456')}{RNG.choice('0123')}" + digits(6)


def vin():
    signs = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
    return RNG.choice("1245") + "HG" + "".join(RNG.choice(signs) for _ in range(5)) + RNG.choice("0123456789X") \
        + RNG.choice("ABCDEFGHJKLMNPRSTVWXY123456789") + "".join(RNG.choice(signs) for _ in range(3)) + digits(4)


def vin_right(value):
    for check in "0123456789X":
        tried = value[:8] + check + value[9:]
        if Vin(tried).verify_checksum():
            return tried
    return value


def kz_iban():
    return "KZ" + digits(2) + RNG.choice(["722", "601", "926", "856"]) + RNG.choice("CSAR0123456789") + digits(12)


def iban_right(value):
    body = value[4:]
    return "KZ" + iban.calc_check_digits("KZ00" + body) + body


# Check digits 00, 01 and 99 leave the right remainder too, but no bank can compute them; python-stdnum takes them.
# name of the column, how a value is made, how it is made right, what packages say
KINDS = {
    "iin": ("ИИН", iin, lambda v: made_right(v, IndividualIDNumber.validate),
            [IndividualIDNumber.validate, lambda v: safe_validate_iin(v)[1] is None]),
    "bin": ("БИН", bin_, lambda v: made_right(v, BusinessIDNumber.validate), [BusinessIDNumber.validate]),
    "iban": ("IBAN", kz_iban, iban_right, [lambda v: 2 <= int(v[2:4]) <= 98 and iban.is_valid(v)]),
    "card": ("Номер карты", lambda: RNG.choice(["4400", "5169", "4405", "2200"]) + digits(12),
             lambda v: made_right(v, luhn.is_valid), [luhn.is_valid]),
    "imei": ("IMEI", lambda: RNG.choice(["35", "86", "01"]) + digits(13),
             lambda v: made_right(v, luhn.is_valid), [luhn.is_valid]),
    "inn12": ("ИНН", lambda: "9" + digits(11), lambda v: made_right(v, inn.is_valid, 2), [inn.is_valid]),
    "inn10": ("ИНН", lambda: "7" + digits(9), lambda v: made_right(v, inn.is_valid), [inn.is_valid]),
    "vin": ("VIN", vin, vin_right, [lambda v: bool(Vin(v).verify_checksum())]),
}
# What packages of npm say: a program that reads values from its input and prints 0 or 1 for each.
NODE = {
    "iban": "const {isValidIBAN:f}=require('ibantools');",
    "inn10": "const {stdnum:s}=require('stdnum');const f=v=>s.RU.inn.validate(v).isValid;",
    "inn12": "const {stdnum:s}=require('stdnum');const f=v=>s.RU.inn.validate(v).isValid;",
}


def node_says(kind, values):
    program = NODE[kind] + "console.log(require('fs').readFileSync(0,'utf8').split(' ').map(v=>f(v)?1:0).join(''))"
    run = subprocess.run(["node", "-e", program], input=" ".join(values), capture_output=True, text=True)
    return [c == "1" for c in run.stdout.strip()] if run.returncode == 0 else None


def qupia_says(program, kind, column, values):
    category = {"inn12": "ru_inn", "inn10": "ru_inn"}.get(kind, kind)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "values.csv"
        with file.open("w", newline="", encoding="utf-8") as f:
            out = csv.writer(f)
            out.writerow(["n", column])
            out.writerows((f"a{k}", v) for k, v in enumerate(values))
        run = subprocess.run([program, "scan", str(file), "--format", "jsonl", "--min-confidence", "0",
                              "--only", category, "--no-progress"], capture_output=True, text=True)
    right = [False] * len(values)
    for line in run.stdout.splitlines():
        finding = json.loads(line)
        if finding["type"] == "finding" and "check_digit" in finding["evidence"]:
            right[finding["location"]["row"] - 2] = True
    return right


def main():
    program, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    failed = 0
    for kind, (column, make, right, packages) in KINDS.items():
        values = [make() for _ in range(count)]
        values = [right(v) if k % 2 else v for k, v in enumerate(values)]
        ours = qupia_says(program, kind, column, values)
        said = [[bool(p(v)) for v in values] for p in packages]
        if kind in NODE:
            said.append(node_says(kind, values))
        for n, theirs in enumerate(said):
            if theirs is None:
                print(f"{kind}: the package of npm is not there")
                continue
            # what is an IIN as well is told as one, with the other as its alternative
            both = [kind == "inn12" and IndividualIDNumber.checksum(v) == int(v[11]) for v in values]
            different = [v for v, a, b, c in zip(values, ours, theirs, both) if a != b and not c]
            failed += len(different)
            print(f"{kind}: {count} values, {sum(theirs)} right by package {n + 1}, {len(different)} differ {different[:5]}")
    sys.exit(1 if failed else 0)


main()
