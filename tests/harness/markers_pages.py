"""Every page, by every role outside the circle and by nobody, in both languages and in every way in
which it can be asked for: none may show a marker of a hidden child, nor a locating or safety marker
of a protected one, but what its own asker has just typed; and no title, header or cookie any at all.
Then every file.

  markers_pages.py                    all
  markers_pages.py --only FIND_DO     one, and no file

The pages are those of console/pages.def: one that is not asked for (asking_pages.py) fails here.
"""
import argparse
import re
import sys
import threading
import time

import asking_pages
import contract
from asking import OUTSIDE, RECIPIENT
from asking_pages import ASKED, LANGUAGES, LAST, PAGES, Visitor, ways
from markers import World, walk_files
from paired import recipient_make
from planted import Finder
from service import Failed, Register

TITLE = re.compile(rb"<title>.*?</title>", re.S)


def requests(world, user):
    """(page, language, way, what is asked), all that one person asks; None: nobody is signed in."""
    for name, (asked, variants) in ASKED.items():
        targets = world.marked if asking_pages.is_about_somebody(name) else world.marked[:1]
        for way in ways(PAGES[name]):
            for n in range(variants if way == ("sent", "") else 1):
                for target in targets:
                    for lang in LANGUAGES:
                        yield name, lang, way, asked(user or "officer.b", target, n)


class Walk:
    """What everybody was shown that they must not be."""

    def __init__(self, world, only):
        self.world, self.only = world, only
        self.anywhere = Finder(world.hidden.all() | world.protected.all())
        self.wrong, self.count, self.answered, self.lock = [], 0, {}, threading.Lock()

    def look(self, what, asked, answer, is_kept=False):
        """`asked`: what was typed, which a form that comes back holds. `is_kept`: nothing of it."""
        typed = b"" if is_kept else repr(asked).encode()
        shown = self.world.forbidden.find(answer.body) - self.world.forbidden.find(typed)
        wrong = [f"{what}: shows {sorted(shown)}"] if shown else []
        around = repr(answer.headers).encode() + b"".join(TITLE.findall(answer.body))
        told = self.anywhere.find(around)
        if told:
            wrong.append(f"{what}: title, header or cookie has {sorted(told)}")
        if self.world.hidden.id not in repr(asked) and self.world.hidden.id.encode() in answer.body:
            wrong.append(f"{what}: names the hidden child's id")
        with self.lock:
            self.wrong += wrong
            self.count += 1
            self.answered[answer.status] = self.answered.get(answer.status, 0) + 1

    def follow(self, visitor, what, lang, asked, answer):
        """To where a browser would be sent on, until nothing is still being done."""
        at = answer.header("Location")
        headers = {"Cookie": visitor.cookie, "Accept-Language": lang}
        for _ in range(1000):
            answer = visitor.request("GET", at, None, headers)
            self.look(f"{what}, then {at}", asked, answer)
            if f'<a class="govuk-link" href="{at}"'.encode() not in answer.body:
                return
            time.sleep(0.05)
        raise Failed(f"{at} does not come to its end")

    def one(self, visitor, user, name, lang, way, asked):
        what = f"{name} {way} by {user} in {lang}"
        answer = visitor.ask(name, lang, asked, way)
        is_kept = PAGES[name].method == "POST" and (way[0] == "late" or user is None)
        self.look(what, asked, answer, is_kept and "PAGE_OPEN" not in PAGES[name].flags)
        if answer.status == 307:  # the same form again, with the record as it is now
            self.look(f"{what}, stale", asked, visitor.ask(name, lang, asked, ("sent", "?stale=1")))
        if answer.status == 303 and "://" not in answer.header("Location"):
            self.follow(visitor, what, lang, asked, answer)

    def work(self, user):
        try:
            register = self.world.register
            visitor = asking_pages.sign_in(register, user) if user else Visitor(register.address)
            for request in requests(self.world, user):
                if not self.only or request[0] in self.only:
                    self.one(visitor, user, *request)
            place = OUTSIDE.index(user) if user else 0
            self.one(visitor, user, LAST[place % 2], LANGUAGES[place // 2 % 2], ("sent", ""), ([], {}))
            visitor.close()
        except Exception as error:  # a thread's failure is the walk's failure
            with self.lock:
                self.wrong.append(f"{user}: the walk broke off: {error!r}")

    def run(self):
        threads = [threading.Thread(target=self.work, args=(user,)) for user in [*OUTSIDE, None]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seen = ", ".join(f"{count} of {status}" for status, count in sorted(self.answered.items()))
        print(f"  pages: {self.count} answers ({seen})")
        return self.wrong


def circle_sees(world):
    """How many markers of the hidden child a page shows the lead: the walk could see them."""
    lead = asking_pages.sign_in(world.register, "lead")
    typed = asking_pages.because("lead", purposes="safeguarding_enquiry")
    asked = [world.hidden.id], {**typed, "fields": contract.words("fields")}
    return len(Finder(world.hidden.all()).find(lead.ask("RECORD_VIEW", "cy", asked).body))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--guard-off")
    parser.add_argument("--like")
    options = parser.parse_args()
    wrong = asking_pages.uncovered()
    with Register(guard_off=options.guard_off) as register:
        world = World(register.take(options.like) if options.like else register.make())
        RECIPIENT["id"] = recipient_make(register, "other_la_officer")
        if circle_sees(world) < 10:
            raise Failed("the safeguarding lead sees no markers: the walk would prove nothing")
        register.take_guard_away()
        wrong += Walk(world, options.only).run()
        if not options.only:
            register.stop()
            wrong += walk_files(world, "when it has ended")
    for line in wrong[:30]:
        print("SHOWN", line[:600])
    print(f"markers on pages: {len(wrong)} found where they must not be")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
