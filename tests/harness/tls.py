"""TLS of `cnis serve`, from outside: curl, openssl, a browser; what is refused before anything listens.

  tls.py                          all, in one register
  tls.py --only loopback          one
  tls.py --like DIR               on a copy of a register that was made before

Certificates are made with openssl in the register's folder and are worth nothing.
"""
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

from checking import Checks, expect
from service import Failed

CHECKS = Checks()
check = CHECKS.add
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
HEADER_SECONDS = 10  # of server_limits_usual, for handshake and headers
REAPER_SECONDS = 2


def openssl(*arguments):
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"openssl {arguments[0]}: {done.stderr[-500:]}")
    return done.stdout


class World:
    """A register, and an authority of its own that signs certificates."""

    def __init__(self, register):
        self.register = register
        self.folder = register.path("tls")
        os.makedirs(self.folder, mode=0o700, exist_ok=True)
        curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        openssl(
            "req", "-x509", *curve, "-keyout", self.path("ca.key"), "-out", self.path("ca.pem"),
            "-days", "9", "-subj", "/CN=Awdurdod Prawf",
        )  # fmt: skip
        self.make("good", "20200101000000Z", "20490101000000Z")
        self.make("other", "20200101000000Z", "20490101000000Z")
        self.make("expired", "20200101000000Z", "20200201000000Z")

    def path(self, name):
        return os.path.join(self.folder, name)

    def make(self, name, start, end):
        """NAME.pem and NAME.key for localhost; the days are said, whatever today is."""
        with open(self.path("names"), "w", encoding="utf-8") as file:
            file.write("subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
        openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", self.path(name + ".key"), "-out", self.path(name + ".csr"), "-subj", "/CN=localhost",
        )  # fmt: skip
        with open(self.path("index"), "w", encoding="utf-8"):
            pass
        with open(self.path("ca.cnf"), "w", encoding="utf-8") as file:
            file.write(
                f"[ca]\ndefault_ca=d\n[d]\ndatabase={self.path('index')}\nnew_certs_dir={self.folder}\n"
                f"rand_serial=yes\ndefault_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n"
            )
        openssl(
            "ca", "-batch", "-notext", "-config", self.path("ca.cnf"), "-cert", self.path("ca.pem"),
            "-keyfile", self.path("ca.key"), "-startdate", start, "-enddate", end,
            "-extfile", self.path("names"), "-in", self.path(name + ".csr"), "-out", self.path(name + ".pem"),
        )  # fmt: skip
        os.chmod(self.path(name + ".key"), 0o600)

    def options(self, certificate="good", key=None):
        return (
            "--certificate", self.path(certificate + ".pem"),
            "--certificate-key", self.path((key or certificate) + ".key"),
        )  # fmt: skip

    def serve(self, *options):
        """Serves with these options instead of the usual ones; where."""
        self.register.end("serve")
        self.register.tokens = {}
        told = self.register.start(
            "serve", self.register.cnis, "serve", "--dir", self.register.dir, "--port", "0", "--json", *options
        )  # fmt: skip
        self.register.address = told["address"]
        return told["address"]

    def refused(self, *options):
        """The start is refused; with which words."""
        self.register.end("serve")
        try:
            done = subprocess.run(
                [self.register.cnis, "serve", "--dir", self.register.dir, "--port", "0", *options],
                capture_output=True, text=True, check=False, timeout=15, env=self.register.environment,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise Failed("it serves") from None
        expect(done.returncode not in (0, 1), f"exit {done.returncode}")
        return done.stderr

    def curl(self, *arguments):
        """(exit code, status, the rest) of one call."""
        done = subprocess.run(
            ["curl", "--silent", "--show-error", "--cacert", self.path("ca.pem"), "--max-time", "20",
             "--write-out", "\n%{http_code}", *arguments],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        body, _, status = done.stdout.rpartition("\n")
        return done.returncode, status, body + done.stderr

    def sign_in(self, address):
        """The administrator's token. A busy machine may say 503 and when to try again: curl does."""
        body = json.dumps({"user": "administrator", "password": self.register.password})
        code, status, said = self.curl(
            "--retry", "9", address + "/v1/sessions", "-H", "Content-Type: application/json", "-d", body
        )  # fmt: skip
        expect(code == 0 and '"token"' in said, f"no sign-in: {code} {status} {said[:200]}")
        return re.search(r'"token":"([^"]*)"', said).group(1)


def port_of(address):
    return int(address.rsplit(":", 1)[1])


# ---- what is agreed ----


@check
def curl_over_tls_1_3_and_1_2(world):
    address = world.serve(*world.options())
    expect(address.startswith("https://127.0.0.1:"), address)
    for version in ("1.3", "1.2"):
        code, status, said = world.curl(
            "--tlsv" + version, "--tls-max", version, "--include", address + "/livez"
        )
        expect((code, status) == (0, "200"), f"TLS {version}: {code} {status} {said}")
        expect("strict-transport-security: max-age=" in said.lower(), f"no HSTS: {said}")


@check
def a_signed_in_call(world):
    address = world.serve(*world.options())
    token = world.sign_in(address)
    code, status, said = world.curl(address + "/v1/entries", "-H", "Authorization: Bearer " + token)
    expect(code == 0 and status != "401", f"{code} {status} {said[:200]}")


@check
def tls_1_1_and_plain_http_are_refused(world):
    address = world.serve(*world.options())
    for version in ("1.1", "1.0"):
        code, status, said = world.curl(
            "--ciphers", "DEFAULT@SECLEVEL=0", "--tlsv" + version, "--tls-max", version, address + "/livez"
        )  # fmt: skip
        expect(code == 35 and status == "000", f"TLS {version}: {code} {status} {said}")
    code, status, said = world.curl(address.replace("https:", "http:") + "/livez")
    expect(code != 0 and status == "000", f"plain: {code} {status} {said}")


def asked_after(world, port, first):
    """What comes when a client of TLS 1.2 types `first` and then a request."""
    client = subprocess.Popen(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-tls1_2", "-CAfile", world.path("ca.pem")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        for text in (first, "GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"):
            time.sleep(1)
            client.stdin.write(text)
            client.stdin.flush()
        time.sleep(1)
    except BrokenPipeError:
        pass
    with contextlib.suppress(BrokenPipeError):
        return client.communicate(timeout=30)[0]
    return client.stdout.read()


@check
def a_client_cannot_renegotiate(world):
    port = port_of(world.serve(*world.options()))
    expect("HTTP/1.1 200" in asked_after(world, port, ""), "not even without")
    said = asked_after(world, port, "R\n")
    expect("RENEGOTIATING" in said and "HTTP/1.1" not in said, said[-300:])


# ---- what is refused before anything listens ----


@check
def loopback(world):
    for address in ("0.0.0.0", "::"):
        said = world.refused("--address", address)
        expect("loopback" in said, said)
    expect(
        world.serve("--address", "0.0.0.0", *world.options()).startswith("https://0.0.0.0:"),
        "with a certificate it does not",
    )


@check
def key_private(world):
    key = world.path("other.key")
    if os.geteuid() == 0:
        os.chown(key, 65534, 65534)  # root's own may be a group's to read
    for mode in (0o640, 0o644):
        os.chmod(key, mode)
        said = world.refused(*world.options("other"))
        expect("Others can read" in said and "chmod" in said, said)
    if os.geteuid() == 0:
        os.chown(key, 0, 0)
    os.chmod(key, 0o600)
    world.serve(*world.options("other"))


@check
def each_wrong_pair_is_named(world):
    with open(world.path("none.pem"), "w", encoding="utf-8") as file:
        file.write("nothing\n")
    for certificate, key, words in (
        ("expired", None, "expired on 2020-02-01"),
        ("good", "other", "does not belong"),
        ("none", "good", "no PEM certificate"),
        ("absent", "good", "cannot be read"),
        ("good", "absent", "cannot be read"),
    ):
        said = world.refused(*world.options(certificate, key))
        expect(words in said, f"{certificate} and {key}: {said}")
        said = world.refused(*world.options(certificate, key), "--lang", "cy")
        expect("Ni ellir defnyddio'r dystysgrif" in said, f"in Welsh: {said}")
    expect("together" in world.refused(*world.options()[:2]), "one without the other")
    expect(
        "Unix socket" in world.refused(*world.options(), "--socket", world.path("s.sock")), "socket"
    )
    expect(not os.path.exists(world.path("s.sock")), "something listened")


# ---- renewal ----


def shown(world, port):
    """The serial number of the certificate that is shown."""
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{port}"],
        input="", text=True, capture_output=True, timeout=30, check=False,
    )  # fmt: skip
    return subprocess.run(
        ["openssl", "x509", "-noout", "-serial"],
        input=done.stdout, text=True, capture_output=True, check=True,
    ).stdout  # fmt: skip


def renew(world, name):
    """Puts another pair in the place of the one that is shown, as a renewal does, and says so."""
    before = len(world.register.said("serve"))
    for end in (".pem", ".key"):
        shutil.copy2(world.path(name + end), world.path("shown.new"))
        os.replace(world.path("shown.new"), world.path("shown" + end))
    world.register.processes["serve"].send_signal(signal.SIGHUP)
    for _ in range(100):
        said = world.register.said("serve")[before:]
        if "CERTIFICATE_" in said.upper():
            return said
        time.sleep(0.1)
    raise Failed("SIGHUP was not heard")


@check
def sighup_takes_the_renewed_pair_and_no_wrong_one(world):
    for end in (".pem", ".key"):
        shutil.copy2(world.path("good" + end), world.path("shown" + end))
    address = world.serve(*world.options("shown"))
    token = world.sign_in(address)
    first = shown(world, port_of(address))
    said = renew(world, "expired")
    expect("expired on 2020-02-01" in said and "stays" in said, said)
    expect(shown(world, port_of(address)) == first, "an expired certificate was taken")
    said = renew(world, "other")
    second = shown(world, port_of(address))
    expect(second != first, f"the renewed certificate is not shown: {said}")
    code, status, _ = world.curl(
        "-X", "DELETE", address + "/v1/sessions/current", "-H", "Authorization: Bearer " + token
    )
    expect(code == 0 and status.startswith("2"), f"the session ended: {code} {status}")


# ---- slow clients ----


@check
def half_open_handshakes_are_cut(world):
    port = port_of(world.serve(*world.options()))
    hello = bytes.fromhex("16030100c8010000c40303") + bytes(20)
    clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(200)]
    begun = time.monotonic()
    for number, client in enumerate(clients):
        client.settimeout(HEADER_SECONDS * 3)
        if number % 2:
            client.sendall(hello)
    code, status, said = world.curl(f"https://localhost:{port}/livez")
    expect((code, status) == (0, "200"), f"others wait: {code} {status} {said}")
    for client in clients:
        expect(not client.recv(64), "answered")
        client.close()
    took = time.monotonic() - begun
    expect(took < HEADER_SECONDS + REAPER_SECONDS, f"cut only after {took:.1f} s")


# ---- a browser ----


def browser():
    return next((path for path in map(shutil.which, BROWSERS) if path), None)


@check
def a_browser(world):
    program = browser()
    if not program:
        return
    address = world.serve(*world.options())
    # The browser trusts what is in its own store; here it is told the key by its hash.
    public = openssl("pkey", "-in", world.path("good.key"), "-pubout", "-outform", "PEM")
    der = subprocess.run(
        ["openssl", "pkey", "-pubin", "-outform", "DER"],
        input=public.encode(), capture_output=True, check=True,
    ).stdout  # fmt: skip
    digest = subprocess.run(
        ["openssl", "dgst", "-sha256", "-binary"], input=der, capture_output=True, check=True
    ).stdout
    pin = subprocess.run(
        ["openssl", "base64", "-A"], input=digest, capture_output=True, check=True
    ).stdout.decode()
    base = [program, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=" + world.path("browser")]  # fmt: skip
    for trusted in (True, False):
        done = subprocess.run(
            [*base, *(["--ignore-certificate-errors-spki-list=" + pin] if trusted else []),
             "--dump-dom", address + "/en/sign-in"],
            capture_output=True, text=True, timeout=90, check=False,
        )  # fmt: skip
        expect(
            ('type="password"' in done.stdout) == trusted,
            f"trusted: {trusted}: {done.stdout[:300]} {done.stderr[-300:]}",
        )


if __name__ == "__main__":
    sys.exit(CHECKS.main("tls", __doc__, ("dpo",), World, lambda name: name != "a-browser" or browser()))
