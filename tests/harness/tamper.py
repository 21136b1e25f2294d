"""Somebody with the files and no key changes them while nothing runs: the next start is refused, in
words of its own, and names the place. With everything put back it starts again.

  tamper.py                     every way
  tamper.py --only log-cut      one
"""
import argparse
import os
import re
import shutil
import sqlite3
import sys
import time

from children import Children, ask
from service import SOCKETS, STAFF, Failed, Register

DAMAGED = "A part of the store has been changed or damaged."
PUT_BACK = "An older file was put back, or the end of the log was cut off."
NO_KEY = "A key is missing, or it is not the key that sealed this."
WAYS = {}


def way(*words):
    """The words with which the start has to be refused."""

    def keep(function):
        WAYS[function.__name__.replace("_", "-")] = (function, words)
        return function

    return keep


def database(register, name):
    return register.path("register", name + ".db")


def flip(path, needle, at=0):
    """One byte of the file, where these bytes stand in it."""
    with open(path, "r+b") as file:
        data = file.read()
        place = data.index(needle) + at
        file.seek(place)
        file.write(bytes([data[place] ^ 1]))


def cell(path, query):
    db = sqlite3.connect(path)
    value = db.execute(query).fetchone()[0]
    db.close()
    return bytes(value) if not isinstance(value, str) else value.encode()


def change(path, *statements):
    """As somebody would who knows SQL; the triggers that stand in the way are theirs to drop."""
    db = sqlite3.connect(path)
    for (name,) in db.execute("select name from sqlite_master where type = 'trigger'").fetchall():
        db.execute(f"drop trigger {name}")
    for statement in statements:
        db.execute(statement)
    db.commit()
    db.close()


def flipped(name, query, at=8):
    def do(register, yesterday):
        flip(database(register, name), cell(database(register, name), query), at)

    return do


for _name, _query in {
    "byte-in-a-record": (
        "register",
        "select substr(body, 20001, 32) from entry order by row desc limit 1",
    ),
    "byte-in-the-shielded-part": (
        "register",
        "select substr(shielded, 65, 32) from entry order by row desc limit 1",
    ),
    "byte-in-a-seal": ("register", "select seal from entry order by row desc limit 1"),
    "byte-in-a-patch": (
        "register",
        "select substr(patches, 33, 32) from entry order by row desc limit 1",
    ),
    "byte-in-an-item": (
        "register",
        "select substr(body, 1, 32) from item order by row desc limit 1",
    ),
    "byte-in-the-own-row": ("register", "select mac from meta"),
    "byte-in-a-sum": ("register", "select substr(sealed, 1, 32) from sum limit 1"),
    "byte-in-a-leaf": (
        "audit",
        "select substr(commitments, 1, 32) from audit_leaf order by idx desc limit 1",
    ),
    "byte-in-the-root": ("audit", "select root from audit_state"),
}.items():
    WAYS[_name] = (flipped(*_query), (DAMAGED, PUT_BACK, NO_KEY))


@way(DAMAGED, NO_KEY)
def byte_in_a_key(register, yesterday):
    """Of a key that is in use; one of the spare ones is only thrown away."""
    used = cell(database(register, "register"), "select key from entry order by row desc limit 1")
    flip(
        database(register, "keys"),
        cell(database(register, "keys"), f"select wrapped from key where id = x'{used.hex()}'"),
        8,
    )


@way(DAMAGED)
def record_removed(register, yesterday):
    change(
        database(register, "register"), "delete from entry where row = (select max(row) from entry)"
    )


@way(DAMAGED)
def records_changed_about(register, yesterday):
    """The bytes of one child under the id of another."""
    change(
        database(register, "register"),
        "update entry set body = (select body from entry order by row limit 1) where row = (select max(row) from entry)",
    )


@way(DAMAGED, PUT_BACK)
def version_changed(register, yesterday):
    change(
        database(register, "register"),
        "update entry set version = version + 1 where row = (select max(row) from entry)",
    )


@way(DAMAGED)
def row_put_back(register, yesterday):
    """One child's row as it stood yesterday, whole and under its own seal."""
    old, new = database_of(yesterday, "register"), database(register, "register")
    db = sqlite3.connect(new)
    db.execute("attach ? as old", (old,))
    changed = db.execute(
        "select e.id from entry e join old.entry o on o.id = e.id where o.version < e.version limit 1"
    ).fetchone()
    if changed is None:
        raise Failed("no child has changed since yesterday")
    db.execute("delete from entry where id = ?", changed)
    db.execute("insert into entry select * from old.entry where id = ?", changed)
    db.commit()
    db.close()


@way(PUT_BACK, DAMAGED)
def log_cut(register, yesterday):
    """The last rows of the log are gone, and its state says so."""
    path = database(register, "audit")
    size = int(cell(path, "select cast(size as text) from audit_state"))
    change(
        path,
        f"delete from audit_leaf where idx >= {size - 3}",
        f"delete from audit_body where idx >= {size - 3}",
        f"update audit_state set size = {size - 3}",
    )


@way(PUT_BACK)
def log_of_yesterday(register, yesterday):
    shutil.copy(database_of(yesterday, "audit"), database(register, "audit"))


@way(PUT_BACK)
def records_of_yesterday(register, yesterday):
    shutil.copy(database_of(yesterday, "register"), database(register, "register"))


@way(PUT_BACK)
def all_of_yesterday(register, yesterday):
    """Three files that fit each other: only the custodian remembers."""
    for name in ("register", "audit", "keys"):
        shutil.copy(database_of(yesterday, name), database(register, name))


@way(NO_KEY)
def root_of_another(register, yesterday):
    path = register.path("root", "root.key")
    os.chmod(path, 0o600)
    with open(path, "wb") as file:
        file.write(bytes(range(32)))
    os.chmod(path, 0o400)


@way("root secret")
def root_missing(register, yesterday):
    os.remove(register.path("root", "root.key"))


def database_of(folder, name):
    return os.path.join(folder, "register", name + ".db")


def keep(register, folder):
    """The register's folders as they stand, the service being stopped."""
    shutil.rmtree(folder, ignore_errors=True)
    for part in ("register", "root"):
        shutil.copytree(register.path(part), os.path.join(folder, part), ignore=SOCKETS)


def put(register, folder):
    for part in ("register", "root"):
        shutil.rmtree(register.path(part))
        shutil.copytree(os.path.join(folder, part), register.path(part))


def prepare(register):
    """Two states a day apart: yesterday's, and today's with a child more, one changed and some views."""
    children = Children(register)
    first = [children.make(level) for level in ("none", "none", "contact_protected", "hidden")]
    register.end("serve")
    register.tokens = {}
    keep(register, register.path("yesterday"))
    register.serve()
    children.make("none")
    children.protect(first[1].id, "hidden")
    for _ in range(5):
        register.sign_in("officer.a").must(
            "POST", f"/v1/entries/{first[0].id}/views", ask("register_maintenance", ["child_name"])
        )
    head(register)
    register.end("serve")
    register.tokens = {}
    keep(register, register.path("today"))


def head(register):
    """Waits until the custodian has signed a head of all there is."""
    size = register.entries()
    for _ in range(200):
        time.sleep(0.1)
        told = register.sign_in("officer.a").get("/v1/audit/checkpoint")
        if told.status == 200 and int(told.body.split(b"\n")[1]) >= size:
            return
    raise Failed(f"no head of all entries: {told}")


def refused(register, words):
    """(what is wrong with the refusal or None, the place it names)."""
    try:
        register.serve()
    except Failed as error:
        said = str(error)
        if not any(word in said for word in words) or not place_of(said):
            return f"refused, but in other words, or without a place: {said[-600:]}", ""
        return None, place_of(said)
    register.end("serve")
    return "the start is not refused", ""


def key_ids(folder):
    return {row[0] for row in sqlite3.connect(database_of(folder, "keys")).execute("select id from key")}


def destroyed_stay_destroyed(register):
    """Yesterday's keys.db put back: the start may go on, but no key that was destroyed since is kept."""
    yesterday, today = register.path("yesterday"), register.path("today")
    put(register, today)
    gone = key_ids(yesterday) - key_ids(today)
    shutil.copy(database_of(yesterday, "keys"), database(register, "keys"))
    try:
        register.serve()
    except Failed as error:
        return None if place_of(str(error)) else str(error)[-300:]
    for _ in range(100):
        left = gone & key_ids(register.dir)
        if not left:
            break
        time.sleep(0.1)
    register.end("serve")
    register.tokens = {}
    return f"{len(left)} of {len(gone)} destroyed keys came back" if left or not gone else None


def place_of(said):
    """What the refusal names as the place."""
    found = re.search(r'"where":"([^"]*)","a":(-?\d+),"b":(-?\d+)', said)
    return f"{found[1]} ({found[2]}, {found[3]})" if found else ""


def one(register, name):
    function, words = WAYS[name]
    put(register, register.path("today"))
    function(register, register.path("yesterday"))
    wrong, place = refused(register, words)
    print(f"  {name}: {'NOT WELL: ' + wrong if wrong else place}")
    return [name] if wrong else []


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--guard-off")
    parser.add_argument("--like")
    options = parser.parse_args()
    wrong = []
    with Register(guard_off=options.guard_off) as register:
        if options.like:
            register.take(options.like)
        else:
            register.make({user: STAFF[user] for user in ("officer.a", "lead")})
        prepare(register)
        register.take_guard_away()
        register.end("serve")
        for name in options.only or WAYS:
            wrong += one(register, name)
        if not options.only:
            back = destroyed_stay_destroyed(register)
            print(f"  keys-of-yesterday: {'NOT WELL: ' + back if back else 'destroyed again'}")
            wrong += ["keys-of-yesterday"] if back else []
        put(register, register.path("today"))
        register.serve()
    print(
        f"tamper: {len(options.only or WAYS)} ways, {len(wrong)} not noticed, and it starts with all put back"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
