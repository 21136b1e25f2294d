"""packaging/haproxy.cfg, tried: the file itself with other paths and ports, Debian's haproxy, curl.

Exit 77 when there is no haproxy. Behind it stands the real service, and where the question is what
reaches the service, a listener that writes down what it gets.
"""
import contextlib
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time

from checking import expect
from service import STAFF, Failed, Register, source_dir
from tls import World

HEADER_SECONDS = 10
CHILD = "/v1/entries/" + "5a" * 16


class Listener(threading.Thread):
    """Answers every request on a Unix socket with 200 and keeps what came."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.came = []
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(path)
        self.server.listen(50)

    def run(self):
        while True:
            with contextlib.suppress(OSError):
                client, _ = self.server.accept()
                with client:
                    client.settimeout(5)
                    head = b""
                    while b"\r\n\r\n" not in head:
                        more = client.recv(65536)
                        if not more:
                            break
                        head += more
                    self.came.append(head)
                    client.sendall(
                        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    )


class Proxy:
    """haproxy with our file, in which only paths, port and user are others."""

    def __init__(self, world, name, behind):
        self.world = world
        self.port = free_port()
        self.log_path = world.path(name + ".log.sock")
        self.log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.log.bind(self.log_path)
        self.log.setblocking(False)
        self.lines = []
        self.file = world.path(name + ".cfg")
        with open(os.path.join(source_dir(), "packaging", "haproxy.cfg"), encoding="utf-8") as file:
            text = file.read()
        for ours, theirs in (
            (r"/dev/log", self.log_path),
            (r":::443 v4v6", f"127.0.0.1:{self.port}"),
            (r"/etc/haproxy/cnis\.pem", world.path("both.pem")),
            (r"/run/cnis/cnis\.sock", behind),
            (r"\n  (user|group) haproxy", ""),
        ):
            text, count = re.subn(ours, theirs, text)
            expect(count > 0, f"packaging/haproxy.cfg has no {ours}")
        with open(self.file, "w", encoding="utf-8") as file:
            file.write(text)
        checked = subprocess.run(
            ["haproxy", "-c", "-f", self.file], capture_output=True, text=True, check=False
        )
        said = checked.stdout + checked.stderr
        expect(checked.returncode == 0 and "WARNING" not in said, said)
        self.process = subprocess.Popen(
            ["haproxy", "-db", "-f", self.file],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(lambda: self.status("/livez") == "200", "the proxy does not answer")

    def end(self):
        self.process.terminate()
        self.process.wait(20)

    def url(self, path):
        return f"https://localhost:{self.port}{path}"

    def status(self, path, *options):
        return self.world.curl(*options, self.url(path))[1]

    def logged(self):
        """Everything that it ever wrote down."""
        with contextlib.suppress(BlockingIOError):
            while True:
                self.lines.append(self.log.recv(65536).decode(errors="replace"))
        return "\n".join(self.lines)

    def raw(self, request, wait=15):
        """What comes back for bytes as they are; b"" when nothing does."""
        context = ssl.create_default_context(cafile=self.world.path("ca.pem"))
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as plain:
            with context.wrap_socket(plain, server_hostname="localhost") as secure:
                secure.sendall(request)
                with contextlib.suppress(OSError):
                    return secure.recv(65536)
        return b""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(holds, what, seconds=20):
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise Failed(what)
        time.sleep(0.2)


def the_service_behind_it(world, proxy):
    for options in (("--tlsv1.3",), ("--tls-max", "1.2"), ("--http1.1",), ("--http2",)):
        code, status, said = world.curl("--include", *options, proxy.url("/livez"))
        expect((code, status) == (0, "200"), f"{options}: {code} {status} {said}")
        expect("strict-transport-security: max-age=" in said.lower(), f"{options}: no HSTS")
    expect(world.curl("--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0", proxy.url("/livez"))[0] == 35, "TLS 1.1")  # fmt: skip
    world.sign_in(proxy.url(""))
    expect(proxy.status(CHILD, "-H", "Authorization: Bearer " + "a" * 64) == "401", "a stranger")


def slow_clients_are_cut(proxy):
    begun = time.monotonic()
    answer = proxy.raw(b"GET /livez HTTP/1.1\r\nHost: a\r\nX-Slow: ", HEADER_SECONDS * 3)
    expect(b" 408 " in answer.split(b"\r\n")[0], str(answer[:200]))
    expect(time.monotonic() - begun < HEADER_SECONDS + 3, "cut late")


def it_says_when_the_register_is_away(world, proxy):
    """And writes that down, but no request that ever came."""
    world.register.end("serve")
    until(lambda: proxy.status(CHILD) == "503", "no 503")
    expect("Nid yw'r gofrestr yn ateb." in world.curl(proxy.url(CHILD))[2], "not in Welsh")
    until(lambda: "is DOWN" in proxy.logged(), "it is not written down that the register went")
    logged = proxy.logged()
    for word in ("entries", "livez", "/v1", "127.0.0.1", "GET", "POST"):
        expect(word not in logged, f"{word} in the log: {logged}")


def nothing_forged_reaches_the_register(proxy, listener):
    listener.came.clear()
    forged = ("X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: https", "X-Forwarded-Host: evil.example",
              "Forwarded: for=192.0.2.1", "X-Real-IP: 192.0.2.1")  # fmt: skip
    expect(
        proxy.status("/forged", *(part for text in forged for part in ("-H", text))) == "200", "status"
    )
    came = b"\n".join(listener.came)
    expect(b"/forged" in came, "it did not come")
    expect(b"192.0.2.1" not in came and b"evil" not in came, came.decode())


def what_the_register_alone_lets_through_ends_here(proxy, listener):
    """Bare LF and folded lines come out mended or not at all; two lengths and the like are refused."""
    lf = proxy.raw(b"GET /odd HTTP/1.1\nHost: a\nConnection: close\n\n")
    for request in (
        b"POST /odd HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"POST /odd HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"GET /odd HTTP/1.1\r\nHost: a\r\nX Odd: a\r\n\r\n",
    ):
        listener.came.clear()
        answer = proxy.raw(request)
        expect(answer.split(b"\r\n")[0].split(b" ")[1:2] in ([b"400"], [b"501"], [b"422"]), f"{request}: {answer[:80]}")  # fmt: skip
        expect(not any(b"/odd" in head for head in listener.came), f"{request} came through")
    listener.came.clear()
    folded = proxy.raw(
        b"GET /odd HTTP/1.1\r\nHost: a\r\nX-Odd: a\r\n b\r\nConnection: close\r\n\r\n"
    )
    odd = [head for head in listener.came if b"/odd" in head]
    expect(b"\r\n b" not in b"".join(odd), f"folded: {odd} {folded[:40]}")
    lines = b"".join(listener.came).replace(b"\r\n", b"")
    expect(b"\n" not in lines, f"a bare LF: {lf[:40]}")


def main():
    if not shutil.which("haproxy"):
        print("skipped: no haproxy")
        return 77
    with Register() as register:
        register.make({"dpo": STAFF["dpo"]})
        world = World(register)
        with open(world.path("both.pem"), "w", encoding="utf-8") as both:
            for name in ("good.pem", "good.key"):
                with open(world.path(name), encoding="utf-8") as part:
                    both.write(part.read())
        register.end("serve")
        register.tokens = {}
        told = register.start(
            "serve", register.cnis, "serve", "--dir", register.dir, "--socket", world.path("s.sock"), "--json"
        )  # fmt: skip
        expect(told.get("socket") == world.path("s.sock"), str(told))
        listener = Listener(world.path("l.sock"))
        listener.start()
        with contextlib.ExitStack() as running:
            proxy = Proxy(world, "real", world.path("s.sock"))
            running.callback(proxy.end)
            ear = Proxy(world, "ear", world.path("l.sock"))
            running.callback(ear.end)
            the_service_behind_it(world, proxy)
            slow_clients_are_cut(proxy)
            it_says_when_the_register_is_away(world, proxy)
            nothing_forged_reaches_the_register(ear, listener)
            what_the_register_alone_lets_through_ends_here(ear, listener)
    print("proxy: all well")
    return 0


if __name__ == "__main__":
    sys.exit(main())
