#!/usr/bin/env python3
"""Deterministic corpus generator for the performance comparison.

Plain python3, standard library only (the PDF kind needs `reportlab` and a
TrueType font and is skipped, with a message, where they are missing).

    corpus.py --out DIR [--mb 256] [--seed 1] [--files 50000] [--only logs,csv]

All people, numbers and addresses are invented: the numbers are drawn at random
and only their check digits are computed.  Beside every corpus a line is added
to DIR/manifest.json: bytes, rows and the planted truth (how many valid IIN,
look-alikes with a wrong check digit, BIN, phones, IBAN, e-mails), so that a
scanner's count can be checked and a peer's false hits can be stated.
"""
import argparse, json, os, random, shutil, sys, time, zipfile

W1 = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
W2 = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)


def check_digit(d11):
    """Check digit of the first 11 digits, or None when no number is issued."""
    s = sum(int(c) * w for c, w in zip(d11, W1)) % 11
    if s == 10:
        s = sum(int(c) * w for c, w in zip(d11, W2)) % 11
        if s == 10:
            return None
    return s


def _tables():
    """Partial sums: 7-digit prefixes are summed once, 4-digit serials are tabled."""
    t1, t2 = [], []
    for n in range(10000):
        s = "%04d" % n
        t1.append(sum(int(c) * w for c, w in zip(s, W1[7:])) % 11)
        t2.append(sum(int(c) * w for c, w in zip(s, W2[7:])) % 11)
    return t1, t2


T1, T2 = _tables()
SER = ["%04d" % n for n in range(10000)]
MDAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

# ---------------------------------------------------------------- vocabulary
SUR_M = """Ахметов Сапаров Жумабаев Нурланов Касымов Оспанов Байжанов Сулейменов Ибраев Абдрахманов
Тлеубердин Мусин Ержанов Искаков Кенжебаев Рахимов Смагулов Тулегенов Умаров Хасенов Шарипов
Әбілов Қасенов Құрманов Өтегенов Ғабитов Жүнісов Төлегенов Мұқанов Сәрсенов Бөкенов Нұрпейісов
Иванов Петров Сидоров Кузнецов Ковалёв Шевченко Ким Цой Пак Мельников Соколов Федоров""".split()
GIV_M = """Нурлан Ерлан Арман Данияр Алихан Бауыржан Серик Талгат Марат Канат Айдос Санжар Тимур
Олжас Ерасыл Нұрсұлтан Әлішер Қайрат Ғалым Дәулет Мұрат Жәнібек Бекзат Әділ Рүстем Александр Сергей
Дмитрий Андрей Виктор Олег Максим""".split()
GIV_F = """Айгерим Динара Алия Гульнара Сауле Мадина Асель Жанар Меруерт Камила Айгүл Гүлмира Әсел
Жансая Нұргүл Ботагөз Қарлығаш Үміт Іңкәр Әйгерім Анна Елена Ольга Наталья Мария Светлана Ирина Юлия""".split()
PAT_ROOT = """Нурланов Сериков Маратов Ерланов Канатов Талгатов Бауыржанов Арманов Викторов Сергеев
Андреев Олегов Кайратов Муратов""".split()
PAT_KK = "Нұрланұлы Серікұлы Маратұлы Ерланұлы Қанатұлы Талғатұлы Арманұлы Мұратұлы Қайратұлы".split()
PAT_KK_F = "Нұрланқызы Серікқызы Маратқызы Ерланқызы Қанатқызы Талғатқызы Арманқызы Мұратқызы".split()
CITY_RU = "Алматы Астана Шымкент Караганда Актобе Тараз Павлодар Усть-Каменогорск Семей Атырау Костанай Кызылорда Уральск Петропавловск Актау Кокшетау Талдыкорган".split()
CITY_KK = "Алматы Астана Шымкент Қарағанды Ақтөбе Тараз Павлодар Өскемен Семей Атырау Қостанай Қызылорда Орал Петропавл Ақтау Көкшетау Талдықорған".split()
STR_RU = ["Абая", "Сатпаева", "Достык", "Толе би", "Кабанбай батыра", "Мангилик Ел", "Сейфуллина", "Жандосова", "Гагарина", "Республики", "Байтурсынова", "Богенбай батыра", "Ауэзова", "Тимирязева", "Назарбаева", "Тәуелсіздік"]
STR_KK = ["Абай", "Сәтбаев", "Достық", "Төле би", "Қабанбай батыр", "Мәңгілік Ел", "Сейфуллин", "Жандосов", "Тәуелсіздік", "Республика", "Байтұрсынұлы", "Бөгенбай батыр", "Әуезов", "Құрманғазы", "Ғабит Мүсірепов"]
LAT = "nurlan erlan arman daniyar alikhan serik talgat marat kanat aidos sanzhar timur olzhas aigerim dinara aliya saule madina asel zhanar meruert kamila anna elena olga maria petr ivan".split()
LATS = "akhmetov saparov zhumabayev kasymov ospanov ibrayev musin iskakov rakhimov umarov sharipov kim tsoi ivanov petrov abilov kurmanov".split()
DOM = "mail.ru gmail.com inbox.ru yandex.kz bk.ru outlook.com example.kz company.kz nomad.kz post.kz".split()
BANKS = "722 601 998 856 914 826 965 125 190 319 435 551 563 832 886 070".split()
OPER = "700 701 702 705 707 708 747 771 775 776 777 778".split()
WORD_RU = """договор стороны оплата срок услуга заявление клиент банк счёт решение проверка отдел документ
порядок условие область район город служба работник начальник отчёт период сумма расчёт налог закон приказ
правило система доступ запись журнал сервер архив копия хранение передача обработка данные сведения лицо
участник комиссия протокол собрание предприятие договорённость поставка склад товар цена акт накладная
представил получил направил утвердил рассмотрел согласовал подписал указал сообщил установил изменил продлил
в на по для с о от до при после между также однако поэтому который согласно следующий данный настоящий
новый общий основной последний первый второй третий необходимый возможный полный частичный ежемесячный""".split()
WORD_KK = """келісім тарап төлем мерзім қызмет өтініш тұтынушы банк шот шешім тексеру бөлім құжат тәртіп шарт
облыс аудан қала қызметкер басшы есеп кезең сома салық заң бұйрық ереже жүйе қолжетімділік жазба журнал
мұрағат көшірме сақтау беру өңдеу деректер мәлімет тұлға қатысушы комиссия хаттама жиналыс кәсіпорын жеткізу
қойма тауар баға ұсынды алды жіберді бекітті қарады келісті қол қойды көрсетті хабарлады белгіледі өзгертті
және мен үшін туралы бойынша дейін кейін арасында сондай-ақ алайда сондықтан сәйкес келесі осы жаңа жалпы
негізгі соңғы бірінші екінші үшінші қажетті мүмкін толық ішінара ай сайынғы""".split()
SVC = "kz.bank.api.Gateway kz.bank.core.Ledger kz.pay.Router kz.auth.Session kz.docs.Storage kz.crm.Client kz.notify.Sms kz.report.Export".split()
LEVEL = ["INFO"] * 12 + ["DEBUG"] * 5 + ["WARN"] * 2 + ["ERROR"]
PATHS = "/api/v1/accounts /api/v1/payments /api/v2/clients /health /api/v1/docs /login /api/v1/rates /static/app.js /api/v3/reports/daily".split()


class Gen:
    _pre = _bpre = None

    def __init__(self, seed):
        self.r = random.Random(seed)
        self.rand = self.r.random
        self.bits = self.r.getrandbits
        self.truth = dict.fromkeys(("iin", "iin_bad", "bin", "phone", "iban", "email"), 0)
        if Gen._pre:
            self.pre, self.bpre = Gen._pre, Gen._bpre
            return
        pre = []
        for year in range(1935, 2009):
            for mon in range(1, 13):
                for day in range(1, MDAYS[mon - 1] + 1):
                    base = "%02d%02d%02d" % (year % 100, mon, day)
                    iso = "%04d-%02d-%02d" % (year, mon, day)
                    for male in (0, 1):
                        c = (5 if year >= 2000 else 3) + (0 if male else 1)
                        p = base + str(c)
                        pre.append((p, sum(int(x) * w for x, w in zip(p, W1)) % 11,
                                    sum(int(x) * w for x, w in zip(p, W2)) % 11, male, iso))
        self.pre = pre
        bpre = []
        for year in range(1996, 2026):
            for mon in range(1, 13):
                for typ in "456":
                    for att in "0123":
                        for x in "0123456789":
                            p = "%02d%02d%s%s%s" % (year % 100, mon, typ, att, x)
                            bpre.append((p, sum(int(d) * w for d, w in zip(p, W1)) % 11,
                                         sum(int(d) * w for d, w in zip(p, W2)) % 11, 0, ""))
        self.bpre = bpre
        Gen._pre, Gen._bpre = pre, bpre

    def _num(self, table):
        rand = self.rand
        while True:
            p, a, b, male, iso = table[int(rand() * len(table))]
            s = int(rand() * 10000)
            c = (a + T1[s]) % 11
            if c == 10:
                c = (b + T2[s]) % 11
                if c == 10:
                    continue
            return p + SER[s], c, male, iso

    def iin(self):
        d, c, male, iso = self._num(self.pre)
        self.truth["iin"] += 1
        return d + str(c), male, iso

    def iin_bad(self):
        """A good date, a wrong check digit."""
        d, c, male, iso = self._num(self.pre)
        self.truth["iin_bad"] += 1
        return d + str((c + 1 + int(self.rand() * 9)) % 10)

    def bin(self):
        d, c, _, _ = self._num(self.bpre)
        self.truth["bin"] += 1
        return d + str(c)

    def phone(self):
        self.truth["phone"] += 1
        b = self.bits(40)
        op = OPER[b % 12]
        n = "%07d" % ((b >> 8) % 10000000)
        k = (b >> 34) & 7
        if k < 3:
            return "+7" + op + n
        if k == 3:
            return "8" + op + n
        if k < 6:
            return "+7 (%s) %s-%s-%s" % (op, n[:3], n[3:5], n[5:])
        return "8 %s %s %s %s" % (op, n[:3], n[3:5], n[5:])

    def iban(self):
        self.truth["iban"] += 1
        b = self.bits(60)
        acct = "%013d" % (b % 10 ** 13)
        if b >> 58 == 0:
            acct = "K" + "ZT"[b & 1] + "X"[0] + acct[3:]
        body = BANKS[b & 15] + acct
        num = "".join(str(int(ch, 36)) for ch in body) if not body.isdigit() else body
        c = 98 - int(num + "203500") % 97
        return "KZ%02d%s" % (c, body)

    def email(self):
        self.truth["email"] += 1
        b = self.bits(40)
        return "%s.%s%d@%s" % (LAT[b % len(LAT)], LATS[(b >> 8) % len(LATS)], (b >> 16) % 1000, DOM[(b >> 28) % len(DOM)])

    def name(self, male):
        b = self.bits(48)
        s = SUR_M[b % len(SUR_M)]
        inv = s[-1] in "вн" and s not in ("Ким",)
        if not male and inv:
            s += "а"
        if (b >> 40) & 3 == 0:
            pat = PAT_KK[(b >> 20) % len(PAT_KK)] if male else PAT_KK_F[(b >> 20) % len(PAT_KK_F)]
        else:
            pat = PAT_ROOT[(b >> 20) % len(PAT_ROOT)] + ("ич" if male else "на")
        g = GIV_M if male else GIV_F
        return s + " " + g[(b >> 10) % len(g)] + " " + pat

    def address(self):
        b = self.bits(48)
        h, f = b % 199 + 1, (b >> 8) % 240 + 1
        if (b >> 40) & 1:
            return "г. %s, ул. %s, д. %d, кв. %d" % (CITY_RU[(b >> 16) % len(CITY_RU)], STR_RU[(b >> 24) % len(STR_RU)], h, f)
        return "%s қ., %s көшесі, %d үй, %d пәтер" % (CITY_KK[(b >> 16) % len(CITY_KK)], STR_KK[(b >> 24) % len(STR_KK)], h, f)

    def logline(self):
        b = self.bits(160)
        m = (b >> 100) & 1023
        if m == 0:
            k = b & 3
            tail = "iin=" + self.iin()[0] if k == 0 else "phone=" + self.phone() if k == 1 else "account=" + self.iban() if k == 2 else "user=" + self.email()
        elif m < 11:
            tail = "order=%012d" % (b % 10 ** 12) if m & 1 else "iin=" + self.iin_bad()
        else:
            tail = "ref=%d" % (b & 0xFFFFFFFFF)
        return "2026-%02d-%02dT%02d:%02d:%02d.%06dZ %s [http-nio-8080-exec-%d] %s - req=%016x %s?page=%d&limit=%d status=%d bytes=%d dur_us=%d ip=10.%d.%d.%d ts=%d %s\n" % (
            b % 12 + 1, (b >> 4) % 28 + 1, (b >> 9) % 24, (b >> 14) % 60, (b >> 20) % 60, (b >> 26) % 1000000,
            LEVEL[(b >> 46) % 20], (b >> 51) & 63, SVC[(b >> 57) & 7], (b >> 60) & 0xFFFFFFFFFFFFFFFF, PATHS[(b >> 124) % 9],
            (b >> 128) & 255, 50, (200, 200, 200, 201, 302, 400, 404, 500)[(b >> 136) & 7], (b >> 100) & 0xFFFFF, (b >> 30) & 0xFFFFFF,
            (b >> 3) & 255, (b >> 11) & 255, (b >> 19) & 255, 1767225600000 + ((b >> 40) & 0xFFFFFFFF), tail)

    CSV_HEAD = "id;iin;bin;fio;birth_date;phone;email;address;iban;balance;created_at\n"

    def client(self, i):
        # one row in 50 carries a look-alike instead of a valid IIN
        if self.rand() < 0.02:
            iin, male, iso = self.iin_bad(), 1, "1980-01-01"
        else:
            iin, male, iso = self.iin()
        b = self.bits(64)
        return (str(i), iin, self.bin(), self.name(male), iso, self.phone(), self.email(), self.address(), self.iban(),
                "%d.%02d" % (b % 10 ** 8, (b >> 30) % 100),
                "2025-%02d-%02d %02d:%02d:%02d" % ((b >> 37) % 12 + 1, (b >> 41) % 28 + 1, (b >> 46) % 24, (b >> 51) % 60, (b >> 57) % 60))

    def sentence(self, words):
        r = self.r
        n = 6 + self.bits(3) + self.bits(3)
        ws = r.choices(words, k=n)
        ws[0] = ws[0].capitalize()
        if n > 9:
            ws[4] += ","
        return " ".join(ws) + ". "

    def para(self, lang):
        words = WORD_RU if lang == "ru" else WORD_KK
        out = [self.sentence(words) for _ in range(3 + self.bits(2))]
        k = self.bits(8)
        if k < 10:  # about one paragraph in 25 names somebody
            iin, male, iso = self.iin()
            nm = self.name(male)
            if lang == "ru":
                out.append(("Гражданин %s, ИИН %s, " % (nm, iin)) + ("проживает: %s, " % self.address()) + "тел. %s. " % self.phone())
            else:
                out.append(("Азамат %s, ЖСН %s, " % (nm, iin)) + ("мекенжайы: %s, " % self.address()) + "тел. %s. " % self.phone())
        elif k < 13:
            out.append("IBAN: %s, e-mail: %s. " % (self.iban(), self.email()))
        elif k < 20:
            out.append("№ %s. " % self.iin_bad())
        return "".join(out).rstrip() + "\n\n"


class Sink:
    """Writes until `limit` bytes; counts bytes and rows."""

    def __init__(self, path, limit, enc="utf-8"):
        self.path, self.limit, self.enc = path, limit, enc
        self.f = open(path, "wb", 1 << 20)
        self.n = self.rows = 0

    def put(self, s, rows=1):
        b = s.encode(self.enc, "replace")
        self.f.write(b)
        self.n += len(b)
        self.rows += rows
        return self.n < self.limit

    def close(self):
        self.f.close()


def g_logs(g, d, lim):
    s = Sink(os.path.join(d, "logs.log"), lim)
    while s.put("".join([g.logline() for _ in range(500)]), 500):
        pass
    s.close()
    return [s]


def g_csv(g, d, lim):
    s = Sink(os.path.join(d, "clients.csv"), lim)
    s.put(Gen.CSV_HEAD, 0)
    i = 1
    while True:
        if not s.put("".join([";".join(g.client(j)) + "\n" for j in range(i, i + 200)]), 200):
            break
        i += 200
    s.close()
    return [s]


COLS = "id, iin, bin, fio, birth_date, phone, email, address, iban, balance, created_at"


def g_pgdump(g, d, lim):
    s = Sink(os.path.join(d, "pg_dump.sql"), lim)
    s.put("--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n\nCREATE TABLE public.clients (\n    id bigint NOT NULL,\n    iin character(12),\n    bin character(12),\n    fio text,\n    birth_date date,\n    phone text,\n    email text,\n    address text,\n    iban text,\n    balance numeric(18,2),\n    created_at timestamp\n);\n\nCOPY public.clients (%s) FROM stdin;\n" % COLS, 0)
    i = 1
    while True:
        if not s.put("".join(["\t".join(g.client(j)) + "\n" for j in range(i, i + 200)]), 200):
            break
        i += 200
    s.limit = 1 << 62
    s.put("\\.\n\n", 0)
    s.close()
    return [s]


def g_mysqldump(g, d, lim):
    s = Sink(os.path.join(d, "mysqldump.sql"), lim)
    s.put("-- MySQL dump 10.13\n/*!40101 SET NAMES utf8mb4 */;\nDROP TABLE IF EXISTS `clients`;\nCREATE TABLE `clients` (`id` bigint NOT NULL, `iin` char(12), `bin` char(12), `fio` varchar(200), `birth_date` date, `phone` varchar(32), `email` varchar(100), `address` varchar(300), `iban` char(20), `balance` decimal(18,2), `created_at` datetime);\nLOCK TABLES `clients` WRITE;\n", 0)
    i = 1
    while True:  # statements of about 1 MB on one line, as the tool writes them
        rows = []
        for j in range(i, i + 3600):
            c = g.client(j)
            rows.append("(" + c[0] + ",'" + "','".join(c[1:9]) + "'," + c[9] + ",'" + c[10] + "')")
        i += 3600
        if not s.put("INSERT INTO `clients` VALUES " + ",".join(rows) + ";\n", 3600):
            break
    s.limit = 1 << 62
    s.put("UNLOCK TABLES;\n", 0)
    s.close()
    return [s]


def g_text(g, d, lim):
    s = Sink(os.path.join(d, "text_ru_kk.txt"), lim)
    while s.put("".join([g.para("ru" if k & 1 else "kk") for k in range(60)]), 60):
        pass
    s.close()
    return [s]


def g_text1251(g, d, lim):
    s = Sink(os.path.join(d, "text_ru_cp1251.txt"), lim, "cp1251")
    while s.put("".join([g.para("ru") for k in range(60)]), 60):
        pass
    s.close()
    return [s]


def g_binary(g, d, lim):
    s1 = Sink(os.path.join(d, "junk.bin"), lim // 2)
    while s1.n < lim // 2:
        b = g.r.randbytes(1 << 20)
        s1.f.write(b)
        s1.n += len(b)
    s1.close()
    s2 = Sink(os.path.join(d, "zeros.bin"), lim // 2)
    z = bytes(1 << 20)
    while s2.n < lim // 2:
        s2.f.write(z)
        s2.n += len(z)
    s2.close()
    return [s1, s2]


def g_tree(g, d, nfiles):
    """Small files, 1-20 KB (log-uniform), nested folders, mixed kinds; one in 20 is binary."""
    root = os.path.join(d, "tree")
    shutil.rmtree(root, ignore_errors=True)
    os.makedirs(root, exist_ok=True)
    total, made = 0, set()
    for i in range(nfiles):
        size = int(1024 * 20 ** g.rand())
        k = g.bits(6)
        a, b, c = i % 37, (i // 37) % 29, (i // 1073) % 7
        sub = os.path.join(root, "dep%02d" % a, "year%02d" % b, "box%d" % c)
        if sub not in made:
            os.makedirs(sub, exist_ok=True)
            made.add(sub)
        parts, n = [], 0
        if k < 3:
            ext, data = "bin", g.r.randbytes(size)
        else:
            if k < 28:
                ext, mk = "log", g.logline
            elif k < 40:
                ext, mk = "csv", lambda: ";".join(g.client(1)) + "\n"
            elif k < 58:
                ext, mk = "txt", lambda: g.para("ru" if k & 1 else "kk")
            else:
                ext, mk = "json", lambda: '{"id": %d, "ts": %d, "v": "%016x"}\n' % (g.bits(40), g.bits(41), g.bits(64))
            while n < size:
                x = mk()
                parts.append(x)
                n += len(x) * (2 if ext == "txt" else 1)  # Cyrillic takes two bytes
            data = "".join(parts).encode()
        with open(os.path.join(sub, "f%06d.%s" % (i, ext)), "wb") as f:
            f.write(data)
        total += len(data)
    s = argparse.Namespace(path=root, n=total, rows=nfiles)
    return [s]


# ------------------------------------------------------------ office formats
def g_xlsx(g, d, rows):
    """One sheet written straight as XML: 11 columns, shared strings as Excel writes them."""
    path = os.path.join(d, "clients_%dk.xlsx" % (rows // 1000))
    sst, order = {}, []

    def si(t):
        k = sst.get(t)
        if k is None:
            k = sst[t] = len(order)
            order.append(t)
        return k
    z = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1, allowZip64=True)
    z.writestr("[Content_Types].xml", '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>')
    z.writestr("_rels/.rels", '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>')
    z.writestr("xl/workbook.xml", '<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="clients" sheetId="1" r:id="rId1"/></sheets></workbook>')
    z.writestr("xl/_rels/workbook.xml.rels", '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>')
    col = "ABCDEFGHIJK"
    with z.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as f:
        f.write(b'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:K%d"/><sheetData>' % (rows + 1))
        buf = []
        head = Gen.CSV_HEAD.strip().split(";")
        buf.append('<row r="1">' + "".join('<c r="%s1" t="s"><v>%d</v></c>' % (col[i], si(h)) for i, h in enumerate(head)) + "</row>")
        for r in range(2, rows + 2):
            c = g.client(r - 1)
            cells = ['<c r="A%d"><v>%s</v></c>' % (r, c[0])]
            for i in (1, 2, 3, 4, 5, 6, 7, 8):
                cells.append('<c r="%s%d" t="s"><v>%d</v></c>' % (col[i], r, si(c[i])))
            cells.append('<c r="J%d"><v>%s</v></c><c r="K%d" t="s"><v>%d</v></c>' % (r, c[9], r, si(c[10])))
            buf.append('<row r="%d">%s</row>' % (r, "".join(cells)))
            if len(buf) >= 2000:
                f.write("".join(buf).encode())
                buf = []
        f.write("".join(buf).encode() + b"</sheetData></worksheet>")
    with z.open("xl/sharedStrings.xml", "w", force_zip64=True) as f:
        f.write(b'<?xml version="1.0" encoding="UTF-8"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" uniqueCount="%d">' % len(order))
        for k in range(0, len(order), 5000):
            f.write("".join("<si><t>%s</t></si>" % t for t in order[k:k + 5000]).encode())
        f.write(b"</sst>")
    z.close()
    return [argparse.Namespace(path=path, n=os.path.getsize(path), rows=rows)]


def g_docx(g, d, paras):
    path = os.path.join(d, "report.docx")
    z = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
    z.writestr("[Content_Types].xml", '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>')
    z.writestr("_rels/.rels", '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>')
    with z.open("word/document.xml", "w") as f:
        f.write(b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>')
        for k in range(paras):
            t = g.para("ru" if k & 1 else "kk").strip()
            half = len(t) // 2  # runs are cut anywhere, as editors do
            f.write(('<w:p><w:pPr><w:jc w:val="both"/></w:pPr><w:r><w:rPr><w:sz w:val="24"/></w:rPr><w:t xml:space="preserve">%s</w:t></w:r><w:r><w:t xml:space="preserve">%s</w:t></w:r></w:p>' % (t[:half], t[half:])).encode())
        f.write(b'</w:body></w:document>')
    z.close()
    return [argparse.Namespace(path=path, n=os.path.getsize(path), rows=paras)]


def g_pdf(g, d, pages):
    try:
        from reportlab.pdfgen import canvas
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.ttfonts import TTFont
    except ImportError:
        print("pdf: skipped, reportlab is not installed", file=sys.stderr)
        return []
    font = None
    for base in ("/usr/share/fonts", os.path.expanduser("~/.fonts")):
        for dp, _, fs in os.walk(base):
            for fn in fs:
                if fn in ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "NotoSans-Regular.ttf"):
                    font = os.path.join(dp, fn)
    if not font:
        print("pdf: skipped, no TrueType font with Kazakh letters (install fonts-dejavu-core)", file=sys.stderr)
        return []
    pdfmetrics.registerFont(TTFont("T", font))
    path = os.path.join(d, "report.pdf")
    c = canvas.Canvas(path, pageCompression=1, invariant=1)
    for p in range(pages):
        c.setFont("T", 9)
        y = 800
        while y > 40:
            t = g.para("ru" if p & 1 else "kk").strip()
            for i in range(0, len(t), 95):
                c.drawString(40, y, t[i:i + 95])
                y -= 11
                if y <= 40:
                    break
        c.showPage()
    c.save()
    return [argparse.Namespace(path=path, n=os.path.getsize(path), rows=pages)]


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--out", required=True)
    ap.add_argument("--mb", type=float, default=256, help="size of each stream corpus in MiB")
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--files", type=int, default=50000, help="number of files in the tree")
    ap.add_argument("--xlsx-rows", type=int, default=200000)
    ap.add_argument("--docx-paras", type=int, default=20000)
    ap.add_argument("--pdf-pages", type=int, default=500)
    ap.add_argument("--only", default="", help="comma list of kinds")
    a = ap.parse_args()
    lim = int(a.mb * (1 << 20))
    kinds = [("logs", g_logs, lim), ("csv", g_csv, lim), ("pgdump", g_pgdump, lim), ("mysqldump", g_mysqldump, lim),
             ("text", g_text, lim), ("text1251", g_text1251, lim), ("binary", g_binary, lim), ("tree", g_tree, a.files),
             ("xlsx", g_xlsx, a.xlsx_rows), ("docx", g_docx, a.docx_paras), ("pdf", g_pdf, a.pdf_pages)]
    only = set(filter(None, a.only.split(",")))
    bad = only - {k[0] for k in kinds}
    if bad:
        sys.exit("unknown kinds: %s" % ", ".join(sorted(bad)))
    os.makedirs(a.out, exist_ok=True)
    mpath = os.path.join(a.out, "manifest.json")
    man = json.load(open(mpath)) if os.path.exists(mpath) else {}
    for i, (name, fn, par) in enumerate(kinds):
        if only and name not in only:
            continue
        t = time.time()
        g = Gen("%d/%s" % (a.seed, name))
        out = fn(g, a.out, par)
        if not out:
            continue
        man[name] = {"seed": a.seed, "files": [os.path.relpath(s.path, a.out) for s in out], "bytes": sum(s.n for s in out),
                     "rows": sum(s.rows for s in out), "truth": g.truth}
        json.dump(man, open(mpath, "w"), indent=1, sort_keys=True)
        dt = time.time() - t
        print("%-10s %8.1f MB in %5.1f s (%.0f MB/s) %s" % (name, man[name]["bytes"] / 1e6, dt, man[name]["bytes"] / 1e6 / dt, g.truth), flush=True)


if __name__ == "__main__":
    main()
