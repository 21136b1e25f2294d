"""What a person does through the API they can do at a shell: the verbs of cli/verb_ask.c.

  verbs.py                   all, in one register
  verbs.py --only approvals  one
"""
import json
import os
import sys

from checking import Checks, expect
from children import MAINTENANCE, Children, ask, weighed
from service import FIRST_PASSWORD

PEOPLE = ("officer.a", "officer.b", "lead", "deputy", "head", "dpo", "dpo.2")
KEY = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
CHECKS = Checks()
check = CHECKS.add


class World:
    def __init__(self, register):
        self.register, self.children = register, Children(register)
        self.words = self.file("words", "Angen gweithiwr yn y cylch.\n")

    def file(self, name, text):
        path = self.register.path(name)
        with open(path, "w", encoding="utf-8", opener=lambda at, how: os.open(at, how, 0o600)) as file:
            file.write(text)
        return path

    def as_(self, user, verb, *arguments, code=0, lang="en", text=None):
        """What the verb says."""
        register = self.register
        done = register.run(
            register.cnis,
            *verb.split(),
            *arguments,
            *["--dir", register.dir, "--as", user, "--lang", lang],
            *["--password-file", register.path("password")],
            text=text,
            check=False,
        )
        expect(done.returncode == code, f"{verb}: {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def json(self, user, verb, *arguments):
        return json.loads(self.as_(user, verb, *arguments, "--json"))

    def police(self):
        """A recipient whom two people agreed to, the second at a shell."""
        body = {"name": "PC 1", "organisation": "Heddlu Enghraifft", "role": "police_officer", "age_key": KEY}
        made = self.register.sign_in("dpo").must("POST", "/v1/recipients", body).json["recipient"]
        self.as_("dpo.2", "approval give", made)
        return made


# ---- one thing after the other ----


@check
def approvals(world):
    """Two people let a worker into a circle; neither the first nor somebody else is the second."""
    child = world.children.make("hidden")
    asked = ["--officer", "officer.b", "--words", world.words]
    tried = world.as_("lead", "worker propose", child.id, *asked, "--dry-run")
    expect("/v1/named-workers" in tried and "Angen" not in tried, tried)
    expect(world.as_("lead", "worker list", child.id) == "There is nothing.\n", "a trial proposes")
    told = world.as_("lead", "worker propose", child.id, *asked)
    expect("Done." in told and "second person" in told, told)
    worker = world.json("lead", "worker list", child.id)["named_workers"][0]["id"]
    world.as_("lead", "approval give", worker, code=66)
    world.as_("officer.a", "approval give", worker, code=66)
    waits = world.as_("deputy", "approval list", lang="cy")
    expect(worker in waits and "named_worker" in waits and child.surname not in waits, waits)
    world.as_("deputy", "approval give", worker, "--dry-run")
    expect(worker in world.as_("deputy", "approval list"), "a trial agrees")
    world.as_("deputy", "approval give", worker)
    expect(worker in world.as_("lead", "worker list", child.id), "nobody is named")
    expect("There is nothing" in world.as_("deputy", "approval list"), "it waits still")
    world.as_("lead", "worker end", worker)
    expect("There is nothing" in world.as_("lead", "worker list", child.id), "not ended")
    world.as_("lead", "worker propose", child.id, *asked[:3], "-", text="Eto.")
    again = world.json("lead", "worker list", child.id)["named_workers"][0]
    expect(again["reason"] == "Eto.", f"{again}")
    world.as_("deputy", "approval refuse", again["id"])
    expect("There is nothing" in world.as_("lead", "worker list", child.id), "agreed to by a no")


@check
def recall(world):
    """A relation at a shell, a disclosure recalled, its receiver's notice told of."""
    child, police = world.children.make("none"), world.police()
    asked = ["--recipient", police, "--relation", "named_case", "--words", world.words]
    world.as_("officer.a", "relation add", child.id, *asked, code=77)
    world.as_("lead", "relation add", child.id, *asked)
    waits = world.json("deputy", "approval list")["approvals"]
    relation = next(one["id"] for one in waits if one.get("entry") == child.id)
    world.as_("deputy", "approval give", relation)
    listed = world.as_("lead", "relation list", child.id)
    expect(relation in listed and "named_case" in listed and "Heddlu" in listed, listed)
    world.as_("officer.a", "relation list", child.id, code=77)
    sent = world.children.send(child.id, police)["disclosure"]
    world.as_("officer.a", "disclosure recall", sent, code=64)
    world.as_("officer.a", "disclosure recall", sent, "--reason", "boredom", code=65)
    told = world.as_("officer.a", "disclosure recall", sent, "--reason", "sent_in_error")
    expect("Done." in told, told)
    owed = world.json("officer.a", "stop list")["notices"]
    notice = next(one["notice"] for one in owed if one["disclosure"] == sent)
    expect("Heddlu Enghraifft" in world.as_("officer.a", "stop list"), "not whom")
    world.as_("officer.a", "stop told", notice)
    expect(notice not in world.as_("officer.a", "stop list"), "owed still")
    world.as_("lead", "relation end", relation, "--dry-run")
    world.as_("lead", "relation end", relation)
    expect("There is nothing" in world.as_("lead", "relation list", child.id), "not ended")
    body = {**ask("missing_child", ["child_name"], "statutory_power"), **weighed(["child_name"])}
    body = {**body, "id": child.id, "recipient": police}
    told = world.register.sign_in("officer.a").post("/v1/disclosures", body)
    expect(told.status == 404, f"it counts after its end: {told}")


@check
def notices(world):
    """A review after breaking the glass takes words, and another person."""
    child = world.children.make("hidden")
    notice = world.children.break_glass(child.id)
    expect(notice in world.as_("deputy", "notice list"), "not told")
    world.as_("deputy", "notice answer", notice, code=65)
    world.as_("deputy", "notice answer", notice, "--words", world.words)
    told = world.json("deputy", "notice list")["notices"]
    expect([one["state"] for one in told if one["notice"] == notice] != ["waiting"], f"{told}")


@check
def budgets(world):
    """Raised by another person, with a reason, and never one's own."""
    child = world.children.make("none")
    asked = {**MAINTENANCE, "fields": ["child_name"]}
    world.register.sign_in("officer.a").must("POST", f"/v1/entries/{child.id}/views", asked)
    expect("register_maintenance" in world.as_("officer.a", "budget list"), "not one's own")
    more = ["--purpose", "register_maintenance", "--window", "day", "--more", "7"]
    asked = ["--user", "officer.a", *more, "--words", world.words]
    world.as_("officer.a", "budget raise", *asked, code=77)
    world.as_("dpo", "budget raise", *asked, "--dry-run")
    world.as_("dpo", "budget raise", *asked)
    raised = world.json("dpo", "budget list")["raises"]
    expect([(one["more"], one["reason"]) for one in raised] == [(7, "Angen gweithiwr yn y cylch.")], f"{raised}")


@check
def second_account(world):
    """Who adds an account says whose second one it is."""
    first = world.file("first", FIRST_PASSWORD + "\n")
    more = ["--roles", "safeguarding_lead", "--new-password-file", first, "--name", "Ail Gyfrif"]
    world.as_("administrator", "user add", "ail.gyfrif", *more, "--person", "lead")
    waits = world.json("dpo", "approval list")["approvals"]
    account = next(one["id"] for one in waits if one.get("user") == "ail.gyfrif")
    world.as_("dpo", "approval give", account)
    world.register.choose_password("ail.gyfrif")
    child = world.children.make("hidden")
    worker = world.children.name(child.id, "officer.b")
    path = f"/v1/named-workers/{worker}/approvals"
    own = world.register.sign_in("ail.gyfrif").post(path, {"approve": True})
    expect(own.status == 409, f"with a second account of one person: {own}")


if __name__ == "__main__":
    sys.exit(CHECKS.main("verbs", __doc__, PEOPLE, World))
