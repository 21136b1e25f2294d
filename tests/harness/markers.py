"""Every route, by every role outside the circle, in both languages, and every verb: none may show a
marker of a hidden child, nor a locating or safety marker of a protected one. Then every file.

  markers.py                  all
  markers.py --only /v1/searches --quick

The routes are those of the contract, the verbs those of verbs.def: one without a walk fails here.
"""
import argparse
import json
import subprocess
import sys
import threading
import time

import contract
from asking import OUTSIDE
from children import MAINTENANCE, Children, ask
from planted import Finder, Marked, search_files
from service import Failed, Register
from walks import WALKS, sheet_of, verb_calls

LANGUAGES = ("cy", "en")
THREADS = 8


class World:
    """The register under test, the two marked children, and what may be shown of whom."""

    def __init__(self, register):
        self.register = register
        self.children = Children(register)
        self.hidden, self.protected = Marked("Qxh", 0), Marked("Qxp", 5)
        self.others = [
            self.children.make(level)
            for level in ("none", "unknown", "contact_protected", "hidden")
        ]
        self.plant(self.hidden, "hidden")
        self.plant(self.protected, "contact_protected")
        self.marked = (self.hidden, self.protected)
        self.forbidden = Finder(self.hidden.all() | self.protected.sheltered())

    def plant(self, marked, level):
        body = {**MAINTENANCE, "values": marked.values, "source": marked.source, "ref": marked.ref}
        marked.id = (
            self.register.sign_in("officer.a").must("POST", "/v1/entries", body).json["entry"]
        )
        for officer, purpose in (
            ("support", "support_provision"),
            ("attendance", "school_attendance_order"),
            ("aln", "support_provision"),
            ("officer.b", "register_maintenance"),
        ):
            self.register.sign_in("head").must(
                "POST",
                "/v1/assignments",
                {"id": marked.id, "officer": officer, "relation": "assigned", "purpose": purpose},
            )
        self.children.protect(marked.id, level, marked.reason)
        self.plant_in_blob(marked)

    def plant_in_blob(self, marked):
        """What lives only with the custodian goes in blind, four values at a time."""
        lead = self.register.sign_in("lead")
        values = {
            name: texts if len(texts) > 1 else texts[0] for name, texts in marked.blob.items()
        }
        for name in ("alleged_abuser", "safe_contact_plan"):
            asked = ask("safeguarding_enquiry", ["child_name"])
            seen = lead.must("POST", f"/v1/entries/{marked.id}/views", asked)
            lead.request(
                "PATCH",
                f"/v1/entries/{marked.id}",
                {**asked, "values": {name: values[name]}},
                {"If-Match": seen.header("ETag")},
            )

    def circle_sees(self):
        """How many markers of the hidden child the safeguarding lead is shown: the walk could see them."""
        seen = self.register.sign_in("lead").request(
            "POST",
            f"/v1/entries/{self.hidden.id}/views",
            ask("safeguarding_enquiry", contract.words("fields")),
        )
        return len(Finder(self.hidden.all()).find(seen.body))


# ---- walking ----


class Walk:
    """All requests of some routes, over several connections, and what they showed that they must not."""

    def __init__(self, world, routes):
        self.world, self.wrong, self.count, self.answered, self.lock = (
            world,
            [],
            0,
            {},
            threading.Lock(),
        )
        self.todo = [
            (route, user, lang, request)
            for route in routes
            for user in [*OUTSIDE, None]
            for lang in LANGUAGES
            for request in WALKS[route](world, user or "officer.b")
        ]

    def look(self, name, sent, answer):
        shown = self.world.forbidden.find(answer.body) | self.world.forbidden.find(
            repr(answer.headers).encode()
        )
        wrong = [f"{name}: shows {sorted(shown)}"] if shown else []
        if self.world.hidden.id not in sent and self.world.hidden.id.encode() in answer.body:
            wrong.append(f"{name}: names the hidden child's id")
        with self.lock:
            self.wrong += wrong
            self.count += 1
            self.answered[answer.status] = self.answered.get(answer.status, 0) + 1

    def one(self, clients, job):
        route, user, lang, (path, body, headers) = job
        admin = path in ("/readyz", "/metrics")
        key = ("admin" if admin else user, lang)
        if key not in clients:
            clients[key] = (
                self.world.register.admin()
                if admin
                else self.world.register.sign_in(user)
                if user
                else self.world.register.stranger()
            ).with_lang(lang)
        answer = clients[key].request(route.split(" ")[0], path, body, headers)
        sent = path + (json.dumps(body) if isinstance(body, dict) else "")
        self.look(f"{route} by {user} in {lang}", sent, answer)
        if route == "POST /v1/imports" and answer.status == 202:
            self.look(
                f"{route} by {user} in {lang}, its report", "", follow_job(clients[key], answer)
            )

    def work(self, share):
        clients = {}
        try:
            for job in share:
                self.one(clients, job)
        except Exception as error:  # a thread's failure is the walk's failure
            with self.lock:
                self.wrong.append(f"walk broke off: {error!r}")

    def run(self):
        for user in OUTSIDE:
            self.world.register.sign_in(user)
        threads = [
            threading.Thread(target=self.work, args=(self.todo[n::THREADS],))
            for n in range(THREADS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self.wrong


IMPORT_SECONDS = 120  # of a loaded machine; it usually takes one


def follow_job(client, started):
    end = time.monotonic() + IMPORT_SECONDS
    while time.monotonic() < end:
        state = client.get(f"/v1/imports/{started.json['job']}?from=0")
        if state.json.get("state") not in ("waiting", "running"):
            return state
        time.sleep(0.05)
    raise Failed("an import does not end")


def end_sessions(world):
    wrong = []
    for user in OUTSIDE:
        answer = world.register.sign_in(user).request("DELETE", "/v1/sessions/current")
        if world.forbidden.find(answer.body):
            wrong.append(f"DELETE /v1/sessions/current by {user} shows a marker")
    world.register.tokens = {}
    return wrong


# ---- verbs ----


def walk_verbs(world):
    register, wrong = world.register, []
    calls = verb_calls(register)
    wrong += [f"no walk for the verb {verb}" for verb in sorted(set(contract.verbs()) ^ set(calls))]
    with open(register.path("hidden.csv"), "wb") as file:
        file.write(sheet_of(world.hidden))
    for verb, lines in calls.items():
        for lang in LANGUAGES:
            for line in lines:
                done = subprocess.run(
                    [register.cnis, *line, "--lang", lang],
                    capture_output=True,
                    check=False,
                    stdin=subprocess.DEVNULL,
                    env=register.environment,
                    timeout=120,
                )
                shown = world.forbidden.find(done.stdout + done.stderr)
                if shown or done.returncode < 0:
                    wrong.append(
                        f"cnis {verb} in {lang}: exit {done.returncode}, shows {sorted(shown)}"
                    )
    subprocess.run(
        ["rm", register.path("hidden.csv")], check=True
    )  # ours, and no part of the register
    return wrong


# ---- files ----


def walk_files(world, when):
    texts = {text for child in world.others for text in child.secrets()}
    finder = Finder(world.hidden.all() | world.protected.all() | texts)
    if finder.find(b"\0" + world.hidden.reason.upper().encode() + b"\0") != {world.hidden.reason}:
        raise Failed("the search does not find what is there")
    hits, count, size = search_files(world.register.dir, finder)
    print(f"  files, {when}: {count} files, {size} bytes, {len(hits)} with something in clear")
    return [f"{name} holds {found[:5]}" for name, found in hits]


# ---- running ----


def missing():
    told = {f"{method} {path}" for method, path in contract.routes()}
    return [f"no walk for the route {route}" for route in sorted(told - set(WALKS))] + [
        f"a walk for {route}, which is no route" for route in sorted(set(WALKS) - told)
    ]


def run(world, options):
    routes = [
        route for route in WALKS if not options.only or any(part in route for part in options.only)
    ]
    walk = Walk(world, routes)
    wrong = missing() + walk.run()
    seen = ", ".join(f"{count} of {status}" for status, count in sorted(walk.answered.items()))
    print(f"  routes: {len(routes)}, {walk.count} answers ({seen})")
    if not options.quick:
        wrong += walk_verbs(world)
        wrong += walk_files(world, "while it serves")
        wrong += end_sessions(world)
        world.register.stop()
        wrong += walk_files(world, "when it has ended")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--quick", action="store_true", help="routes alone")
    parser.add_argument("--guard-off")
    options = parser.parse_args()
    with Register(guard_off=options.guard_off) as register:
        world = World(register.make())
        if world.circle_sees() < 10:
            raise Failed("the safeguarding lead sees no markers: the walk would prove nothing")
        register.take_guard_away()
        wrong = run(world, options)
        for line in wrong[:30]:
            print("SHOWN", line[:600])
        print(
            f"markers: {len(world.hidden.all())} and {len(world.protected.all())} planted, {len(wrong)} found where they must not be"
        )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
