"""Measures one build of the service against what its building blocks allow, side by side.

What is compared takes turns of a few seconds, several rounds; a ratio is taken within a round and
then the median over the rounds, so that the drift of a shared machine cancels out. Processor time a
request moves far less than requests a second. This file must never judge: it measures and writes.

usage: BIN_DIR=... run.py --programs DIR --json FILE --page FILE [--rounds N] [--seconds S]
BENCH_PEERS: a folder with the programs `ideal` and `sqlite_limit`, a model of the service, to be
run beside it; without it, that column is left out.
"""
import argparse
import contextlib
import datetime
import json
import os
import pathlib
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "harness"))
from children import MAINTENANCE  # noqa: E402
from service import Demo, Register  # noqa: E402

CHILDREN = 500
STARTS_A_ROUND = 3
CONNECTIONS = (1, 64)
OPERATIONS = ("read", "write")
TICKS = os.sysconf("SC_CLK_TCK")
OFFICER = "officer.a"


# ---- processes ----

def cpu_seconds(pid):
    """Processor time of one process with all its threads."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_kib(pid):
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


def priority():
    """How this run is preferred to other work on the machine: less is more, 0 is usual."""
    with contextlib.suppress(OSError):
        return int(pathlib.Path("/proc/self/autogroup").read_text().rsplit(" ", 1)[1])
    return os.nice(0)


def run_json(*arguments):
    return json.loads(subprocess.run(arguments, check=True, capture_output=True, text=True).stdout)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


# ---- the service ----

class Service:
    """The demonstration with its 500 children."""

    name = "service"

    def __init__(self, work, load):
        self.load = load
        os.makedirs(os.path.join(work, "demo"), exist_ok=True)
        self.place = Demo(os.path.join(work, "demo"))
        self.place.serve()
        self.pid = self.place.processes["serve"].pid
        self.port = int(self.place.address.rsplit(":", 1)[1])
        self.idle_kib = memory_kib(self.pid)
        self.files = {"read": os.path.join(work, "read.requests"), "write": os.path.join(work, "write.requests")}
        officer = self.place.sign_in(OFFICER)
        self.children = self.assigned(officer)
        self.make_room()
        self.words = self.granted(officer)
        self.write_requests(officer)

    def make_room(self):
        """More children in an hour than an officer's budget has: a second person raises it, as at work."""
        dpo, asked = self.place.sign_in("data.protection"), {"user": OFFICER, "purpose": "register_maintenance"}
        for window in ("hour", "day"):
            for _ in range(0, len(self.children), 200):
                asked |= {"window": window, "more": 200, "reason": "mesur"}
                dpo.must("POST", "/v1/budgets/raises", asked)

    @staticmethod
    def assigned(officer):
        """All children of one officer, page by page."""
        found, cursor = [], ""
        while cursor is not None:
            page = officer.must("GET", "/v1/entries" + cursor).json
            found += [entry["entry"] for entry in page["entries"]]
            cursor = "?cursor=" + page["cursor"] if page.get("cursor") else None
        return found

    def granted(self, officer):
        """The words that the officer is granted, learnt by asking for their short view."""
        return sorted(officer.must("GET", "/v1/entries/" + self.children[0]).json["fields"])

    def write_requests(self, officer):
        """A read asks for every granted word; a write changes a note, under an If-Match that covers
        the child's name only and so holds however often the note changes."""
        with open(self.files["read"], "wb") as reads, open(self.files["write"], "wb") as writes:
            for number, child in enumerate(self.children):
                path = "/v1/entries/" + child
                named = {**MAINTENANCE, "fields": ["child_name"]}
                etag = officer.must("POST", path + "/views", named).header("ETag")
                note = {**named, "values": {"circumstances_narrative": [f"Ymweliad cartref {number}"]}}
                reads.write(self.raw(officer, "POST", path + "/views", {**MAINTENANCE, "fields": self.words}))
                writes.write(self.raw(officer, "PATCH", path, note, f"If-Match: {etag}\r\n"))

    @staticmethod
    def raw(officer, method, path, body, more=""):
        text = json.dumps(body, ensure_ascii=False).encode()
        head = (f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {officer.token}\r\n{more}"
                f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n")
        whole = head.encode() + text
        return b"%d\n" % len(whole) + whole

    def measure(self, operation, connections, milliseconds):
        return drive(self, operation, connections, milliseconds)

    def stop(self):
        self.place.stop()


class Ideal:
    """A model of a service on the same building blocks, with a record of 2 KB (BENCH_PEERS)."""

    name = "ideal"
    token = "benchbenchbenchbenchbenchbenchbenchbench123"
    texts = {"forename": 8, "surname": 10, "dob": 10, "upn": 13, "addr1": 24, "addr2": 18, "town": 14,
             "postcode": 8, "parent1_name": 20, "parent1_phone": 13, "parent1_email": 28, "parent2_name": 20,
             "provider_detail": 180, "education_summary": 420, "notes": 380}

    def __init__(self, work, load, peers, port):
        self.load, self.port = load, port
        database = os.path.join(work, "ideal.db")
        subprocess.run([os.path.join(peers, "sqlite_limit"), "build", database, str(CHILDREN), "8192"],
                       check=True, capture_output=True)
        self.process = subprocess.Popen([os.path.join(peers, "ideal"), str(port), database, "pool", "3", "sep"])
        self.pid = self.process.pid
        self.files = {operation: os.path.join(work, f"ideal-{operation}.requests") for operation in OPERATIONS}
        for operation, path in self.files.items():
            with open(path, "wb") as file:
                for number in range(1, CHILDREN + 1):
                    file.write(self.raw(operation, number))
        self.wait()

    def wait(self):
        for _ in range(100):
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health"):
                return
            time.sleep(0.1)
        raise RuntimeError("ideal does not answer")

    def raw(self, operation, number):
        values = {name: "abcdefg hij ".ljust(size, "x")[:size] for name, size in self.texts.items()}
        values["upn"] = f"A{number:012}"
        body = json.dumps(values).encode() if operation == "write" else b""
        line = f"PUT /w/{number}" if operation == "write" else f"GET /r/{number}"
        whole = (f"{line} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.token}\r\n"
                 f"Content-Length: {len(body)}\r\n\r\n").encode() + body
        return b"%d\n" % len(whole) + whole

    def measure(self, operation, connections, milliseconds):
        return drive(self, operation, connections, milliseconds)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


class Limit:
    """The bare loop of limit.c: as many requests share a commit as there are connections."""

    name = "limit"

    def __init__(self, work, program):
        self.work, self.program = work, program

    def measure(self, operation, connections, milliseconds):
        told = run_json(self.program, self.work, operation, str(connections), str(milliseconds))
        return {"rate": told["requests"] / told["seconds"], "cpu_us": told["cpu_us"]}

    def stop(self):
        pass


def drive(target, operation, connections, milliseconds):
    before = cpu_seconds(target.pid)
    told = run_json(target.load, str(target.port), target.files[operation], str(connections), str(milliseconds))
    used = cpu_seconds(target.pid) - before
    done = max(told["requests"], 1)
    return {"rate": told["requests"] / told["seconds"], "cpu_us": used / done * 1e6, "p50_us": told["p50_us"],
            "p99_us": told["p99_us"], "refused": told["refused"]}


# ---- start, memory, disk ----

def start_once(place):
    """From the start of `cnis serve` to its word that it serves: time, and processor time till then."""
    start = time.monotonic()
    place.restart()
    return {"s": time.monotonic() - start, "cpu_s": cpu_seconds(place.processes["serve"].pid)}


def measure_start(work, rounds, limit):
    """With nobody and with 500 children, in turns with the bare loop that reads and hashes as many rows."""
    empty = Register(os.path.join(work, "empty"))
    full = Register(os.path.join(work, "demo"))
    for place in (empty, full):
        os.makedirs(place.dir, mode=0o700)
    try:
        empty.make({})
        full.run(full.cnis, "demo", "--dir", full.dir, "--once")
        full.serve()
        taken = {"empty": [], "full": [], "limit": []}
        for number in range(rounds * STARTS_A_ROUND):
            taken["empty"].append(start_once(empty))
            taken["full"].append(start_once(full))
            if number % STARTS_A_ROUND == 0:
                taken["limit"].append(limit.measure("start", CHILDREN, 500))
        entries = full.entries()
    finally:
        full.stop()
        empty.stop()
    return {**start_summary(taken), "entries": entries, **disk_of(full, entries)}


def start_summary(taken):
    """What a child adds. Processor time comes in ticks of the kernel, so of that the mean is taken."""
    empty_s, full_s = (statistics.median(one["s"] for one in taken[name]) for name in ("empty", "full"))
    empty_cpu, full_cpu = (statistics.mean(one["cpu_s"] for one in taken[name]) for name in ("empty", "full"))
    return {"empty_ms": empty_s * 1e3, "full_ms": full_s * 1e3,
            "us_a_child": (full_s - empty_s) / CHILDREN * 1e6,
            "cpu_us_a_child": (full_cpu - empty_cpu) / CHILDREN * 1e6,
            "limit_cpu_us": statistics.median(one["cpu_us"] for one in taken["limit"])}


def disk_of(place, entries):
    """After a stop, which leaves nothing in a write-ahead log."""
    size = {name: os.path.getsize(place.path("register", name + ".db")) for name in ("register", "keys", "audit")}
    return {"child_kib": (size["register"] + size["keys"]) / CHILDREN / 1024, "entry_bytes": size["audit"] / entries}


# ---- rounds ----

def rounds_of(targets, rounds, milliseconds):
    taken = {}
    for number in range(rounds):
        for operation in OPERATIONS:
            for connections in CONNECTIONS:
                for target in targets if number % 2 == 0 else reversed(targets):
                    one = target.measure(operation, connections, milliseconds)
                    taken.setdefault((operation, connections), {}).setdefault(target.name, []).append(one)
                    print(f"round {number + 1} {operation} {connections:3} {target.name:8} {one['rate']:9.0f}/s "
                          f"{one['cpu_us']:8.1f} us", file=sys.stderr)
    return taken


def median_of(ones, key):
    return statistics.median(one[key] for one in ones)


def summary(taken, names):
    lines = []
    for (operation, connections), by_name in taken.items():
        line = {"operation": operation, "connections": connections, "targets": {}}
        for name in names:
            ones = by_name[name]
            line["targets"][name] = {key: median_of(ones, key) for key in ones[0]}
            if name == "service":
                continue
            pairs = list(zip(by_name["service"], ones))
            line["targets"][name]["rate_ratio"] = statistics.median(a["rate"] / b["rate"] for a, b in pairs)
            line["targets"][name]["cpu_ratio"] = statistics.median(a["cpu_us"] / b["cpu_us"] for a, b in pairs)
        lines.append(line)
    return lines


# ---- the page ----

def page(told):
    names = [name for name in ("limit", "ideal") if name in told["lines"][0]["targets"]]
    out = ["# Measured: one build beside what its building blocks allow", "",
           "Written by `cmake --build DIR --target bench` (`tests/bench/run.py`); not edited by hand.", "",
           f"Taken on {told['date']}: {told['cores']} cores, {told['memory_gib']} GiB of memory, Linux, load average {told['load'][0]:.1f} before and",
           f"{told['load'][1]:.1f} after: other work shares the machine; this run had priority {told['priority']} (0 is usual, -20 the highest).",
           f"{told['rounds']} alternating rounds of {told['seconds']:g} s; medians; a ratio is taken within a round.",
           "The load generator shares the cores. Read processor time first: requests a second move with the disk.", "",
           f"A read is `POST /v1/entries/{{id}}/views` by the assigned officer for all {told['words']} words that the rule grants.",
           "A write is a `PATCH` of one note with If-Match; the whole row is sealed anew.",
           "*limit* is the same bytes in a bare loop over SQLite and libsodium (`tests/bench/limit.c`): no HTTP, no decision.",
           *(["*ideal* is a model service on the same blocks, whose record is 2 KB with 15 sealed fields; ours is 64 KB with",
              "some 200 envelopes, of which a read opens about a hundred."] if "ideal" in names else []), "",
           "| operation | connections | requests/s | CPU us | p50 us | p99 us | refused | "
           + " | ".join(f"rate / {name} | CPU / {name}" for name in names) + " |",
           "|---|---:|---:|---:|---:|---:|---:|" + "---:|---:|" * len(names)]
    for line in told["lines"]:
        ours = line["targets"]["service"]
        out.append(f"| {line['operation']} | {line['connections']} | {ours['rate']:.0f} | {ours['cpu_us']:.0f} | {ours['p50_us']:.0f} | "
                   f"{ours['p99_us']:.0f} | {ours['refused']:.0f} | "
                   + " | ".join(f"{line['targets'][name]['rate_ratio']:.2f} | {line['targets'][name]['cpu_ratio']:.2f}" for name in names) + " |")
    out += ["", "| of the others | " + " | ".join(f"{name}: requests/s | {name}: CPU us" for name in names) + " |",
            "|---|" + "---:|---:|" * len(names)]
    for line in told["lines"]:
        out.append(f"| {line['operation']}, {line['connections']} | "
                   + " | ".join(f"{line['targets'][name]['rate']:.0f} | {line['targets'][name]['cpu_us']:.0f}" for name in names) + " |")
    start, memory = told["start"], told["memory"]
    out += ["", "| what | measured | aim |", "|---|---:|---:|",
            f"| start, for each child (with {start['entries'] / CHILDREN:.1f} log entries and two items each) | {start['us_a_child']:.0f} us | 60 us |",
            f"| the same, processor time of all threads | {start['cpu_us_a_child']:.0f} us | |",
            f"| *limit*: one row of 64 KB read and hashed (BLAKE2b), processor time | {start['limit_cpu_us']:.0f} us | |",
            f"| *limit* spread over {told['cores']} cores, the least that a start can take a child | {start['limit_cpu_us'] / told['cores']:.0f} us | |",
            f"| processor time / limit | {start['cpu_us_a_child'] / start['limit_cpu_us']:.2f} | |",
            f"| start of an empty register / with {CHILDREN} children | {start['empty_ms']:.0f} / {start['full_ms']:.0f} ms | |",
            f"| memory of the service, just started / after the rounds | {memory['idle_mib']:.0f} / {memory['loaded_mib']:.0f} MiB | 30 MiB |",
            f"| disk for each child: record, items and keys | {start['child_kib']:.1f} KiB | 64 KiB |",
            f"| disk for each log entry | {start['entry_bytes']:.0f} B | |", "",
            "The seal over a whole row is checked at every start, so a child costs at least the hashing of its 64 KB,",
            "whatever the processors have to share; the start uses all of them. A record alone takes four pages of",
            "16 KiB, which is the whole aim; its items, its key and the spare keys come on top.", ""]
    return "\n".join(out)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", required=True, help="folder of bench_load and bench_limit")
    parser.add_argument("--json", required=True)
    parser.add_argument("--page", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2)
    given = parser.parse_args()
    load = os.path.join(given.programs, "bench_load")
    peers = os.environ.get("BENCH_PEERS")
    milliseconds = int(given.seconds * 1000)

    with tempfile.TemporaryDirectory(prefix="cnis-bench-") as work, contextlib.ExitStack() as ending:
        load_before = os.getloadavg()[0]
        limit = Limit(work, os.path.join(given.programs, "bench_limit"))
        start = measure_start(work, given.rounds, limit)
        service = Service(work, load)
        ending.callback(service.stop)
        targets = [service, limit]
        if peers:
            targets.append(Ideal(work, load, peers, free_port()))
            ending.callback(targets[-1].stop)
        taken = rounds_of(targets, given.rounds, milliseconds)
        memory = {"idle_mib": service.idle_kib / 1024, "loaded_mib": memory_kib(service.pid) / 1024}
        service.stop()

    told = {"date": datetime.date.today().isoformat(), "cores": os.cpu_count(),
            "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
            "priority": priority(), "rounds": given.rounds, "seconds": given.seconds, "children": CHILDREN, "words": len(service.words),
            "lines": summary(taken, [target.name for target in targets]),
            "start": start, "memory": memory, "load": [load_before, os.getloadavg()[0]]}
    pathlib.Path(given.json).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    os.makedirs(os.path.dirname(given.page) or ".", exist_ok=True)
    pathlib.Path(given.page).write_text(page(told), encoding="utf-8")


if __name__ == "__main__":
    main()
