"""The unit files of packaging/, tried as far as a machine without a booted systemd can.

  analysed    systemd-analyze verify and security, sysusers and tmpfiles, in a root of their own
  installed   what docs/operate.md says, under two users, with the command lines of the units

The first needs Debian's systemd, the second root as well; exit 77 when nothing could be tried.
"""
import contextlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

from checking import expect
from service import Failed, bin_dir, source_dir

UNITS = ("cnis.service", "cnis-custodian.service")
EXPOSURE = {"cnis.service": "1.0", "cnis-custodian.service": "1.0"}  # of 10; systemd's own measure
# Who they are in the root of the test; nobody else of the machine should have these numbers.
IDS = {"cnis-link": 61200, "cnis": 61201, "cnis-custodian": 61202, "stranger": 61203}
PASSWORD = "cyfrinair hir iawn"


def run(*arguments, check=True, **options):
    done = subprocess.run(
        arguments, capture_output=True, text=True, check=False, timeout=120, **options
    )
    if check and done.returncode != 0:
        raise Failed(f"{' '.join(arguments)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done


class Root:
    """A folder that stands for the machine's root."""

    def __init__(self, folder):
        self.dir = folder
        os.chmod(folder, 0o755)
        for name in ("bin", "etc", "usr/bin", "etc/systemd/system", "usr/lib/systemd/system"):
            os.makedirs(self.path(name))
        for name in ("cnis", "cnis-custodian"):
            shutil.copy(os.path.join(bin_dir(), name), self.path("usr/bin", name))
        for name in ("sh", "kill"):
            shutil.copy(shutil.which(name), self.path("bin", name))
        for name in UNITS:
            shutil.copy(
                os.path.join(source_dir(), "packaging", name), self.path("etc/systemd/system")
            )
        for folder, _, files in os.walk("/usr/lib/systemd/system"):
            for file in files:
                if file.endswith((".target", ".slice", ".socket", ".service", ".mount")):
                    with contextlib.suppress(OSError):
                        shutil.copy(
                            os.path.join(folder, file), self.path("usr/lib/systemd/system", file)
                        )
            break
        with open(self.path("etc/passwd"), "w", encoding="utf-8") as passwd:
            for name in ("cnis", "cnis-custodian"):
                passwd.write(f"{name}:x:{IDS[name]}:{IDS[name]}::/var/lib/{name}:/usr/sbin/nologin\n")
        with open(self.path("etc/group"), "w", encoding="utf-8") as group:
            group.writelines(f"{name}:x:{IDS[name]}:\n" for name in ("cnis", "cnis-custodian"))
            group.write(f"cnis-link:x:{IDS['cnis-link']}:\n")

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def make_users_and_folders(self):
        packaging = os.path.join(source_dir(), "packaging")
        run("systemd-sysusers", "--root=" + self.dir, os.path.join(packaging, "cnis.sysusers"))
        run("systemd-tmpfiles", "--root=" + self.dir, "--create", os.path.join(packaging, "cnis.tmpfiles"))  # fmt: skip


def setting(unit, name):
    """The last word of a unit file on something."""
    with open(unit, encoding="utf-8") as file:
        return re.findall(rf"^{name}=(.*)$", file.read(), re.M)[-1]


# ---- analysed ----


def analysed(root):
    for drop_in in (False, True):
        if drop_in:
            os.makedirs(root.path("etc/systemd/system/cnis.service.d"))
            shutil.copy(
                os.path.join(source_dir(), "packaging", "cnis-tls.conf"),
                root.path("etc/systemd/system/cnis.service.d/tls.conf"),
            )
        said = run("systemd-analyze", "verify", "--man=no", "--root=" + root.dir, *UNITS)
        ours = [line for line in said.stderr.splitlines() if "cnis" in line]
        expect(not ours, "\n".join(ours))
    shutil.rmtree(root.path("etc/systemd/system/cnis.service.d"))
    for unit in UNITS:
        run("systemd-analyze", "security", "--offline=true", "--no-pager", "--root=" + root.dir,
            "--threshold=" + EXPOSURE[unit].replace(".", ""), unit)  # fmt: skip
    with open(root.path("etc/group"), encoding="utf-8") as group:
        link = next(line for line in group if line.startswith("cnis-link:"))
    expect(link.strip().endswith(":cnis,cnis-custodian"), link)


# ---- installed ----


def as_user(name, *more_groups):
    return {
        "user": IDS[name],
        "group": IDS[name],
        "extra_groups": [IDS[group] for group in more_groups],
        "umask": 0o077,
        "env": {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        "cwd": "/",
    }


def in_root(root, command):
    """A unit's command line with the paths of the root; `id -u cnis` knows the number."""
    command = re.sub(r"/usr/bin/cnis|/var/lib/|/run/", lambda m: root.dir + m.group(), command)
    return shlex.split(command.replace('"$(id -u cnis)"', str(IDS["cnis"])))


class Service:
    """One unit's process, with the user, groups and mask that the unit names."""

    def __init__(self, root, unit):
        file = root.path("etc/systemd/system", unit)
        with open(file, encoding="utf-8") as text:
            extra = re.findall(r"^SupplementaryGroups=(.*)$", text.read(), re.M)
        who = as_user(setting(file, "User"), *extra)
        who["group"] = IDS[setting(file, "Group")]
        who["umask"] = int(setting(file, "UMask"), 8)
        self.errors = tempfile.TemporaryFile(mode="w+")
        self.process = subprocess.Popen(
            in_root(root, setting(file, "ExecStart")),
            stdout=subprocess.DEVNULL,
            stderr=self.errors,
            **who,
        )

    def said(self):
        self.errors.seek(0)
        return self.errors.read()

    def end(self):
        self.process.terminate()
        expect(self.process.wait(60) in (0, -15), self.said())


def reaches(path, who):
    """curl's 7: could not connect."""
    asked = ("curl", "--silent", "--max-time", "5", "--unix-socket", path, "http://localhost/livez")
    return run(*asked, check=False, **who).returncode != 7


def can_list(path, who):
    return run("ls", path, check=False, **who).returncode == 0


def ready(root):
    """What /readyz says to the register's own user; None while it does not answer."""
    done = run(
        "curl", "--silent", "--max-time", "5", "--unix-socket", root.path("var/lib/cnis/register/admin.sock"),
        "http://localhost/readyz", check=False, **as_user("cnis"),
    )  # fmt: skip
    return json.loads(done.stdout) if done.returncode == 0 and done.stdout else None


def start(root):
    custodian = Service(root, "cnis-custodian.service")
    end = time.monotonic() + 30
    while not os.path.exists(root.path("run/cnis-custodian/custodian.sock")):
        expect(time.monotonic() < end, "no custodian: " + custodian.said())
        time.sleep(0.1)
    register = Service(root, "cnis.service")
    while not (ready(root) or {}).get("custodian"):
        expect(register.process.poll() is None, "no register: " + register.said())
        expect(time.monotonic() < end, "not ready: " + register.said())
        time.sleep(0.2)
    return custodian, register


def install(root):
    """As docs/operate.md says."""
    cnis, custodian = root.path("usr/bin/cnis"), root.path("usr/bin/cnis-custodian")
    secrets = root.path("var/lib/cnis-custodian/custodian")
    run(custodian, "init", "--dir", secrets, "--origin", "register.example/audit/1", **as_user("cnis-custodian"))  # fmt: skip
    public = root.path("var/lib/cnis/custodian.pub")
    shutil.copy(os.path.join(secrets, "custodian.pub"), public)
    os.chown(public, IDS["cnis"], IDS["cnis"])
    with open(root.path("var/lib/cnis/cnis.ini"), "w", encoding="utf-8") as file:
        file.write(f"[cnis]\ncustodian_socket = {root.path('run/cnis-custodian/custodian.sock')}\n")
    os.chown(file.name, IDS["cnis"], IDS["cnis"])
    with open(root.path("var/lib/cnis/password"), "w", encoding="utf-8") as file:
        file.write(PASSWORD + "\n")
    os.chown(file.name, IDS["cnis"], IDS["cnis"])
    os.chmod(file.name, 0o600)
    for _ in range(5):
        done = run(cnis, "init", "--dir", root.path("var/lib/cnis"), "--custodian", public,
                   "--authority", "Sir Enghraifft", "--code", "672", "--password-file", file.name,
                   check=False, **as_user("cnis"))  # fmt: skip
        if done.returncode != 75:  # busy: try again
            break
        shutil.rmtree(root.path("var/lib/cnis/register"))
        shutil.rmtree(root.path("var/lib/cnis/root"))
    expect(done.returncode == 0, done.stdout + done.stderr)
    os.unlink(file.name)


def two_users(root, register):
    expect("separated" not in register.said(), register.said())
    doctor = run(root.path("usr/bin/cnis"), "doctor", "--dir", root.path("var/lib/cnis"), check=False,
                 **as_user("cnis", "cnis-link"))  # fmt: skip
    expect("right      Register and custodian run as two users." in doctor.stdout, doctor.stdout)
    expect("right      The custodian answers." in doctor.stdout, doctor.stdout)
    for folder, who in (
        ("var/lib/cnis-custodian", "cnis"),
        ("var/lib/cnis", "cnis-custodian"),
        ("var/lib/cnis", "stranger"),
        ("var/lib/cnis-custodian", "stranger"),
    ):
        expect(not can_list(root.path(folder), as_user(who, "cnis-link")), f"{who} reads {folder}")
    door = root.path("run/cnis/cnis.sock")
    link = root.path("run/cnis-custodian/custodian.sock")
    expect(reaches(door, as_user("stranger", "cnis")), "a proxy in the group cnis cannot reach it")
    expect(not reaches(door, as_user("stranger")), "anybody reaches the register")
    expect(not reaches(link, as_user("stranger", "cnis")), "a proxy reaches the custodian")


def cold_backup(root, services):
    """Both stopped, everything copied, something written, everything put back."""
    for service in reversed(services):
        service.end()
    for name in ("cnis", "cnis-custodian"):
        run("cp", "--archive", root.path("var/lib", name), root.path("kept-" + name))
    services = start(root)
    entries = ready(root)["entries"]
    made = run("curl", "--silent", "--retry", "9", "--unix-socket", root.path("run/cnis/cnis.sock"), "http://localhost/v1/sessions",
               "-H", "Content-Type: application/json",
               "-d", json.dumps({"user": "administrator", "password": PASSWORD}), **as_user("cnis"))  # fmt: skip
    expect('"token"' in made.stdout, made.stdout)
    expect(ready(root)["entries"] > entries, "nothing was written")
    for service in reversed(services):
        service.end()
    for name in ("cnis", "cnis-custodian"):
        shutil.rmtree(root.path("var/lib", name))
        run("cp", "--archive", root.path("kept-" + name), root.path("var/lib", name))
    run(root.path("usr/bin/cnis"), "audit", "fsck", "--dir", root.path("var/lib/cnis"), **as_user("cnis"))  # fmt: skip
    return start(root)


def installed(root):
    with contextlib.ExitStack() as running:
        install(root)
        services = start(root)
        running.callback(lambda: [service.process.kill() for service in services])
        two_users(root, services[1])
        services = cold_backup(root, services)
        for service in reversed(services):
            service.end()


def main():
    if not shutil.which("systemd-analyze") or not shutil.which("systemd-tmpfiles"):
        print("skipped: no systemd to ask")
        return 77
    with tempfile.TemporaryDirectory(prefix="cnis-units-") as folder:
        root = Root(folder)
        root.make_users_and_folders()
        analysed(root)
        print("  analysed: all well")
        if os.geteuid() != 0:
            print("  installed: left out, two users need root")
            return 0
        installed(root)
        print("  installed: all well")
    return 0


if __name__ == "__main__":
    sys.exit(main())
