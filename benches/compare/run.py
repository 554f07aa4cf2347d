#!/usr/bin/env python3
"""Compare a command with its peers in one run, on the corpora of corpus.py.

    run.py --corpus DIR [--cmd 'NAME=prog scan --threads {threads} {path}'] ...
                [--suite scan|tables|anon|office|limits|all] [--only logs,csv] [--peers rg,grep-P]
                [--runs 5] [--threads 1,2] [--json out.json]

In a command {path} is the corpus file or folder, {threads} the thread count and
{out} a scratch folder that is emptied before each run.  Every round runs each
command once, in turn (A B C, A B C, ...), after one warm-up round, so that drift
of a shared machine falls on all alike; ratios are taken within a round and the
median over the rounds is printed, with the spread of the wall time.
Time and peak memory are the kernel's own figures for the finished process
(all of its threads, children that it waited for included).  Standard output goes
to a file, never to /dev/null (some greps stop at the first hit there).

Peers that are not installed are skipped and named.  peers.sh installs
them from package registries.  Only the standard library is needed here.
"""
import argparse, importlib.util, json, os, shlex, shutil, statistics as st, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
PY = shlex.quote(sys.executable)
TIME = shutil.which("time")  # GNU time, optional: without it the peak memory has a floor of about 20 MB
PEER = os.path.join(HERE, "peers")
sys.path.insert(0, PEER)
from common import EMAIL, IBAN, IIN, IIN_B, PHONE  # noqa: E402

FILES = {"logs": "logs.log", "csv": "clients.csv", "pgdump": "pg_dump.sql", "mysqldump": "mysqldump.sql",
         "text": "text_ru_kk.txt", "text1251": "text_ru_cp1251.txt", "junk": "junk.bin", "zeros": "zeros.bin", "tree": "tree"}


def find(prog, *extra):
    for d in extra:
        if d and os.access(os.path.join(d, prog), os.X_OK):
            return os.path.join(d, prog)
    # peers that peers.sh put beside this interpreter come before the system's
    own = os.path.join(os.path.dirname(sys.executable), prog)
    return own if os.access(own, os.X_OK) else shutil.which(prog)


def have(mod):
    try:
        return importlib.util.find_spec(mod) is not None
    except (ImportError, ValueError):
        return False


def q(*a):
    return " ".join(shlex.quote(x) for x in a)


def peers(bindir):
    """name -> (command or None, what to install, corpora or None for all, slow: MB of a sample or None, thread counts)"""
    rg, kf = find("rg", bindir), find("kingfisher", bindir)
    u = lambda p: "(?-u)" + p
    es = " ".join("-e " + shlex.quote(u(p)) for p in (IIN_B, PHONE, IBAN, EMAIL))
    base = f"{rg} --no-config -I -N --color never"
    comb_p = "|".join((IIN, PHONE, IBAN, EMAIL))
    P = {}

    def add(suite, name, ok, cmd, need, on=None, sample=None, threads=(1,)):
        P.setdefault(suite, {})[name] = (cmd if ok else None, need, on, sample, threads)
    text = ("logs", "csv", "pgdump", "mysqldump", "text", "text1251")
    add("scan", "cat", find("cat"), "cat {path}", "coreutils", text + ("junk", "zeros"))
    add("scan", "cat-tree", find("find"), "find {path} -type f -exec cat {} +", "findutils", ("tree",))
    add("scan", "wc-l", find("wc"), "wc -l {path}", "coreutils", text)
    add("scan", "rg", rg, f"{base} -j{{threads}} --count-matches {es} {{path}}", "cargo install ripgrep", None, None, (1, 2))
    add("scan", "rg-only", rg, f"{base} -j1 -o {es} {{path}}", "cargo install ripgrep", ("logs", "csv", "text"))
    add("scan", "rg-json", rg, f"{base} -j1 --json {es} {{path}}", "cargo install ripgrep", ("logs", "csv", "text"))
    add("scan", "rg-iin", rg, f"{base} -j1 --count-matches -e {shlex.quote(u(IIN_B))} {{path}}", "cargo install ripgrep", ("logs", "csv", "text"))
    add("scan", "rg-1251", rg, f"{base} -j1 --encoding windows-1251 --count-matches {es} {{path}}", "cargo install ripgrep", ("text1251",))
    add("scan", "grep-P", find("grep"), f"env LC_ALL=C grep -a -c -P {shlex.quote(comb_p)} {{path}}", "grep", ("logs", "csv", "text"))
    add("scan", "grep-E", find("grep"), f"env LC_ALL=C grep -a -c -E {shlex.quote('|'.join((IIN_B, PHONE.replace('(?:', '('), IBAN, EMAIL.replace('(?:', '('))))} {{path}}", "grep", ("logs", "csv", "text"))
    add("scan", "ugrep", find("ugrep"), f"{find('ugrep')} -U -a -c -J1 {shlex.quote('|'.join((IIN_B, PHONE, IBAN, EMAIL)))} {{path}}", "apt install ugrep", ("logs", "csv", "text"), 16)
    hs = find("hs_scan", bindir)
    add("scan", "hyperscan-C", hs, f"{hs} {{path}}", "build peers/hs_scan.c with libhyperscan-dev", text)
    sp = q(sys.executable, os.path.join(PEER, "scan_python.py"))
    for e, mod, pip, on, smp in (("hyperscan", "hyperscan", "hyperscan", ("logs", "csv"), None), ("re2", "re2", "google-re2", ("logs", "csv"), 64),
                                 ("re", "re", "python3", ("logs", "csv"), 16), ("presidio", "presidio_analyzer", "presidio-analyzer", ("logs", "csv", "text"), 1),
                                 ("airlock", "airlock_pii", "airlock-pii", ("logs", "csv", "text"), 4)):
        add("scan", e + "-py", have(mod), f"{sp} {e} {{path}}", "pip install " + pip, on, smp)
    add("scan", "kingfisher", kf, f"{kf} scan {{path}} --rules-path {q(os.path.join(PEER, 'kingfisher_kz.yml'))} --load-builtins=false --no-validate --no-update-check --confidence low --no-dedup --max-file-size 0 -j {{threads}} --format json -o {{out}}/kf.json",
        "pip install kingfisher-bin", ("logs", "csv", "tree"), {"logs": 64, "csv": 8, "tree": 1}, (1, 2))
    tb = q(sys.executable, os.path.join(PEER, "scan_table.py"))
    for e, mod in (("duckdb", "duckdb"), ("duckdb-columns", "duckdb"), ("polars", "polars")):
        add("tables", e, have(mod), f"{tb} {e} {{path}} {{threads}}", "pip install " + mod, ("csv",), None, (1, 2))
    add("tables", "rg", rg, f"{base} -j1 --count-matches {es} {{path}}", "cargo install ripgrep", ("csv",))
    add("tables", "cat", find("cat"), "cat {path}", "coreutils", ("csv",))
    an = q(sys.executable, os.path.join(PEER, "anon_table.py"))
    for e, mod, smp, th in (("duckdb", "duckdb", None, (1, 2)), ("polars", "polars", 64, (1, 2)), ("pandas", "pandas", 64, (1,)), ("stdlib", "csv", 64, (1,))):
        add("anon", e, have(mod), f"{an} {e} {{path}} {{out}}/o.csv {{threads}}", "pip install " + mod, ("csv",), smp, th)
    add("anon", "cp", find("cp"), "cp {path} {out}/o.csv", "coreutils", ("csv",))
    add("anon", "cat", find("cat"), "cat {path}", "coreutils", ("csv",))
    of = q(sys.executable, os.path.join(PEER, "read_office.py"))
    for e, mod in (("openpyxl", "openpyxl"), ("python-calamine", "python_calamine"), ("polars", "fastexcel")):
        add("office", e, have(mod), f"{of} {e} {{path}}", "pip install " + mod, ("xlsx",))
    add("office", "unzip", find("unzip"), "unzip -p {path}", "apt install unzip", ("xlsx", "docx"))
    add("office", "python-docx", have("docx"), f"{of} python-docx {{path}}", "pip install python-docx", ("docx",))
    add("office", "zipfile", True, f"{of} zipfile {{path}}", "python3", ("docx",))
    add("office", "pdftotext", find("pdftotext"), "pdftotext {path} {out}/o.txt", "apt install poppler-utils", ("pdf",))
    add("office", "pypdfium2", have("pypdfium2"), f"{of} pypdfium2 {{path}}", "pip install pypdfium2", ("pdf",))
    return P


def run(cmd, out, limit):
    """One run of one process: wall, cpu seconds, peak MB, exit status."""
    for f in os.listdir(out):
        p = os.path.join(out, f)
        shutil.rmtree(p) if os.path.isdir(p) else os.unlink(p)
    argv = shlex.split(cmd)
    reads = "cat" in argv
    rssfile = os.path.join(out, ".rss")
    if TIME:  # a child inherits the peak of whoever started it, so a small one starts it
        argv = [TIME, "-q", "-f", "%M", "-o", rssfile] + argv
    name = os.path.join(out, ".stdout")
    with open(name, "wb") as so, open(os.path.join(out, ".stderr"), "wb") as se:
        t = time.perf_counter()
        # cat writes nowhere: it stands for the cost of reading
        p = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL if reads else so, stderr=se)
        while True:
            pid, status, ru = os.wait4(p.pid, os.WNOHANG if limit else 0)
            if pid:
                break
            if time.perf_counter() - t > limit:
                p.kill()
            time.sleep(0.0005)
        wall = time.perf_counter() - t
    p.returncode = os.waitstatus_to_exitcode(status)
    rss = ru.ru_maxrss
    if TIME:
        try:
            rss = int(open(rssfile).read().split()[-1])
        except (OSError, ValueError, IndexError):
            pass
    return wall, ru.ru_utime + ru.ru_stime, rss / 1024, p.returncode


def sample_of(path, mb, tmp):
    """The first mb megabytes, cut at a line end; of a folder its first part."""
    if os.path.isdir(path):
        return os.path.join(path, sorted(os.listdir(path))[0])
    dst = os.path.join(tmp, "sample%g_%s" % (mb, os.path.basename(path)))
    if not os.path.exists(dst):
        with open(path, "rb") as f, open(dst, "wb") as g:
            left = int(mb * 1e6)
            while left > 0:  # small pieces: the runner itself must stay small
                b = f.read(min(left, 1 << 16))
                left -= len(b)
                g.write(b)
            g.write(f.readline())
    return dst


def size_of(path):
    if os.path.isfile(path):
        return os.path.getsize(path)
    return sum(os.path.getsize(os.path.join(d, f)) for d, _, fs in os.walk(path) for f in fs)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--corpus", required=True)
    ap.add_argument("--cmd", action="append", default=[], help="NAME=command with {path} {threads} {out}")
    ap.add_argument("--suite", default="scan", help="scan, tables, anon, office or all")
    ap.add_argument("--only", default="")
    ap.add_argument("--peers", default="", help="comma list; default all that are installed")
    ap.add_argument("--runs", type=int, default=5)
    ap.add_argument("--threads", default="1,2")
    ap.add_argument("--bin", default="", help="folder with rg, hs_scan and the like")
    ap.add_argument("--limit", type=float, default=300, help="seconds for one run")
    ap.add_argument("--json", default="")
    ap.add_argument("--tmp", default=None)
    a = ap.parse_args()
    tmp = tempfile.mkdtemp(prefix="perf", dir=a.tmp)
    out = os.path.join(tmp, "out")
    os.mkdir(out)
    man = json.load(open(os.path.join(a.corpus, "manifest.json")))
    files = dict(FILES)
    for k in ("xlsx", "docx", "pdf"):
        if k in man:
            files[k] = man[k]["files"][0]
    table = peers(a.bin)
    suites = list(table) if a.suite == "all" else a.suite.split(",")
    only, wanted = set(filter(None, a.only.split(","))), set(filter(None, a.peers.split(",")))
    threads = [int(x) for x in a.threads.split(",")]
    mine = dict(c.split("=", 1) for c in a.cmd)
    results, missing = [], {}
    for suite in suites:
        ps = table[suite]
        for n, v in ps.items():
            if v[0] is None and (not wanted or n in wanted):
                missing[n] = v[1]
        for kind in files:
            if only and kind not in only:
                continue
            path = os.path.join(a.corpus, files[kind])
            if not os.path.exists(path):
                continue
            jobs = []
            for n, c in mine.items():
                if any(v[2] is None or kind in v[2] for v in ps.values()):
                    jobs += [(n, c, t, path, False) for t in threads]
            for n, (c, _, on, smp, th) in ps.items():
                if c is None or (on is not None and kind not in on) or (wanted and n not in wanted):
                    continue
                if suite != "scan" and on is None:
                    continue
                src, cut = path, False
                smp = smp.get(kind) if isinstance(smp, dict) else smp
                if smp and size_of(path) > smp * 1.1e6:
                    src, cut = sample_of(path, smp, tmp), True
                jobs += [(n, c, t, src, cut) for t in th if t in threads]
            if not jobs:
                continue
            print("\n### %s: %s, %.1f MB, %d rounds\n" % (suite, kind, size_of(path) / 1e6, a.runs), flush=True)
            got = {}
            for rnd in range(-1, a.runs):
                for j in jobs:
                    n, c, t, src, cut = j
                    r = run(c.replace("{path}", shlex.quote(src)).replace("{threads}", str(t)).replace("{out}", shlex.quote(out)), out, a.limit)
                    if rnd >= 0:
                        got.setdefault((n, t), []).append(r + (size_of(src) if rnd == 0 else 0, cut))
            ref_cat = got.get(("cat", 1)) or got.get(("cat-tree", 1))
            ref_rg = got.get(("rg", 1))
            print("| command | threads | MB/s wall (median) | wall s min-max | MB per CPU s | speed / cat | speed / rg | same, by CPU time | peak MB | exit |")
            print("|---|---|---|---|---|---|---|---|---|---|")
            for (n, t), rs in sorted(got.items(), key=lambda kv: st.median(x[0] for x in kv[1]) / kv[1][0][4]):
                mb = rs[0][4] / 1e6
                wall, cpu = st.median(x[0] for x in rs), st.median(x[1] for x in rs)

                def ratio(ref, i):
                    if not ref:
                        return None
                    rmb = ref[0][4] / 1e6
                    return st.median((mb / max(x[i], 1e-4)) / (rmb / max(y[i], 1e-4)) for x, y in zip(rs, ref))
                row = dict(suite=suite, corpus=kind, command=n, threads=t, mb=mb, sample=rs[0][5], mbps=mb / wall, mb_per_cpu_s=mb / max(cpu, 1e-4), wall=[min(x[0] for x in rs), wall, max(x[0] for x in rs)], cpu=cpu,
                           to_cat=ratio(ref_cat, 0), to_rg=ratio(ref_rg, 0), to_rg_cpu=ratio(ref_rg, 1), peak_mb=max(x[2] for x in rs), exit=sorted({x[3] for x in rs}))
                results.append(row)
                f = lambda v: "-" if v is None else "%.3g" % v
                print("| %s%s | %d | %.0f | %.2f-%.2f | %.0f | %s | %s | %s | %.0f | %s |" % (n, " (sample)" if row["sample"] else "", t, row["mbps"], row["wall"][0], row["wall"][2], row["mb_per_cpu_s"],
                      f(row["to_cat"]), f(row["to_rg"]), f(row["to_rg_cpu"]), row["peak_mb"], ",".join(map(str, row["exit"]))), flush=True)
    if missing:
        print("\nNot installed, skipped: " + "; ".join("%s (%s)" % kv for kv in sorted(missing.items())))
    if a.json:
        json.dump(dict(rows=results, missing=missing), open(a.json, "w"), indent=1)
    shutil.rmtree(tmp)


if __name__ == "__main__":
    main()
