"""kill -9 in the middle of mixed load, again and again: nothing acknowledged is lost, nothing was
answered without its entry, and every file is whole.

  kill.py --rounds 100 --seed 1

Eight clients keep a journal of what they were told. A change is one child's own counter, written by one
client, so that what stands there after a kill must be the last one acknowledged or the one in flight.
"""
import argparse
import http.client
import json
import random
import signal
import sys
import threading
import time

from children import MAINTENANCE, Children, ask
from service import STAFF, Failed, Register

CLIENTS = 8
CHILDREN = 30
CREATED_A_ROUND = 3
NOTES = ["circumstances_narrative"]
AWAY = (OSError, http.client.HTTPException)


class Journal:
    """What was acknowledged, under one lock."""

    def __init__(self):
        self.lock = threading.Lock()
        self.created, self.entries, self.answers, self.of_first = {}, 0, 0, 0
        self.acknowledged, self.sent = {}, {}

    def answered(self, entries, child=None, first=None):
        with self.lock:
            self.answers += 1
            self.entries += entries
            if child is not None and child == first:
                self.of_first += 1


class Client:
    """One client's load in one round."""

    def __init__(self, run, number):
        self.run, self.number = run, number
        self.http = run.register.sign_in("officer.a").fresh()
        self.draw = random.Random(run.draw.random())
        self.mine = run.children[number::CLIENTS]

    def view(self):
        child = self.draw.choice(self.mine)
        seen = self.http.post(
            f"/v1/entries/{child.id}/views", ask("register_maintenance", ["child_name"])
        )
        if seen.status != 200 or child.forename.encode() not in seen.body:
            raise Failed(f"a view: {seen}")
        self.run.journal.answered(1, child.id, self.run.children[0].id)

    def search(self):
        child = self.draw.choice(self.run.children)
        found = self.http.post("/v1/searches", {**MAINTENANCE, "upn": child.upn})
        if found.status != 200 or child.id.encode() not in found.body:
            raise Failed(f"a search: {found}")
        self.run.journal.answered(1 + len(found.json["hits"]))

    def create(self):
        person = self.run.maker.nobody()
        made = self.http.post("/v1/entries", {**MAINTENANCE, "values": person.values()})
        if made.status != 201:
            raise Failed(f"a creation: {made}")
        with self.run.journal.lock:
            self.run.journal.created[made.json["entry"]] = person
        self.run.journal.answered(1)

    def change(self):
        child, journal = self.draw.choice(self.mine), self.run.journal
        asked = ask("register_maintenance", ["child_name"])
        tag = self.http.must("POST", f"/v1/entries/{child.id}/views", asked).header("ETag")
        journal.answered(1, child.id, self.run.children[0].id)
        count = journal.sent[child.id] = journal.sent.get(child.id, 0) + 1
        done = self.http.request(
            "PATCH",
            f"/v1/entries/{child.id}",
            {**asked, "values": {"known_as": f"Rhif {count}"}},
            {"If-Match": tag},
        )
        if done.status == 412:  # the change in flight at the last kill had been made
            return
        if done.status != 200:
            raise Failed(f"a change: {done}")
        journal.acknowledged[child.id] = count
        journal.answered(1, child.id, self.run.children[0].id)

    def load(self, until, failures):
        created = 0
        try:
            while not until.is_set():
                act = self.draw.choice(
                    (self.view, self.view, self.search, self.change, self.create)
                )
                if act == self.create:
                    created += 1
                    if self.number >= CREATED_A_ROUND or created > 1:
                        continue
                act()
        except AWAY:
            return  # that is the kill
        except Failed as error:
            failures.append(str(error))


class Run:
    def __init__(self, register, draw):
        self.register, self.draw = register, draw
        self.maker = Children(register, draw.random())
        self.children = [self.maker.make("unknown") for _ in range(CHILDREN)]
        self.maker.decide([child.id for child in self.children])
        self.journal = Journal()

    def round(self):
        """Load, kill; returns how many entries the log must have at least."""
        self.register.sign_in("officer.a")
        before, told = self.register.entries(), self.journal.entries
        until, failures = threading.Event(), []
        threads = [
            threading.Thread(target=Client(self, n).load, args=(until, failures))
            for n in range(CLIENTS)
        ]
        for thread in threads:
            thread.start()
        time.sleep(self.draw.uniform(0.02, 0.4))
        self.register.end("serve", signal.SIGKILL)
        until.set()
        for thread in threads:
            thread.join()
        self.register.tokens = {}
        if failures:
            raise Failed(failures[0])
        return before + self.journal.entries - told

    def fsck(self):
        done = self.register.run(
            self.register.cnis, "audit", "fsck", "--dir", self.register.dir, "--json", check=False
        )
        if done.returncode != 0 or not json.loads(done.stdout).get("whole"):
            raise Failed(f"fsck: exit {done.returncode} {done.stdout}{done.stderr[-500:]}")

    def verify(self, entries):
        """After the start that follows a kill."""
        size = self.register.entries()
        if size < entries:
            raise Failed(f"{entries} entries belong to what was answered, the log has {size}")
        client = self.register.sign_in("officer.a")
        for entry, person in self.journal.created.items():
            seen = client.post(
                f"/v1/entries/{entry}/views", ask("register_maintenance", ["child_name"])
            )
            if seen.status != 200 or person.surname.encode() not in seen.body:
                raise Failed(f"an acknowledged creation is gone: {seen}")
        self.journal.created.clear()
        for child in self.draw.sample(self.children, 8):
            self.verify_change(client, child)

    def verify_change(self, client, child):
        seen = client.must(
            "POST", f"/v1/entries/{child.id}/views", ask("register_maintenance", ["child_name"])
        )
        count = max(
            [
                int(value["value"].split()[1])
                for value in seen.json["fields"]["child_name"]["values"]
                if value["field"] == "known_as"
            ],
            default=0,
        )
        least, most = self.journal.acknowledged.get(child.id, 0), self.journal.sent.get(child.id, 0)
        if not least <= count <= most:
            raise Failed(
                f"change {least} was acknowledged, {most} sent, and the record has {count}"
            )

    def access_log(self):
        """Entries of one child against what its clients were told."""
        lead, found, cursor = self.register.sign_in("lead"), 0, ""
        first = self.children[0].id
        while cursor is not None:
            page = lead.must(
                "GET", f"/v1/entries/{first}/access-log" + (f"?cursor={cursor}" if cursor else "")
            ).json
            found += sum(
                entry["core"]["action"] in ("entry_view", "entry_change")
                for entry in page["entries"]
            )
            cursor = page.get("cursor")
        if found < self.journal.of_first:
            raise Failed(
                f"{self.journal.of_first} answers about one child, {found} entries in its access log"
            )
        return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--guard-off")
    parser.add_argument("--like")
    options = parser.parse_args()
    print(f"  seed {options.seed}")
    with Register(guard_off=options.guard_off) as register:
        if options.like:
            register.take(options.like)
        else:
            register.make({user: STAFF[user] for user in ("officer.a", "lead")})
        register.make_room("officer.a")
        run = Run(register, random.Random(options.seed))
        register.take_guard_away()
        for number in range(options.rounds):
            try:
                entries = run.round()
                if number % 10 == 0:
                    run.fsck()
                register.serve()
                run.verify(entries)
            except (Failed, *AWAY) as error:  # away while no kill is near: it died by itself
                print(f"FAILED in round {number}: {error!r}")
                return 1
        found = run.access_log()
        register.end("serve")
        run.fsck()
        print(
            f"kill: {options.rounds} kills, {run.journal.answers} answers, none without its entry, nothing acknowledged lost "
            f"({found} entries of one child against {run.journal.of_first} answers)"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
