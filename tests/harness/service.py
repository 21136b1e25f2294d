"""Runs the real programs and speaks to them: a register of a few children, or the demonstration.

What the other harnesses build on. It must never look into the register's files to learn an answer:
everything that it knows, it was told by the programs. Only the standard library is used.
"""
import contextlib
import fcntl
import http.client
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

START_SECONDS = 120
BUSY_TIMES = 10
PASSWORD = "cyfrinair-gwneud-7"
FIRST_PASSWORD = "cyfrinair-cyntaf-7"  # the administrator's; each person changes it
REGIME = "illustration-2026-09"
ORIGIN = "harness.example/audit/1"

# Every role of the authority's own staff has an account; user name: role.
STAFF = {
    "officer.a": "case_officer",
    "officer.b": "case_officer",
    "support": "support_officer",
    "aln": "aln_officer",
    "attendance": "attendance_officer",
    "lead": "safeguarding_lead",
    "deputy": "safeguarding_lead",
    "social": "social_worker",
    "dpo": "data_protection_officer",
    "dpo.2": "data_protection_officer",
    "auditor": "internal_auditor",
    "head": "head_of_service",
    "legal": "legal_services",
}
SOCKETS = shutil.ignore_patterns("*.sock")
CIRCLE = ("lead", "deputy")  # who may know of a hidden child on their office alone


def bin_dir():
    found = os.environ.get("BIN_DIR")
    if not found or not os.access(os.path.join(found, "cnis"), os.X_OK):
        print("skipped: BIN_DIR names no folder with cnis in it")
        sys.exit(77)
    return found


def source_dir():
    return os.environ.get("SOURCE_DIR") or os.path.dirname(
        os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    )


def free_of_cnis(environment):
    return {name: value for name, value in environment.items() if not name.startswith("CNIS_")}


class Failed(Exception):
    """A program or an answer was not as it has to be."""


class Answer:
    """One answer: status, headers as they came, the raw body, and how long it took."""

    def __init__(self, status, headers, body, sent, seconds):
        self.status, self.headers, self.body, self.sent, self.seconds = (
            status,
            headers,
            body,
            sent,
            seconds,
        )

    @property
    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            return {}

    def header(self, name):
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def __repr__(self):
        return f"{self.status} {self.body[:300]!r}"


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.unix_path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.unix_path)


class Client:
    """One person on one connection that is kept."""

    def __init__(self, address=None, token=None, lang="en", unix=None, timeout=60):
        self.address, self.token, self.lang, self.unix, self.timeout = (
            address,
            token,
            lang,
            unix,
            timeout,
        )
        self.connection = None

    def connect(self):
        if self.unix:
            return UnixConnection(self.unix, self.timeout)
        host, port = self.address.rsplit("/", 1)[-1].split(":")
        return http.client.HTTPConnection(host, int(port), timeout=self.timeout)

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def with_lang(self, lang):
        return Client(self.address, self.token, lang, self.unix, self.timeout)

    def fresh(self):
        """The same person on a connection of their own."""
        return self.with_lang(self.lang)

    def headers_for(self, method, body, headers):
        sent = {"Accept-Language": self.lang}
        if self.token:
            sent["Authorization"] = "Bearer " + self.token
        if body is not None:
            sent["Content-Type"] = "application/json"
        if method == "POST":
            sent["Idempotency-Key"] = secrets.token_hex(16)
        sent.update(headers or {})
        return {name: value for name, value in sent.items() if value is not None}

    def request(self, method, path, body=None, headers=None):
        """A dict or list goes as JSON, bytes as they are. A header of None is not sent."""
        sent = self.headers_for(method, body, headers)
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body, ensure_ascii=False).encode()
        if self.connection is None:
            self.connection = self.connect()
        try:
            start = time.monotonic()
            self.connection.request(method, path, body, sent)
            answer = self.connection.getresponse()
            data = answer.read()
            seconds = time.monotonic() - start
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        if answer.will_close:
            self.close()
        return Answer(answer.status, answer.getheaders(), data, start, seconds)

    def get(self, path, headers=None):
        return self.request("GET", path, None, headers)

    def post(self, path, body=None, headers=None):
        return self.request("POST", path, body, headers)

    def must(self, method, path, body=None, headers=None, status=(200, 201, 202)):
        """What a test rests on. "Busy" is an honest answer of a loaded machine: asked again, a while."""
        if method == "POST":
            headers = {"Idempotency-Key": secrets.token_hex(16), **(headers or {})}
        for _ in range(BUSY_TIMES):
            answer = self.request(method, path, body, headers)
            if answer.status != 503:
                break
            time.sleep(1)
        if answer.status not in status:
            raise Failed(f"{method} {path}: {answer}")
        return answer


class Place:
    """A folder with a register and its custodian, and the programs that run on it."""

    def __init__(self, folder=None, guarded=False, guard_off=None):
        self.owned = folder is None
        self.dir = folder or tempfile.mkdtemp(prefix="cnis-test-")
        suffix = "-guards" if guarded or guard_off else ""
        self.cnis = os.path.join(bin_dir(), "cnis" + suffix)
        self.custodian = os.path.join(bin_dir(), "cnis-custodian" + suffix)
        if not os.access(self.cnis, os.X_OK) or not os.access(self.custodian, os.X_OK):
            print("skipped: no", self.cnis)
            sys.exit(77)
        self.environment = {**free_of_cnis(os.environ), "LC_ALL": "C.UTF-8"}
        self.guard_off = guard_off
        self.processes = {}
        self.address = None
        self.tokens = {}
        self.password = PASSWORD

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.stop()
        if self.owned and not os.environ.get("KEEP"):
            shutil.rmtree(self.dir, ignore_errors=True)

    # ---- programs ----

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def log(self, name):
        return self.path(name + ".stderr")

    def run(self, program, *arguments, text=None, check=True):
        done = subprocess.run(
            [program, *arguments],
            input=text,
            text=True,
            capture_output=True,
            env=self.environment,
            timeout=START_SECONDS * 2,
        )
        if check and done.returncode != 0:
            raise Failed(
                f"{os.path.basename(program)} {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}{done.stderr}"
            )
        return done

    def start(self, name, *arguments):
        """Starts a program that says one line of JSON when it is ready, and returns that."""
        with open(self.log(name), "ab") as errors:
            process = subprocess.Popen(
                arguments, stdout=subprocess.PIPE, stderr=errors, env=self.environment
            )
        self.processes[name] = process
        line = process.stdout.readline()
        if not line or b'"error"' in line:
            code = process.wait(START_SECONDS)
            del self.processes[name]
            raise Failed(
                f"{name} did not start (exit {code}): {line.decode()}{self.said(name)[-1500:]}"
            )
        return json.loads(line)

    def said(self, name):
        with contextlib.suppress(OSError), open(
            self.log(name), encoding="utf-8", errors="replace"
        ) as errors:
            return errors.read()
        return ""

    def end(self, name, how=signal.SIGTERM):
        process = self.processes.pop(name, None)
        if process is None:
            return 0
        process.send_signal(how)
        try:
            code = process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise Failed(f"{name} did not end on signal {how}") from None
        process.stdout.close()
        return code

    def stop(self):
        self.tokens = {}
        self.end("serve")
        self.end("custodian")

    def take_guard_away(self):
        """What a test needs is made with every guard in place; from here on one is missing."""
        if self.guard_off:
            self.stop()
            self.environment["CNIS_GUARD_OFF"] = self.guard_off
            self.serve()

    # ---- people ----

    def stranger(self):
        return Client(self.address)

    def admin(self):
        return Client(unix=self.path("register", "admin.sock"))

    def sign_in(self, user, lang="en"):
        """Signed in once for each person; the client is new each time."""
        if user not in self.tokens:
            answer = Client(self.address, lang=lang).must(
                "POST", "/v1/sessions", {"user": user, "password": self.password}
            )
            self.tokens[user] = answer.json["token"]
        return Client(self.address, self.tokens[user], lang)

    def entries(self):
        """How many entries the log has."""
        return self.admin().must("GET", "/readyz").json["entries"]

    def asked_entries(self):
        """How many of them requests brought about, once the register's own threads are at rest."""
        before = None
        while True:
            said = self.admin().must("GET", "/readyz").json
            now = (said["entries"], said["unasked"])
            if now == before:
                return now[0] - now[1]
            before = now
            time.sleep(0.2)


class Register(Place):
    """An authority of its own with an account for every role, and no child yet."""

    def make(self, staff=None):
        os.makedirs(self.path("custodian"), mode=0o700, exist_ok=True)
        with open(self.path("password"), "w", encoding="utf-8") as file:
            file.write(self.password + "\n")
        os.chmod(self.path("password"), 0o600)
        self.run(self.custodian, "init", "--dir", self.path("custodian"), "--origin", ORIGIN)
        self.run(
            self.cnis,
            "init",
            "--dir",
            self.dir,
            "--custodian",
            self.path("custodian", "custodian.pub"),
            "--authority",
            "Awdurdod Prawf",
            "--code",
            "672",
            "--regime",
            REGIME,
            "--origin",
            ORIGIN,
            "--admin",
            "administrator",
            "--password-file",
            self.path("password"),
        )
        self.serve()
        self.staff = {}
        administrator = self.sign_in("administrator")
        # The first who can confirm others waits for nobody: whoever has a role that matters waits.
        for user, role in {"dpo": STAFF["dpo"], **(staff or STAFF)}.items():
            asked = {"user": user, "name": "Aelod " + user.title(), "password": FIRST_PASSWORD}
            made = administrator.must("POST", "/v1/users", {**asked, "roles": [role]})
            self.staff[user] = made.json["id"]
            if made.json["waiting"]:
                self.sign_in("dpo").must("POST", f"/v1/users/{user}/approvals", {})
            self.choose_password(user)
        with open(self.path("staff.json"), "w", encoding="utf-8") as file:
            json.dump(self.staff, file)
        return self

    def make_room(self, user, purpose="register_maintenance", times=8):
        """More children than a day's work: a second person raises the budget, as they would there."""
        dpo = self.sign_in("dpo")
        for window, more in (("hour", 200), ("day", 200), ("month", 200)):
            asked = {"purpose": purpose, "window": window, "more": more, "reason": "Prawf."}
            for _ in range(times):
                dpo.must("POST", "/v1/budgets/raises", {**asked, "user": user})
            dpo.must("POST", "/v1/budgets/raises", {**asked, "more": more * times})

    def choose_password(self, user):
        """A person's first sign-in: until the password is their own, nothing else works."""
        asked = {"user": user, "password": FIRST_PASSWORD}
        token = Client(self.address).must("POST", "/v1/sessions", asked).json["token"]
        Client(self.address, token).must(
            "POST",
            f"/v1/users/{user}/password",
            {"old": FIRST_PASSWORD, "password": self.password},
        )
        self.tokens[user] = token

    def take(self, folder):
        """A copy of a register that was made, and stopped, before: quicker than making one."""
        shutil.copytree(folder, self.dir, dirs_exist_ok=True, ignore=SOCKETS)
        with open(self.path("staff.json"), encoding="utf-8") as file:
            self.staff = json.load(file)
        return self.serve()

    def custodian_start(self):
        socket_path = self.path("custodian", "custodian.sock")
        self.start(
            "custodian",
            self.custodian,
            "serve",
            "--dir",
            self.path("custodian"),
            "--socket",
            socket_path,
            "--json",
        )

    def serve(self):
        if "custodian" not in self.processes:
            self.custodian_start()
        self.address = self.start(
            "serve", self.cnis, "serve", "--dir", self.dir, "--port", "0", "--json"
        )["address"]
        return self

    def restart(self, how=signal.SIGTERM):
        """Sessions end with the process: nothing of them is kept on disk."""
        self.end("serve", how)
        self.tokens = {}
        return self.serve()

    def enrol(self, user, name=None):
        """A personal key for somebody: the file stays with them, the custodian takes the public half."""
        key = self.path((name or user) + ".key")
        made = json.loads(self.run(self.cnis, "sign", "--key", key, "--new", "--json").stdout)
        self.run(
            self.custodian,
            "enrol",
            "--dir",
            self.path("custodian"),
            "--socket",
            self.path("custodian", "custodian.sock"),
            "--person",
            self.staff[user],
            "--key",
            made["key"],
            "--fingerprint",
            made["fingerprint"],
        )
        return key

    def keys(self):
        """Every key that the custodian knows, in the order of their enrolment."""
        listed = self.run(
            self.custodian,
            "keys",
            "--dir",
            self.path("custodian"),
            "--socket",
            self.path("custodian", "custodian.sock"),
            "--json",
        )
        return json.loads(listed.stdout)["keys"]

    def withdraw(self, user):
        """The key that this person enrolled last."""
        theirs = [key for key in self.keys() if key["person"] == self.staff[user]]
        self.run(
            self.custodian,
            "withdraw",
            "--dir",
            self.path("custodian"),
            "--socket",
            self.path("custodian", "custodian.sock"),
            "--person",
            self.staff[user],
            "--key",
            theirs[-1]["fingerprint"],
        )


class Demo(Place):
    """What `cnis demo` makes and says."""

    def serve(self):
        self.told = self.start(
            "serve", self.cnis, "demo", "--dir", self.dir, "--port", "0", "--json"
        )
        self.address = self.told["address"]
        self.password = self.told["sign_ins"][0]["password"]
        return self

    def restart(self, how=signal.SIGTERM):
        self.end("serve", how)
        self.tokens = {}
        return self.serve()


@contextlib.contextmanager
def alone():
    """Measuring time next to another harness that does so would measure that one."""
    with open(
        os.path.join(tempfile.gettempdir(), f"cnis-harness-{os.getuid()}.lock"),
        "w",
        encoding="utf-8",
    ) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
