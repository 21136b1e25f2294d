"""A policy is a folder that two people sign: exported, changed, signed, put in force, decided by.

  signed.py                     all, in one register
  signed.py --only two-sign     one
"""
import hashlib
import json
import os
import shutil
import sys

from browser import Browser
from checking import Checks, expect
from service import FIRST_PASSWORD, Failed

PEOPLE = ("officer.a", "lead", "deputy", "dpo", "dpo.2")
CHECKS = Checks()
check = CHECKS.add
ROLES = {"dpo": "data_protection_officer", "lead": "safeguarding_lead"}


class World:
    """A register, and a key for each of those who sign."""

    def __init__(self, register):
        self.register = register
        self.key = {}
        self.folders = 0

    def key_of(self, user):
        if user not in self.key:
            self.key[user] = self.register.enrol(user, f"signs-{user}")
        return self.key[user]

    def cnis(self, *arguments, good=True):
        """A verb as the safeguarding lead, who may put a policy in force."""
        done = self.register.run(
            self.register.cnis,
            *arguments,
            "--dir",
            self.register.dir,
            "--as",
            "lead",
            "--password-file",
            self.register.path("password"),
            check=False,
        )
        expect((done.returncode == 0) == good, f"{arguments}: {done.returncode} {done.stderr}")
        return done

    def folder(self):
        """The policy in force, as a folder of its own."""
        self.folders += 1
        path = self.register.path(f"policy-{self.folders}")
        self.cnis("policy", "export", path)
        return path

    def changed(self, day="2027-06-02"):
        """Another policy that shows nobody anything else: one rule is looked at again on another day."""
        path = self.folder()
        edit(path, "rules/G-01.json", lambda rule: rule.update(review_by=day))
        return path

    def sign(self, path, user, *more, good=True, role=None):
        arguments = ("--key", self.key_of(user), "--role", role or ROLES[user])
        return self.cnis("policy", "sign", path, *arguments, *more, good=good)

    def signed(self, path):
        self.sign(path, "dpo", "--new")
        self.sign(path, "lead")
        return path

    def send(self, path, dry=False, user="lead"):
        """The folder as it is, whatever is wrong with it."""
        return self.register.sign_in(user).request(
            "POST",
            "/v1/policy/activations" + ("?dry_run=true" if dry else ""),
            text_of(path).encode(),
            {"Content-Type": "text/plain"},
        )

    def by(self, user):
        return self.register.sign_in(user)

    def page(self, user, lang, path):
        """The page of the rules, with the form that calls one off, if it has one."""
        browser = Browser(self.register.address, lang)
        browser.sign_in(user, self.register.password)
        page = browser.get(path)
        off = [form for form in page.read.forms if form.action.startswith(path + "/")]
        page.browser, page.off = browser, off[0] if off else None
        return page

    def state(self):
        return self.register.sign_in("officer.a").must("GET", "/v1/policy").json


def edit(path, name, change):
    file = os.path.join(path, name)
    with open(file, encoding="utf-8") as rule:
        said = json.load(rule)
    change(said)
    with open(file, "w", encoding="utf-8") as rule:
        json.dump(said, rule, ensure_ascii=False)


def read(path, name):
    try:
        with open(os.path.join(path, name), encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def names(path):
    found = [
        os.path.relpath(os.path.join(folder, file), path)
        for folder, _, files in os.walk(path)
        for file in files
    ]
    return sorted(set(found) - {"manifest", "signatures"})


def part(name, text):
    return f"{name} {len(text.encode())}\n{text}"


def text_of(path, manifest=None):
    """As policy/pack.h has it, written here once more so that two have to agree on it."""
    parts = [
        part("manifest", manifest or read(path, "manifest")),
        part("signatures", read(path, "signatures")),
        *(part(name, read(path, name)) for name in names(path)),
    ]
    return "cnis-policy/v1\n" + "".join(parts)


def manifest_of(path):
    return "".join(
        f"{hashlib.sha256(read(path, name).encode()).hexdigest()}  {name}\n" for name in names(path)
    )


def refused(answer, *words):
    said = answer.json.get("detail", "") if answer.status == 409 else ""
    expect(any(word in said for word in words), f"not refused, or in other words: {answer}")


# ---- two people ----


@check
def two_sign(world):
    path = world.changed()
    world.sign(path, "dpo", "--new")
    refused(world.send(path, dry=True), "Two people have to sign")


@check
def no_more_of_a_shielded_child(world):
    """Whatever is signed: the rule that keeps places behind a shield stays."""
    path = world.folder()
    os.remove(os.path.join(path, "rules/F-05.json"))
    with open(os.path.join(path, "manifest"), "w", encoding="utf-8") as file:
        file.write(manifest_of(path))
    refused(world.send(path, dry=True), "show more of a child who is shielded")
    expect(world.register.sign_in("lead").must("GET", "/v1/policy").json["next"] is None, "it waits")


@check
def rules_on_disk(world):
    """Who has the disk puts rules there that hold together, and are not the ones in force."""
    register = world.register
    path = world.changed("2027-06-03")
    kept = os.path.join(register.path("register", "policy"), world.state()["version"])
    shutil.copy(kept, kept + ".kept")
    register.end("serve")
    register.tokens = {}
    with open(kept, "w", encoding="utf-8") as file:
        file.write(text_of(path, manifest_of(path)))
    try:
        register.serve()
    except Failed as error:
        expect("policy in the register's folder is not the one" in str(error), str(error)[-400:])
        started = False
    else:
        started = True
        register.end("serve")
    os.replace(kept + ".kept", kept)
    register.serve()
    expect(not started, "a register starts with rules that nobody put in force")


@check
def two_names_of_one_person(world):
    """Whoever has both roles in two accounts signs alone."""
    register, user = world.register, "dpo.3"
    asked = {"user": user, "name": "Aelod Lead", "password": FIRST_PASSWORD}
    asked["roles"] = ["data_protection_officer"]
    made = world.by("administrator").must("POST", "/v1/users", asked)
    world.by("dpo").must("POST", f"/v1/users/{user}/approvals", {})
    register.choose_password(user)
    register.staff[user] = made.json["id"]
    path = world.changed("2027-06-05")
    world.sign(path, user, "--new", role="data_protection_officer")
    world.sign(path, "lead")
    refused(world.send(path, dry=True), "The same person signed")


def told(world, user):
    return world.register.sign_in(user).must("GET", "/v1/policy").json["calling_off"]


@check
def called_off_by_two(world):
    """What two people tightened, nobody undoes alone."""
    before = world.state()
    path = world.folder()
    edit(path, "rules/G-03.json", lambda rule: rule["fields"].remove("eotas"))
    waits = json.loads(world.cnis("policy", "activate", world.signed(path), "--json").stdout)
    at = "/v1/policy/activations/" + waits["version"]
    expect(told(world, "lead") == {"takes_two": True, "asked_by": None, "may_decide": True}, "told")
    first = world.by("lead").request("DELETE", at)
    expect(first.status != 200, "one person has called it off")
    expect(first.status == 202 and "second person" in first.json["detail"], f"{first}")
    expect(world.state()["next"] == waits["version"], "it does not wait any more")
    expect(told(world, "lead")["may_decide"] is False, "its asker is asked again")
    expect(told(world, "dpo")["asked_by"] is not None, "nobody is named")
    expect(told(world, "officer.a")["asked_by"] is None, "named to somebody who cannot agree")
    expect(world.by("lead").request("DELETE", at).status == 409, "one person is two")
    page = world.page("dpo", "cy", "/cy/polisi")
    done = page.browser.submit(page.off)
    expect(done.status == 200 and "Galwyd y polisi yn ôl" in done.text, f"two cannot: {done.text}")
    now = world.state()
    expect((now["version"], now["next"]) == (before["version"], None), f"{now}")
    expect(now["calling_off"] is None and now["number"] == before["number"] + 1, f"{now}")


@check
def called_off(world):
    """One person calls off what would withhold nothing; what was signed for it has served."""
    before = world.state()
    there = world.signed(world.changed("2027-09-09"))
    world.cnis("policy", "call-off", good=False)
    world.cnis("policy", "activate", there)
    waits = world.state()["next"]
    at = "/v1/policy/activations/"
    for user, version, status in (
        ("officer.a", waits, 403),
        ("dpo", "0" * 64, 409),
        ("dpo", before["version"], 409),
    ):
        answer = world.by(user).request("DELETE", at + version)
        expect(answer.status == status, f"{user}: {answer}")
    expect(told(world, "officer.a")["may_decide"] is False, "an officer could")
    expect(waits in world.cnis("policy", "call-off", "--dry-run").stdout, "not told what waits")
    expect(world.state()["next"] == waits, "a trial has called it off")
    expect(world.page("officer.a", "en", "/en/policy").off is None, "an officer has the button")
    entries = world.register.entries()
    world.cnis("policy", "call-off")
    expect(world.register.entries() > entries, "no entry")
    expect(world.by("dpo").request("DELETE", at + waits).status == 409, "twice")
    refused(world.send(there), "A signature serves once")
    world.register.restart()
    now = world.state()
    expect((now["version"], now["next"]) == (before["version"], None), f"{now}")
    expect([one["name"] for one in now["signed"]] == [one["name"] for one in before["signed"]], "who")
    refused(world.send(there), "A signature serves once")
    again = world.signed(world.changed("2027-10-10"))
    tried = world.send(again, dry=True)
    expect(tried.status == 200, f"nothing can be signed any more: {tried}")


# ---- what is not put in force ----


@check
def hostile_folders(world):
    path = world.signed(world.changed())
    manifest = read(path, "manifest")
    lines = manifest.splitlines(keepends=True)
    for wrong in (
        manifest + lines[0],
        lines[0] + manifest,
        "".join(lines[1:]),
        "".join(reversed(lines)),
        manifest.replace(lines[3][:64], "0" * 64),
        manifest.replace("rules/G-01.json", "rules/../01.json"),
        manifest.upper(),
        "",
    ):
        text = text_of(path, wrong or " ")
        answer = world.register.sign_in("lead").request(
            "POST", "/v1/policy/activations", text.encode(), {"Content-Type": "text/plain"}
        )
        refused(answer, "This policy is not acceptable")
    open(os.path.join(path, "rules", "beside.json"), "w", encoding="utf-8").close()
    world.cnis("policy", "activate", path, good=False)
    refused(world.send(path), "This policy is not acceptable")
    os.remove(os.path.join(path, "rules", "beside.json"))
    os.rename(os.path.join(path, "rules/G-01.json"), os.path.join(path, "G-01"))
    os.symlink("../G-01", os.path.join(path, "rules/G-01.json"))
    world.cnis("policy", "activate", path, good=False)


@check
def wrong_signatures(world):
    register, path = world.register, world.changed()
    stranger = register.path("stranger.key")
    register.run(register.cnis, "sign", "--key", stranger, "--new", "--json")
    world.sign(path, "dpo", "--new")
    world.sign(path, "dpo", good=False)  # a role signs once
    signatures = read(path, "signatures")

    def with_signatures(text):
        with open(os.path.join(path, "signatures"), "w", encoding="utf-8") as file:
            file.write(text)
        return world.send(path, dry=True)

    swapped = signatures.replace("data_protection_officer", "safeguarding_lead")
    refused(with_signatures(signatures + swapped), "does not hold for this policy")
    refused(with_signatures(signatures + signatures), "Two people have to sign")
    refused(with_signatures(signatures * 3), "file of signatures")
    with_signatures(signatures)
    world.cnis("policy", "sign", path, "--key", stranger, "--role", "safeguarding_lead")
    refused(world.send(path, dry=True), "not an enrolled key")
    with_signatures(signatures)
    world.sign(path, "deputy", role="safeguarding_lead")
    held = world.send(path, dry=True)
    expect(held.status == 200, f"the other lead's signature does not count: {held}")
    other = world.changed("2027-06-04")
    shutil.copy(os.path.join(path, "signatures"), os.path.join(other, "signatures"))
    with open(os.path.join(other, "manifest"), "w", encoding="utf-8") as file:
        file.write(manifest_of(other))
    refused(world.send(other, dry=True), "does not hold for this policy")
    with_signatures(signatures)
    world.cnis(
        "policy", "sign", path, "--key", world.key_of("dpo.2"), "--role", "safeguarding_lead"
    )
    refused(world.send(path, dry=True), "does not hold that role")


@check
def only_those_who_may(world):
    path = world.signed(world.changed())
    answer = world.send(path, user="officer.a")
    expect(answer.status == 403, f"an officer puts a policy in force: {answer}")


# ---- from the folder to the next start ----


@check
def in_force_from_the_next_start(world):
    register = world.register
    before = world.state()
    path = world.signed(world.changed())
    entries = register.entries()
    tried = world.send(path, dry=True)
    expect(tried.status == 200 and tried.json["changed"] == ["rules/G-01.json"], f"{tried}")
    expect(world.state() == before, "a trial has changed something")
    done = json.loads(world.cnis("policy", "activate", path, "--json").stdout)
    expect(register.entries() > entries + 1, "no entries")
    expect(done["replaces"] == before["version"], f"{done}")
    waits = world.state()
    expect((waits["version"], waits["next"]) == (before["version"], done["version"]), f"{waits}")
    refused(world.send(path), "already waits")
    register.restart()
    now = world.state()
    expect(now["version"] == done["version"] and not now["builtin"], f"{now}")
    expect([one["role"] for one in now["signed"]] == list(ROLES.values()), f"{now}")
    manifest = hashlib.sha256(read(path, "manifest").encode()).hexdigest()
    expect(now["version"] == manifest, "the version is not the digest of the manifest")
    refused(world.send(path), "in force already")
    again = world.folder()
    for name in ("manifest", *names(path)):
        expect(read(again, name) == read(path, name), f"{name} is exported otherwise")


@check
def a_signature_serves_once(world):
    """There and back again: what was signed for the way there is no word for going there once more."""
    first = world.folder()
    there = world.signed(world.changed("2027-08-08"))
    world.cnis("policy", "activate", there)
    world.register.restart()
    world.cnis("policy", "activate", world.signed(first))
    world.register.restart()
    refused(world.send(there), "A signature serves once")
    bad = world.register.sign_in("lead").request(
        "POST", "/v1/policy/activations", b"x", {"Content-Type": "text/plain"}
    )
    expect(bad.status == 400, f"no text of a policy: {bad}")


if __name__ == "__main__":
    sys.exit(CHECKS.main("signed", __doc__, PEOPLE, World))
