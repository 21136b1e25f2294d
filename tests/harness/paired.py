"""A hidden child and nobody at all, asked for in pairs: to everybody outside the circle the two answers
have to be the same in status, headers, bytes, length and number of log entries, and in time.

  paired.py                          every class, bytes and counts
  paired.py --time                   and 2,000 pairs a class for time
  paired.py --only view --pairs 50   one class
  paired.py --list                   names of the classes

What may differ between two answers about the same thing is taken away first, and nothing else: the
date, the random reference of a problem, the random id of what a request has just made.
"""
import argparse
import random
import re
import secrets
import sys
import threading

import auc
from asking import AUDITING, CLASSES, OUTSIDE, RECIPIENT, get, uncovered, view
from children import Children
from service import Failed, Register, alone

TIMED = ("view", "get", "patch", "search", "protection", "access-log", "disclosure", "disclosure-preview")
THREADS = 8


# ---- comparing ----

REFERENCE = re.compile(rb'"instance":"urn:cnis:[0-9a-f]{32}"')
IDENTIFIER = re.compile(rb"[0-9a-f]{32}")


def plain(answer, target, made):
    """The answer without what may differ. `made`: the request makes something, whose id is random."""
    body = REFERENCE.sub(b'"instance":""', answer.body).replace(
        target.id.encode(), b"ASKED" + b"." * 27
    )
    headers = [
        (name, value.replace(target.id, "ASKED"))
        for name, value in answer.headers
        if name != "Date"
    ]
    if made:
        body = IDENTIFIER.sub(b"MADE" + b"." * 28, body)
        headers = [(name, re.sub(r"[0-9a-f]{32}", "MADE", value)) for name, value in headers]
    return answer.status, headers, len(answer.body), body


class Pairs:
    """Pairs of one class in one register."""

    def __init__(self, register, name, hidden, children):
        self.register, self.name, self.hidden, self.children = register, name, hidden, children
        self.build = CLASSES[name][1]
        self.strangers = children.strangers(len(hidden))

    def client(self, user):
        return self.register.sign_in(user)

    def stranger(self, n):
        """Who is taken in is nobody no longer."""
        return (
            self.children.nobody()
            if self.name == "create"
            else self.strangers[n % len(self.strangers)]
        )

    def ask(self, client, user, target, n):
        return client.request(*self.build(user, target, n))

    def users(self):
        if self.name == "create":
            return ["officer.a", "officer.b"]
        if self.name == "access-log":  # its purpose is an audit
            return [user for user in OUTSIDE if user not in AUDITING]
        return OUTSIDE

    def bytes(self, pairs):
        """Differences found; `pairs` over the roles in rotation."""
        wrong, users = [], self.users()
        clients = {user: self.client(user) for user in users}
        for n in range(pairs):
            user = users[n % len(users)]
            targets = [self.hidden[n % len(self.hidden)], self.stranger(n)]
            order = random.sample((0, 1), 2)
            answers = {}
            for kind in order:
                answers[kind] = plain(
                    self.ask(clients[user], user, targets[kind], n // len(users)),
                    targets[kind],
                    self.name == "create",
                )
            if answers[0] != answers[1]:
                wrong.append(f"{self.name}, {user}: hidden {answers[0]!r}\n  nobody {answers[1]!r}")
        return wrong

    def entries(self, count=13):
        """How many log entries the same requests make about each of the two."""
        made = []
        for target in (self.hidden[0], self.stranger(0)):
            before = self.register.asked_entries()
            for n in range(count):
                user = self.users()[n % len(self.users())]
                self.ask(self.register.sign_in(user), user, target, n)
            made.append(self.register.asked_entries() - before)
        return (
            []
            if made[0] == made[1]
            else [f"{self.name}: {made[0]} entries about the hidden child, {made[1]} about nobody"]
        )

    def measure(self, pairs, samples, lock):
        """One thread's pairs, each in random order on the same connection."""
        users = self.users()
        nobodies = [Nobody(self.hidden[0], stranger.id) for stranger in self.strangers]
        clients = {user: self.client(user) for user in users}
        for n in range(pairs):
            user = users[n % len(users)]
            targets = (self.hidden[n % len(self.hidden)], nobodies[n % len(nobodies)])
            taken = {}
            for kind in random.sample((0, 1), 2):
                answer = self.ask(clients[user], user, targets[kind], 0)
                taken[kind] = (answer.sent, answer.seconds)
            with lock:
                samples.append((taken[0], taken[1]))

    def time(self, pairs):
        samples, lock, failures = [], threading.Lock(), []

        def work():
            try:
                self.measure(pairs // THREADS, samples, lock)
            except Exception as error:  # a thread's failure is this run's failure
                failures.append(repr(error))

        for user in self.users():
            self.client(user)
        threads = [threading.Thread(target=work) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            return failures
        area, most = auc.judge([a for a, _ in samples], [b for _, b in samples])
        print(f"  {self.name}: {len(samples)} pairs, AUC {area:.3f}, at most {most:.3f}")
        return (
            [] if area <= most else [f"{self.name}: the time tells: AUC {area:.3f} over {most:.3f}"]
        )


class Nobody:
    """An id of nobody, quickly made; where a person is searched by, a stranger of the same lengths."""

    def __init__(self, like, its_id):
        self.id = its_id
        self.things = {thing: secrets.token_hex(16) for thing in like.things}
        self.like = like

    def searches(self):
        return {
            by: "".join(random.choice("qwxzj") if c.isalpha() else c for c in value)
            if by in ("name", "forename", "surname")
            else value[:-1] + str((int(value[-1], 36) + 1) % 10)
            if by in ("phone", "upn", "date_of_birth")
            else "x" + value[1:]
            for by, value in self.like.searches().items()
        }


# ---- sheets ----

COLUMNS = (
    "ref",
    "upn",
    "forename",
    "surname",
    "date_of_birth",
    "postcode",
    "parent_1_phone",
    "officer",
)


def sheet(target, refs, second_name=None):
    lines = [",".join(COLUMNS)]
    for ref in refs:
        lines.append(
            ",".join(
                (
                    ref,
                    target.upn,
                    second_name or target.forename,
                    target.surname,
                    target.date_of_birth,
                    target.postcode,
                    target.phone,
                    "officer.a",
                )
            )
        )
    return ("\r\n".join(lines) + "\r\n").encode()


def follow(client, path, csv, target):
    """Every answer of one import, until it is over."""
    started = client.must("POST", path, csv, {"Content-Type": "text/csv", "Idempotency-Key": None})
    job = started.json["job"]
    for _ in range(2000):
        state = client.get(f"/v1/imports/{job}?from=0")
        if state.status != 200 or state.json["state"] not in ("waiting", "running"):
            break
    body = re.sub(rb'"rows_per_second":\d+', b"", state.body)
    return plain(started, target, True), IDENTIFIER.sub(b"", body)


def imports(register, hidden, children):
    """The same sheets about a hidden child and about nobody: tried, taken in, sent again, under other
    references, twice in one file. One child each way for each sequence, since a sheet leaves traces.
    """
    sequences = (
        [
            ("dry_run=true", ["R1"]),
            ("dry_run=false", ["R1"]),
            ("dry_run=false", ["R1"]),
            ("dry_run=false", ["R2"]),
        ],
        [("dry_run=false", ["R1", "R2"])],
        [("dry_run=true", ["R1", "R2"]), ("dry_run=true", ["R1"])],
        [
            ("dry_run=false", ["R1"]),
            ("dry_run=false", ["R2"]),
            ("dry_run=false", ["R3"]),
            ("dry_run=true", ["R4"]),
        ],
    )
    wrong = []
    client = register.sign_in("officer.b")
    for n, sequence in enumerate(sequences):
        answers, counts = [], []
        for target in (hidden[n % len(hidden)], children.nobody()):
            source, before = secrets.token_hex(4), register.asked_entries()
            answers.append(
                [
                    follow(
                        client,
                        f"/v1/imports?on=2026-11-02&source={source}&{dry}",
                        sheet(target, refs),
                        target,
                    )
                    for dry, refs in sequence
                ]
            )
            counts.append(register.asked_entries() - before)
        if answers[0] != answers[1]:
            wrong.append(f"imports, sequence {n}: hidden {answers[0]}\n  nobody {answers[1]}")
        if counts[0] != counts[1]:
            wrong.append(
                f"imports, sequence {n}: {counts[0]} entries about the hidden child, {counts[1]} about nobody"
            )
    return wrong


# ---- the tick ----


def on_tick(ask):
    """Generic answers leave on the 50 ms grid of the clock; ask(n) asks for the n-th."""
    phases = []
    for n in range(60):
        answer = ask(n)
        phases.append((answer.sent + answer.seconds) % auc.TICK)
    on_time = sum(phase < auc.TICK / 2 for phase in phases)
    return (
        []
        if on_time >= 54
        else [f"tick: only {on_time} of 60 generic answers left in the first half of a tick"]
    )


def tick(register, hidden):
    """Whoever is asked for."""
    client, nobody = register.sign_in("officer.b"), Nobody(hidden[0], secrets.token_hex(16))
    return on_tick(
        lambda n: client.request(
            *view("officer.b", hidden[0], n) if n % 2 else get("officer.b", nobody, n)
        )
    )


# ---- running ----


def recipient_make(register, role):
    """A body that two people agreed on, so that a disclosure gets as far as the child."""
    body = {
        "name": "Mari Mockbury",
        "role": role,
        "organisation": "Mockbury Council",
        "age_key": "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj",
    }
    made = register.sign_in("dpo").must("POST", "/v1/recipients", body).json
    register.sign_in("dpo.2").must("POST", f"/v1/recipients/{made['recipient']}/approvals")
    return made["recipient"]


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--pairs", type=int, default=100)
    parser.add_argument("--time", action="store_true")
    parser.add_argument("--time-pairs", type=int, default=2000)
    parser.add_argument("--guard-off")
    parser.add_argument("--list", action="store_true")
    return parser.parse_args()


def one_class(register, name, hidden, children, options):
    if name == "imports":
        return imports(register, hidden[-4:], children)
    if name == "tick":
        return tick(register, hidden)
    pairs = Pairs(register, name, hidden[:4], children)
    wrong = pairs.bytes(options.pairs)
    wrong += pairs.entries()
    if options.time and name in TIMED:
        with alone():
            wrong += pairs.time(options.time_pairs)
    print(f"  {name}: {options.pairs} pairs {'differ' if wrong else 'are the same'}")
    return wrong


def main():
    options = read_arguments()
    names = options.only or [*CLASSES, "imports", "tick"]
    if options.list:
        print("\n".join([*CLASSES, "imports", "tick"]))
        return 0
    wrong = [f"no pairs for {route}" for route in uncovered()]
    with Register(guard_off=options.guard_off) as register:
        register.make()
        children = Children(register)
        for _ in range(6):
            children.make("none")
        hidden = [children.make("hidden") for _ in range(8)]
        if any(name.startswith("disclosure") for name in names):
            RECIPIENT["id"] = recipient_make(register, "other_la_officer")
        if any(name.startswith("its-") for name in names):
            police = recipient_make(register, "police_officer")
            hidden = [children.make_hidden_with_things(police) for _ in range(4)] + hidden[4:]
        if register.sign_in("lead").request(*view("social", hidden[0], 0)).status != 200:
            raise Failed("the circle does not see the hidden child: there is nothing to compare")
        register.take_guard_away()
        for name in names:
            wrong += one_class(register, name, hidden, children, options)
    for line in wrong[:20]:
        print("DIFFERS", line[:3000])
    print(f"paired: {len(names)} classes, {len(wrong)} differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
