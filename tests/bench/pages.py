"""How long the service takes for each page and how much a page weighs, on one build.

Every row of console/pages.def that is opened by GET is asked for again and again on one kept loopback
connection, in both languages, by somebody who may open it, in the demonstration with its 500 children.
This file must never judge: it measures and writes.

usage: BIN_DIR=... pages.py --programs DIR --page FILE [--seconds S] [--rounds N]
"""
import argparse
import datetime
import gzip
import os
import pathlib
import re
import statistics
import sys
import tempfile
import time

from run import TICKS, cpu_seconds, priority, run_json

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "harness"))
import contract  # noqa: E402
from browser import Browser  # noqa: E402
from service import Demo, Failed  # noqa: E402
from weighing import weighing  # noqa: E402

LANGUAGES = ("cy", "en")
LEAD, OFFICER, PROTECTION = "safeguarding.lead", "officer.a", "data.protection"
WHO = {  # all others: the officer
    **dict.fromkeys(("FIRST", "LOWER", "OPENING", "MY_KEY", "REVIEW"), LEAD),
    **dict.fromkeys(("APPROVALS", "RECIPIENTS", "RECIPIENT_NEW"), PROTECTION),
    **dict.fromkeys(("SIGN_IN", "CHECK_LOG"), None),
}
NOT_MEASURED = {"EXIT": "it ends the session", "PACKAGE": "a file to keep, and no page"}
TIME_MS, FIRST_KB, AFTER_KB = 2, 60, 20
ON_GRID = ("MY_LIST", "FIRST", "APPROVALS")  # register: answer.on_tick
GRID_MS = 50
WHY = {  # of those that were looked at with perf when they were over the goal
    "MY_LIST": "it decides about every child of the officer, a third of the 500 here, before it sorts them by name",
    "FIRST": "it decides about every child that waits",
    "RECORD": "it opens about a hundred fields and writes its longest page; no part of that stands out",
    "REVIEW": "it asks the rules for every account and reads every entry about the family; each look adds one",
}


# ---- what is asked ----


class Place:
    """The demonstration, with something to look at on every page."""

    def __init__(self, work):
        self.demo = Demo(os.path.join(work, "demo"))
        os.makedirs(self.demo.dir, mode=0o700)
        self.demo.serve()
        self.told = self.demo.told
        self.port = int(self.demo.address.rsplit(":", 1)[1])
        self.pid = self.demo.processes["serve"].pid
        self.browsers = {user: self.signed_in(user) for user in (OFFICER, LEAD, PROTECTION)}
        child, hidden = self.told["assigned_child"], self.told["hidden_child"]
        self.args = {
            "LOWER": [hidden, self.proposal(hidden)],
            "REVIEW": [hidden],
            "CHANGE": [child, "home_address", 0],
            "ADD": [child, "circumstances"],
            "IMPORT_STATE": [self.sheet()],
            "DISCLOSURE": [self.disclosure(child)],
        }
        self.child = child

    def signed_in(self, user):
        browser = Browser(self.demo.address)
        browser.sign_in(user, self.demo.password)
        return browser

    def proposal(self, hidden):
        lead = self.browsers[LEAD]
        form = lead.get(f"/en/entries/{hidden}/protect").form()
        page = lead.submit(form, {"level": "contact_protected", "reason": "Symudodd ymaith."})
        return next(link for link in page.read.links if "/lower/" in link).rsplit("/", 1)[1]

    def sheet(self):
        officer, sheet = self.browsers[OFFICER], b"ref,forename,surname\n1,Nia,Prawf\n2,,\n"
        form = officer.get("/en/import").form()
        page = officer.submit(form, {"source": "taflen"}, file=("file", "taflen.csv", sheet))
        while page.path in page.read.links:
            time.sleep(0.1)
            page = officer.get(page.path)
        return page.path.rsplit("/", 1)[1]

    def disclosure(self, child):
        officer, why = self.browsers[OFFICER], {
            "purposes": "transfer_between_las",
            "basis": "statutory_duty",
            "basis_text": "436B",
            "necessity": "Ble i gynnig cymorth.",
            "fields": ["child_name", "home_address"],
        }
        choose = officer.get(f"/en/entries/{child}/share")
        form = next(f for f in choose.read.forms if f.value("recipient") == self.told["recipient"])
        weigh = officer.submit(officer.submit(form).form(), why)
        seen = officer.submit(weigh.form(), weighing(why["fields"]))
        receipt = officer.submit(seen.form("/release"))
        if "/disclosures/" not in receipt.path:
            raise Failed(f"nothing was shared: {receipt.text[:600]}")
        return re.search(r"[0-9a-f]{32}", receipt.path).group()

    def address(self, row, lang):
        args = self.args.get(row.id, [self.child] * row.slots)
        return row.address(lang, args)

    def request(self, row, lang):
        user = WHO.get(row.id, OFFICER)
        cookie = f"Cookie: {self.browsers[user].cookie}\r\n" if user else ""
        return (
            f"GET {self.address(row, lang)} HTTP/1.1\r\nHost: localhost\r\n{cookie}"
            f"Accept-Language: {lang}\r\n\r\n"
        ).encode()

    def get(self, row, lang):
        user = WHO.get(row.id, OFFICER)
        browser = Browser(self.demo.address, lang)
        browser.cookie = self.browsers[user].cookie if user else None
        return browser.send("GET", self.address(row, lang))


# ---- measuring ----


def pressed(data):
    return len(gzip.compress(data, 9, mtime=0))


def asset_weights(page, address):
    """{address: (bytes, gzipped)} of everything that a page makes a browser load from the service."""
    found = re.findall(r'(?:href|src)="(/assets/[^"]+)"', page.body.decode())
    weights = {}
    for path in dict.fromkeys(found):
        answer = Browser(address).send("GET", path)
        weights[path] = (len(answer.body), pressed(answer.body), answer)
        for more in re.findall(rb"url\(['\"]?(/assets/[^'\")]+)", answer.body):
            inner = Browser(address).send("GET", more.decode())
            weights[more.decode()] = (len(inner.body), pressed(inner.body), inner)
    return weights


def synced(folder):
    """What the disk takes to make 8 KiB durable, median of a hundred, in ms."""
    taken = []
    with open(os.path.join(folder, "sync"), "wb") as file:
        for _ in range(100):
            file.write(bytes(8192))
            file.flush()
            start = time.monotonic()
            os.fdatasync(file.fileno())
            taken.append(time.monotonic() - start)
    return statistics.median(taken) * 1e3


def measure(place, row, load, work, seconds):
    """One page in one language for a while: {p50, p99, processor time}, in ms."""
    file, told = os.path.join(work, "page.requests"), {}
    for lang in LANGUAGES:
        request = place.request(row, lang)
        pathlib.Path(file).write_bytes(b"%d\n" % len(request) + request)
        before = cpu_seconds(place.pid)
        got = run_json(load, str(place.port), file, "1", str(int(seconds * 1000)))
        if got["refused"] > 0 or got["requests"] == 0:
            raise Failed(f"{row.id}, {lang}: {got}")
        told[lang] = {
            "p50": got["p50_us"] / 1e3,
            "p99": got["p99_us"] / 1e3,
            "cpu": (cpu_seconds(place.pid) - before) / got["requests"] * 1e3,
        }
    return told


def measure_all(place, load, work, given):
    rows = [row for row in contract.pages() if row.method == "GET" and row.id not in NOT_MEASURED]
    taken = {row.id: [] for row in rows}
    for number in range(given.rounds):
        for row in rows if number % 2 == 0 else reversed(rows):
            taken[row.id].append(measure(place, row, load, work, given.seconds))
            print(f"round {number + 1} {row.id:14}", taken[row.id][-1], file=sys.stderr)
    return [(row, summary(place, row, taken[row.id])) for row in rows]


def summary(place, row, rounds):
    body = {lang: place.get(row, lang).body for lang in LANGUAGES}
    told = {
        (lang, key): statistics.median(one[lang][key] for one in rounds)
        for lang in LANGUAGES
        for key in ("p50", "p99", "cpu")
    }
    before = place.demo.asked_entries()
    place.get(row, "cy")
    told["entry"] = "yes" if place.demo.asked_entries() > before else "none"
    told["html"] = max(len(body[lang]) for lang in LANGUAGES)
    told["gzip"] = max(pressed(body[lang]) for lang in LANGUAGES)
    return told


# ---- the page ----


def head(told):
    return [
        "# Measured: the pages",
        "",
        "Written by `cmake --build DIR --target bench-pages` (`tests/bench/pages.py`); not edited by hand.",
        "",
        f"Taken on {told['date']}: {told['cores']} cores, load average {told['load'][0]:.1f} before and {told['load'][1]:.1f} after; priority {told['priority']}",
        "(0 is usual, -20 the highest). The load generator shares the cores.",
        "",
        "Time is the median of a round trip on one kept loopback connection, one request after the other: reading the",
        "request, the session, the decision, opening what is granted, the commit of the entry with its sync of the disk,",
        "writing the page, sending it, and the load generator's own part. What makes no entry in the log, as a blank form,",
        f"waits for no disk. The disk of this run takes {told['sync'][0]:.2f} ms before and {told['sync'][1]:.2f} ms after for a sync of 8 KiB. *CPU* is processor time",
        f"of the whole service for each page, in kernel ticks of {1000 / TICKS:.0f} ms over the whole round. {told['rounds']} rounds of {told['seconds']:g} s a page and",
        "language; the worse language is shown for weights.",
        "",
        f"Goals: under {TIME_MS} ms at the median, under {FIRST_KB} KB gzipped for a first load and under {AFTER_KB} KB for a page after it.",
        f"*On the grid*: a list leaves at the next {GRID_MS} ms of the clock, on purpose: its time must not tell who was met and",
        "not shown. The service's own time for it is its CPU; the goal is held against that.",
        "The service itself sends nothing gzipped: what is sent with a secret beside what a stranger can add is not",
        "compressed (BREACH). A proxy may compress the assets, which hold no secret.",
        "",
    ]


def why(row):
    return "; " + WHY[row.id] if row.id in WHY else ""


def page(told):
    rows, assets = told["rows"], told["assets"]
    around = sum(weight[1] for weight in assets.values())
    out = head(told)
    out += [
        "| page | Cymraeg: p50 ms | p99 | CPU | English: p50 ms | p99 | CPU | entry | HTML, bytes | gzipped | first load, gzipped |",
        "|---|---:|---:|---:|---:|---:|---:|---|---:|---:|---:|",
    ]
    for row, one in rows:
        entry = one["entry"] + (", on the grid" if row.id in ON_GRID else "")
        times = " | ".join(
            f"{one[lang, 'p50']:.2f} | {one[lang, 'p99']:.2f} | {one[lang, 'cpu']:.2f}"
            for lang in LANGUAGES
        )
        out.append(
            f"| `{row.path['en']}` | {times} | {entry} | {one['html']} | {one['gzip']} | {one['gzip'] + around} |"
        )
    own = {
        row.path["en"]: max(one[lang, "cpu" if row.id in ON_GRID else "p50"] for lang in LANGUAGES)
        for row, one in rows
    }
    middle = statistics.median(own.values())
    slow = [path for path, ms in own.items() if ms >= TIME_MS]
    busy = [row for row, one in rows if max(one["cy", "cpu"], one["en", "cpu"]) >= TIME_MS]
    heavy = max(one["gzip"] for _, one in rows)
    out += [
        "",
        "| what | measured | goal |",
        "|---|---:|---:|",
        f"| median over the pages, of their medians in the slower language | {middle:.2f} ms | {TIME_MS} ms |",
        f"| pages whose median is over the goal | {len(slow)} of {len(rows)} | 0 |",
        f"| pages whose processor time is over it | {len(busy)} of {len(rows)} | |",
        f"| heaviest first load, gzipped | {(heavy + around) / 1000:.1f} KB | {FIRST_KB} KB |",
        f"| heaviest page after it, gzipped | {heavy / 1000:.1f} KB | {AFTER_KB} KB |",
        "",
    ]
    if slow:
        out += ["Over the goal:", ""]
        out += [f"- `{row.path['en']}`: {own[row.path['en']]:.1f} ms{why(row)}." for row, _ in rows if row.path["en"] in slow]
        out += ["", "Where no reason stands, the processor time is below the goal, and the rest is the disk or the neighbours.", ""]
    out += ["| loaded once, then kept by the browser | bytes | gzipped | Cache-Control |", "|---|---:|---:|---|"]
    for path, (size, small, answer) in assets.items():
        name = re.sub(r"-[0-9a-f]{16}", "", path)
        out.append(f"| `{name}` | {size} | {small} | {answer.header('Cache-Control')} |")
    out += ["", "There are no fonts: the pages are set in what the reader's machine has."] if not any(
        path.endswith((".woff2", ".woff")) for path in assets
    ) else []
    not_measured = "; ".join(f"{name.lower()}: {why}" for name, why in NOT_MEASURED.items())
    out += ["", f"Not measured: {not_measured}.", ""]
    return "\n".join(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", required=True, help="folder of bench_load")
    parser.add_argument("--page", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.7)
    given = parser.parse_args()
    load = os.path.join(given.programs, "bench_load")
    with tempfile.TemporaryDirectory(prefix="cnis-bench-") as work:
        loads, syncs = [os.getloadavg()[0]], [synced(work)]
        place = Place(work)
        try:
            rows = measure_all(place, load, work, given)
            assets = asset_weights(place.get(rows[0][0], "cy"), place.demo.address)
        finally:
            place.demo.stop()
        loads.append(os.getloadavg()[0])
        syncs.append(synced(work))
    told = {
        "date": datetime.date.today().isoformat(),
        "cores": os.cpu_count(),
        "priority": priority(),
        "rounds": given.rounds,
        "seconds": given.seconds,
        "load": loads,
        "sync": syncs,
        "rows": rows,
        "assets": assets,
    }
    os.makedirs(os.path.dirname(given.page) or ".", exist_ok=True)
    pathlib.Path(given.page).write_text(page(told), encoding="utf-8")


if __name__ == "__main__":
    main()
