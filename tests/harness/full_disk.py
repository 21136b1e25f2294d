"""A disk with no room: 503 and no data, nothing half kept, and on it goes when there is room again.

  full_disk.py            on a small file system of its own (tmpfs; needs the right to mount one)

The custodian keeps its files elsewhere, as another user's would be: it ends when it cannot write, and
is started again by whoever started it.
"""
import argparse
import os
import subprocess
import sys
import tempfile
import time

from children import MAINTENANCE, Children, ask
from service import STAFF, Failed, Register

SIZE = "96m"


def expect(holds, what):
    if not holds:
        raise Failed(what)


class Small:
    """A small file system, mounted and taken away again. Exit 77 where that is not allowed."""

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="cnis-full-")
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0700", "cnis-full", self.folder],
            capture_output=True,
            check=False,
        )
        if done.returncode != 0:
            os.rmdir(self.folder)
            print("skipped: a small file system cannot be mounted here")
            sys.exit(77)
        return self.folder

    def __exit__(self, *unused):
        for _ in range(50):
            if (
                subprocess.run(["umount", self.folder], capture_output=True, check=False).returncode
                == 0
            ):
                os.rmdir(self.folder)
                return
            time.sleep(0.1)


def fill(folder):
    """Takes all the room that there is."""
    path = os.path.join(folder, "ballast")
    with open(path, "ab", buffering=0) as file:
        for size in (1 << 20, 4096, 512):
            try:
                while file.write(b"\0" * size) == size:
                    pass
            except OSError:
                continue
    return path


def view(register, child):
    return register.sign_in("officer.a").post(
        f"/v1/entries/{child.id}/views", ask("register_maintenance", ["child_name"])
    )


def until_full(register, folder, child):
    """Asks until the first refusal; whatever was still answered has its entry."""
    before, answered = register.entries(), 0
    ballast = fill(folder)
    for _ in range(20000):
        seen = view(register, child)
        if seen.status != 200:
            break
        answered += 1
        if answered % 200 == 0:
            fill(folder)
    expect(seen.status == 503 and child.forename.encode() not in seen.body, f"with no room: {seen}")
    expect(
        seen.json["type"] in ("/problems/full", "/problems/io", "/problems/busy"),
        f"with no room: {seen}",
    )
    expect(
        register.entries() >= before + answered,
        f"{answered} answers, {register.entries() - before} entries",
    )
    return ballast


def while_full(register, children, child):
    for _ in range(20):
        seen = view(register, child)
        expect(
            seen.status == 503 and child.forename.encode() not in seen.body,
            f"still with no room: {seen}",
        )
    person = children.nobody()
    made = register.sign_in("officer.a").post(
        "/v1/entries", {**MAINTENANCE, "values": person.values()}
    )
    expect(made.status == 503, f"a creation with no room: {made}")
    return person


def with_room_again(register, child, person):
    for _ in range(100):
        seen = view(register, child)
        if seen.status == 200:
            break
        time.sleep(0.1)
    expect(seen.status == 200 and child.forename.encode() in seen.body, f"with room again: {seen}")
    found = (
        register.sign_in("officer.a")
        .must("POST", "/v1/searches", {**MAINTENANCE, "upn": person.upn})
        .json
    )
    expect(found["hits"] == [], "what was refused for want of room was kept")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--guard-off")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as elsewhere, Small() as folder, Register(
        os.path.join(folder, "register"), guard_off=options.guard_off
    ) as register:
        os.mkdir(register.dir)
        os.symlink(elsewhere, register.path("custodian"))
        open(os.path.join(folder, "ballast"), "wb").close()
        register.make({user: STAFF[user] for user in ("officer.a", "lead")})
        children = Children(register)
        child = children.make("none")
        register.take_guard_away()
        view(register, child)
        ballast = until_full(register, folder, child)
        person = while_full(register, children, child)
        expect(
            "serve" in register.processes and register.processes["serve"].poll() is None,
            "the service ended",
        )
        os.truncate(ballast, 0)
        with_room_again(register, child, person)
        children.make("none")
        register.restart()
        expect(view(register, child).status == 200, "after a start")
        register.end("serve")
        register.run(register.cnis, "audit", "fsck", "--dir", register.dir)
    print("full_disk: no data without room, nothing half kept, on it goes when there is room")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failure:
        print("FAILED", failure)
        sys.exit(1)
