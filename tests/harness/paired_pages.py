"""A hidden child and nobody at all, asked for in pairs through the pages: to everybody outside the
circle the two pages have to be the same in status, headers, bytes, length and number of log entries,
and in time; in both languages, in every way in which a page can be asked for.

  paired_pages.py                           every page about somebody; bytes and counts
  paired_pages.py --only FIND_DO            one
  paired_pages.py --time --only RECORD      and its time

What may differ between two pages about the same thing is taken away first, and nothing else: the date,
the reference of a refusal, the session's mark on a form, the number by which a form is done once, what
was kept sealed of a form that came too late, and what the asker typed.
"""
import argparse
import copy
import random
import re
import sys
import threading
import time

import asking_pages
from asking import BREAKS_GLASS, OUTSIDE, RECIPIENT
from asking_pages import ASKED, LANGUAGES, PAGES, ways
from children import Children, upn
from paired import Pairs, recipient_make
from service import BUSY_TIMES, Failed, Register, alone

MAKING = ("ENTRY_NEW_DO", "IMPORT_DO")  # what they make has a random id
VARYING = (
    re.compile(rb"()urn:cnis:[0-9a-f]{32}"),
    re.compile(rb'(name="mark" value=")[^"]+'),
    re.compile(rb'(name="once" value=")[0-9a-f]{32}'),
    re.compile(rb'(name="draft" value=")[^"]+'),
    re.compile(rb'(name="date_of_birth-day"[^>]* value=")\d\d'),  # typed
)
IDENTIFIER = re.compile(r"[0-9a-f]{32}")


# ---- comparing ----


def stranger_like(person, draw):
    """Nobody, with as many letters in every name: a form that comes back has the same length."""
    other = copy.copy(person)
    other.id = f"{draw.getrandbits(128):032x}"
    other.things = {thing: f"{draw.getrandbits(128):032x}" for thing in person.things}

    def another(text):
        return re.sub(r"[a-z]", lambda _: draw.choice("bcdfghklmnprstwxyz"), text)

    for name in ("forename", "surname", "street", "email", "parent", "note"):
        setattr(other, name, another(getattr(person, name)))
    other.upn = upn(f"{person.upn[1:10]}{(int(person.upn[10:]) + draw.randint(1, 999)) % 1000:03}")
    other.phone = person.phone[:-1] + str((int(person.phone[-1]) + draw.randint(1, 9)) % 10)
    other.postcode = person.postcode[:-2] + draw.choice("ABDEFGHJ") + draw.choice("PQRSTUWX")
    day = int(person.date_of_birth[-2:])
    other.date_of_birth = f"{person.date_of_birth[:-2]}{(day + draw.randint(0, 26)) % 28 + 1:02}"
    return other


def plain(name, answer, target):
    """The answer without what may differ."""
    body, ids = answer.body, [target.id, *target.things.values()]
    for pattern in VARYING:
        body = pattern.sub(rb"\1-", body)
    for text in sorted([*ids, *target.searches().values()], key=len, reverse=True):
        body = body.replace(text.encode(), b"TYPED")
    headers = [
        (key, re.sub("|".join(ids), "ASKED", value)) for key, value in answer.headers if key != "Date"
    ]
    if name in MAKING:
        body = IDENTIFIER.sub("MADE", body.decode()).encode()
        headers = [(key, IDENTIFIER.sub("MADE", value)) for key, value in headers]
    return answer.status, headers, len(answer.body), body


def difference(hidden, nobody):
    """Where two plain answers part: what is said last of a page tells most."""
    for first, second in reversed(list(zip(hidden, nobody))):
        if first == second:
            continue
        first, second = repr(first), repr(second)
        at = next((n for n, pair in enumerate(zip(first, second)) if pair[0] != pair[1]), 0)
        return f"hidden {first[max(at - 80, 0) : at + 200]} | nobody {second[at : at + 200]}"
    return "in number"


class PagePairs(Pairs):
    """Pairs of one page in one register."""

    def __init__(self, world, name):
        self.world, self.register, self.name = world, world.register, name
        self.hidden, self.strangers = world.of["hidden"], world.of["nobody"]
        self.page, (self.build, _) = PAGES[name], ASKED[name]

    def users(self):
        if self.name == "DANGER_DO":  # BG opens it for them, whoever the child is, and it is told
            return [user for user in OUTSIDE if user not in BREAKS_GLASS]
        return OUTSIDE

    def client(self, user):
        return self.world.visitors[user].fresh()

    def ask(self, client, user, target, n):
        """One member of a timed pair; the language goes by the person."""
        lang = LANGUAGES[OUTSIDE.index(user) % 2]
        return client.ask(self.name, lang, self.build(user, target, n))

    def jobs(self, user, rounds):
        """Everything that one person asks: (language, way, which of the children, which variant)."""
        place = OUTSIDE.index(user)
        for lang in LANGUAGES:
            for way in ways(self.page):
                for n in range(rounds if way == ("sent", "") else 1):
                    yield lang, way, n % len(self.hidden), place + n

    def all_about(self, targets, rounds):
        """{what was asked: the plain answer}, by everybody at once."""
        said, failures = {}, []

        def work(user):
            try:
                client = self.client(user)
                for lang, way, which, n in self.jobs(user, rounds):
                    target = targets[which]
                    answer = client.ask(self.name, lang, self.build(user, target, n), way)
                    said[user, lang, way, which, n] = plain(self.name, answer, target)
                client.close()
            except Exception as error:  # a thread's failure is this run's failure
                failures.append(error)

        threads = [threading.Thread(target=work, args=(user,)) for user in self.users()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]
        return said

    def ask_all(self, rounds):
        """All answers and the number of entries, about the hidden ones and about nobody."""
        said, made = {}, {}
        for kind in random.sample(("hidden", "nobody"), 2):
            before = self.register.asked_entries()
            said[kind] = self.all_about(self.world.of[kind], rounds)
            made[kind] = self.register.asked_entries() - before
        return said, made

    def bytes_and_entries(self, rounds):
        """How many pairs, and the differences found. "Busy" is no answer: all is asked again."""
        for _ in range(BUSY_TIMES):
            said, made = self.ask_all(rounds)
            if all(answer[0] != 503 for one in said.values() for answer in one.values()):
                break
        wrong = [
            f"{self.name}, {asked}: {difference(said['hidden'][asked], told)}"
            for asked, told in said["nobody"].items()
            if said["hidden"][asked] != told
        ]
        if made["hidden"] != made["nobody"]:
            wrong.append(f"{self.name}: entries: {made}")
        return len(said["nobody"]), wrong


class World:
    def __init__(self, register):
        self.register = register
        children, draw = Children(register), random.Random(672)
        for _ in range(2):
            children.make("none")
        police = recipient_make(register, "police_officer")
        hidden = [children.make_hidden_with_things(police) for _ in range(2)]
        hidden += [children.make("hidden") for _ in LANGUAGES]
        nobody = [stranger_like(child, draw) for child in hidden]
        self.of = {"hidden": hidden[:2], "nobody": nobody[:2]}
        self.for_sheets = list(zip(hidden[2:], nobody[2:]))
        RECIPIENT["id"] = recipient_make(register, "other_la_officer")
        self.visitors = {}

    def sign_in(self):
        """After the register was started anew, with a guard less."""
        for user in OUTSIDE:
            self.visitors[user] = asking_pages.sign_in(self.register, user)

    def circle_sees(self):
        lead = asking_pages.sign_in(self.register, "lead")
        return lead.ask("REVIEW", "en", ([self.of["hidden"][0].id], None)).status == 200


# ---- sheets ----


def begin(client, lang, target, dry_run):
    """A sheet is sent, of a source that knows the child by this name; only a few wait at a time."""
    sheet = asking_pages.sheet(target, target.id[:8], dry_run)
    for _ in range(BUSY_TIMES):
        begun = client.ask("IMPORT_DO", lang, ([], sheet))
        if begun.status != 503:
            return begun
        time.sleep(1)
    raise Failed(f"a sheet is not taken: {begun}")


def follow(client, lang, target, dry_run):
    """Both answers of one import by pages: that it has begun, and what became of it."""
    begun = begin(client, lang, target, dry_run)
    at = begun.header("Location")
    if begun.status != 303:
        return [plain("IMPORT_DO", begun, target)]
    for _ in range(2000):
        state = client.request("GET", at, None, {"Cookie": client.cookie, "Accept-Language": lang})
        if f'<a class="govuk-link" href="{at}"'.encode() not in state.body:
            break
        time.sleep(0.05)
    return [plain("IMPORT_DO", begun, target), plain("IMPORT_DO", state, target)]


def sheets(world):
    """A sheet about a hidden child and one about nobody: tried by everybody; taken in, sent again."""
    wrong, count = [], 0
    asked = [(user, lang, "true") for user in OUTSIDE for lang in LANGUAGES]
    asked += [("officer.b", lang, "false") for lang in LANGUAGES for _ in range(2)]
    for user, lang, dry_run in asked:
        client, pair = world.visitors[user].fresh(), world.for_sheets[LANGUAGES.index(lang)]
        said = [follow(client, lang, target, dry_run) for target in pair]
        client.close()
        count += 1
        if said[0] != said[1]:
            wrong.append(f"IMPORT_DO, {user}, {lang}, {dry_run}: {difference(*said)}")
    return count, wrong


# ---- running ----


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--time", action="store_true")
    parser.add_argument("--time-pairs", type=int, default=2000)
    parser.add_argument("--guard-off")
    parser.add_argument("--like")
    return parser.parse_args()


def one_page(world, name, options):
    if options.time:
        with alone():
            return options.time_pairs, PagePairs(world, name).time(options.time_pairs)
    if name == "IMPORT_DO":
        return sheets(world)
    return PagePairs(world, name).bytes_and_entries(options.rounds)


def main():
    options = read_arguments()
    names = [name for name in ASKED if asking_pages.is_about_somebody(name)]
    # What makes an entry is asked last: the others would find it.
    names = sorted(names, key=lambda name: name in MAKING)
    wrong, count = asking_pages.uncovered(), 0
    with Register(guard_off=options.guard_off) as register:
        if options.like:
            register.take(options.like)
        else:
            register.make()
        world = World(register)
        if not world.circle_sees():
            raise Failed("the circle does not see the hidden child: there is nothing to compare")
        register.take_guard_away()
        world.sign_in()
        for name in options.only or names:
            pairs, found = one_page(world, name, options)
            print(f"  {name}: {pairs} pairs {'differ' if found else 'are the same'}", flush=True)
            wrong, count = wrong + found, count + pairs
    for line in wrong[:20]:
        print("DIFFERS", line[:3000])
    print(f"paired pages: {count} pairs, {len(wrong)} differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
