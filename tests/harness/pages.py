"""What holds for every page, in both languages, through a real register: tests/guards takes a guard
away and wants to see one of these fail.

  pages.py                       all
  pages.py --only form-mark      one
"""
import re
import sys
import time

import asking_pages
import paired
from browser import Browser, Reader
from checking import Checks, expect
from children import Children, ask
from service import Failed

CHECKS = Checks()
check = CHECKS.add
PEOPLE = ("officer.a", "officer.b", "support", "lead", "deputy", "head", "dpo", "dpo.2")
SIGN_IN = {"en": "/en/sign-in", "cy": "/cy/mewngofnodi"}
LIST = {"en": "/en/my-list", "cy": "/cy/fy-rhestr"}
FIND = {"en": "/en/find", "cy": "/cy/chwilio"}
RECORD = {"en": "/en/entries/", "cy": "/cy/cofnodion/"}
BECAUSE = {
    "purposes": "register_maintenance",
    "basis": "statutory_duty",
    "basis_text": "436B",
    "necessity": "gwaith achos",
}


class World:
    def __init__(self, register):
        self.register = register
        self.children = Children(register)
        self.child = self.children.make("none")
        self.cookies = {}

    def anew(self, user, lang="en"):
        """In a session of its own."""
        browser = Browser(self.register.address, lang)
        browser.sign_in(user, self.register.password)
        return browser

    def by(self, user, lang="en"):
        """Signed in once for each person."""
        browser = Browser(self.register.address, lang)
        if user not in self.cookies:
            self.cookies[user] = self.anew(user, lang).cookie
        browser.cookie = self.cookies[user]
        return browser


@check
def cookie(world):
    """No script reads it, no other site sends it."""
    browser = Browser(world.register.address)
    form = browser.get(SIGN_IN["en"]).form()
    typed = {"user": "officer.a", "password": world.register.password}
    answer = browser.submit(form, typed, follow=False)
    flags = answer.header("Set-Cookie") or ""
    expect("HttpOnly" in flags and "SameSite=Strict" in flags, f"cookie: {flags}")
    api = browser.send("GET", "/v1/entries")
    expect(api.status == 401, f"the API takes a page's cookie: {api}")


@check
def headers(world):
    browser = world.by("officer.a")
    page = browser.get(RECORD["en"] + world.child.id)
    policy = page.header("Content-Security-Policy") or ""
    expect("default-src 'none'" in policy and "unsafe" not in policy, f"policy: {policy}")
    expect(page.header("Cache-Control") == "no-store", "a page may be kept")
    expect(page.header("X-CNIS-Data") == "synthetic", "no word of made-up data")
    expect(
        not re.search(rb"<script(?![^>]*src=)|style=|onclick=", page.body), "inline script or style"
    )


@check
def record_in_both_languages(world):
    for lang, other in (("en", "cy"), ("cy", "en")):
        page = world.by("officer.a", lang).get(RECORD[lang] + world.child.id)
        expect(page.status == 200 and page.read.lang == lang, f"{lang}: {page}")
        expect(world.child.surname in page.text, f"{lang}: no name on the record")
        expect(RECORD[other] + world.child.id in page.read.links, f"{lang}: no way to {other}")
        for personal in (world.child.surname, world.child.forename, world.child.upn):
            expect(personal not in page.read.title, f"{lang}: the title says {personal}")


@check
def found(world):
    for lang in ("en", "cy"):
        browser = world.by("officer.a", lang)
        form = browser.get(FIND[lang]).form()
        page = browser.submit(form, {"name": world.child.surname.lower(), **BECAUSE})
        expect(
            RECORD[lang] + world.child.id in page.read.links,
            f"{lang}: not found: {page.text[:500]}",
        )


@check
def form_mark(world):
    """A form that was not made in this session does nothing."""
    browser, other = world.by("officer.a"), world.by("officer.b")
    before = world.register.entries()
    for mark in ("", "0" * 96, other.get(FIND["en"]).form().value("mark")):
        page = browser.go(
            "POST", FIND["en"], {"mark": mark, "name": world.child.surname, **BECAUSE}
        )
        expect(
            page.status == 401,
            f"a form from elsewhere is answered: {page.status} {page.text[:300]}",
        )
        expect(RECORD["en"] + world.child.id not in page.read.links, "and finds a child")
    expect(world.register.entries() == before, "and makes entries")


@check
def sign_in_mark(world):
    """Only a form that this browser was given signs it in; in two tabs, and in the other language."""
    typed = {"user": "officer.a", "password": world.register.password}
    other = Browser(world.register.address)
    others = other.get(SIGN_IN["en"]).form()
    for number in ("", "0" * 32, others.value("browser")):
        browser = Browser(world.register.address)
        for kept in (None, "cnis-form=", "given"):
            if kept == "given":
                browser.get(SIGN_IN["en"])
            else:
                browser.form_cookie = kept
            page = browser.go("POST", SIGN_IN["en"], {**typed, "browser": number}, follow=False)
            expect(
                page.status == 403 and not browser.cookie,
                f"signed in by a form from elsewhere: {page.status} {page.text[:300]}",
            )
    expect("officer.a" in (page.form().value("user") or ""), "the name typed is gone")
    again = browser.submit(page.form(), typed, follow=False)
    expect(again.status == 303 and browser.cookie, f"not signed in afterwards: {again.text[:300]}")
    first = other.get(SIGN_IN["en"])
    second = other.get(SIGN_IN["en"]).form()
    toggled = other.submit(first.form(), {"user": "officer.a", "again": "1"}, action=first.toggle())
    expect(toggled.path == SIGN_IN["cy"], f"the other language: {toggled.path}")
    for form in (second, toggled.form(), others):
        page = other.submit(form, typed, follow=False)
        expect(page.status == 303, f"a second tab cannot sign in: {page.status} {page.text[:300]}")


@check
def nothing_typed_is_lost(world):
    """The session ends in the middle of a form: after signing in it is there again, for its person."""
    typed = {"name": 'Ceridwen <b>& "Prawf"', **BECAUSE}
    browser = world.by("officer.a", "cy")
    form = browser.get(FIND["cy"]).form()
    browser.cookie = None
    late = browser.submit(form, typed)
    expect(late.status == 401, f"late: {late.status}")
    expect(
        "Ceridwen" not in late.body.decode(), "what was typed stands on a page that anybody sees"
    )
    again = browser.submit(late.form(), {"user": "officer.a", "password": world.register.password})
    kept = browser.submit(again.form(FIND["cy"]))
    expect(kept.form().value("name") == typed["name"], f"lost: {kept.text[:400]}")
    stranger = Browser(world.register.address, "cy")
    typed = {
        "user": "officer.b",
        "password": world.register.password,
        "draft": late.form().value("draft"),
    }
    page = stranger.submit(stranger.get(SIGN_IN["cy"]).form(), typed, follow=False)
    expect(page.status == 303, f"another person is given it: {page.status} {page.text[:300]}")


@check
def language_keeps_what_was_typed(world):
    browser = world.by("officer.a")
    page = browser.get(FIND["en"])
    before = world.register.entries()
    other = browser.submit(page.form(), {"name": "Ann O'Prawf", "again": "1"}, action=page.toggle())
    expect(other.path == FIND["cy"] and other.read.lang == "cy", f"{other.path} {other.read.lang}")
    expect(other.form().value("name") == "Ann O'Prawf", "what was typed is gone")
    expect(world.register.entries() == before, "changing the language asked the register something")


@check
def values_are_no_markup(world):
    child = world.children.make("none")
    name = "<img src=x onerror=alert(1)>"
    officer = world.register.sign_in("officer.a")
    seen = officer.must("GET", f"/v1/entries/{child.id}")
    changed = officer.request(
        "PATCH",
        f"/v1/entries/{child.id}",
        {
            "purposes": ["register_maintenance"],
            "basis": {"kind": "statutory_duty", "text": "436B"},
            "necessity": "prawf",
            "values": {"known_as": name},
        },
        {"If-Match": seen.header("ETag")},
    )
    expect(changed.status == 200, f"{changed}")
    page = world.by("officer.a").get(RECORD["en"] + child.id)
    expect(name in page.text and b"<img src=x" not in page.body, "a value became markup")


@check
def safety_comes_first(world):
    """In a sentence, before anything else on the page; a page that may not say it says so."""
    words = {
        "none": ("It has been decided", "Penderfynwyd nad oes"),
        "contact_protected": ("This family's contact details", "Mae manylion cyswllt y teulu"),
        "unknown": ("Nobody has decided yet", "Nid oes neb wedi penderfynu eto"),
    }
    asked = {**BECAUSE, "purposes": "safeguarding_enquiry", "fields": ["shield_exists"]}
    for level, sentences in words.items():
        child = world.children.make(level)
        for lang, sentence in zip(("en", "cy"), sentences):
            browser = world.by("lead", lang)
            at = RECORD[lang] + child.id + {"en": "/ask", "cy": "/gofyn"}[lang]
            form = browser.get(at).form()
            expect(form.value("fields") == "shield_exists", f"{lang}: not asked for by itself")
            page = browser.submit(form, {**asked, "fields": ["shield_exists", "child_name"]})
            said = page.body.decode().split("</h1>", 1)[1].replace("&#39;", "'")
            expect(
                re.match(r'\s*<p class="app-safety">' + sentence, said), f"{level}: {said[:200]}"
            )
            shown = re.sub(r"<pre.*?</pre>|<[^>]*>", "", said)  # not the call itself
            expect(level not in shown.split() and "_protected" not in shown, f"a raw code: {shown}")
    page = world.by("officer.a").get(RECORD["en"] + world.child.id)
    said = page.body.decode().split("</h1>", 1)[1]
    expect("This page does not say whether" in said[:200], f"the officer's page: {said[:200]}")


@check
def offers_what_can_be_done(world):
    """Links stand where a role of the person could do what they lead to; the API decides all the same."""
    at = RECORD["en"] + world.child.id
    every = ("/protect", "/note", "/offer", "/ask", "/share", "/danger", "/review", "/named-workers", "/relations")
    offered = {
        "officer.a": {"/protect", "/note", "/offer", "/ask", "/share"},
        "lead": set(every),
        "head": {"/protect"},
        "dpo": {"/protect", "/ask", "/share"},
    }
    for user, wanted in offered.items():
        page = world.by(user).get(at)
        seen = {end for end in every if at + end in page.read.links}
        expect(seen == wanted, f"{user}: {seen}")
    seen = world.by("officer.a").get(at).read.links
    expect(any(link.startswith(at + "/change/forename") for link in seen), "nothing to change")
    expect(
        not any("/change/case_notes" in link for link in seen), "offers what no rule lets change"
    )


@check
def says_what_waits(world):
    """Who has no children on a list is led to what may wait for them."""
    led = {
        "lead": ["/en/notices", "/en/first-decisions", "/en/approvals", "/en/stop-notices"],
        "dpo": ["/en/notices", "/en/approvals", "/en/budgets", "/en/recipients", "/en/stop-notices"],
        "head": ["/en/notices", "/en/approvals", "/en/budgets"],
    }
    for user, links in led.items():
        page = world.by(user).get(LIST["en"])
        main = Reader(page.body.decode().split("</h1>", 1)[1].split("</main>")[0]).links
        expect([link for link in main if link.count("/") == 2] == links, f"{user}: {main}")


DANGER = {"en": "/danger", "cy": "/perygl"}
NOTICES = {"en": "/en/notices", "cy": "/cy/hysbysiadau"}


@check
def break_glass(world):
    """Asked in plain words, shown once, told to the deputy on every page, and reviewed by them."""
    typed = {"urgency": "imminent_danger", "basis": "vital_interests", "necessity": "Galwad 999"}
    for lang in ("en", "cy"):
        child = world.children.make("contact_protected")
        lead, deputy = world.by("lead", lang), world.by("deputy", lang)
        form = lead.get(RECORD[lang] + child.id + DANGER[lang]).form()
        page = lead.submit(form, {**typed, "urgency": "", "fields": ["child_name"]})
        expect(page.status == 403, f"opened without a word of danger: {page.status}")
        page = lead.submit(form, {**typed, "fields": ["child_name", "safe_contact_route"]})
        expect(page.status == 200 and child.surname in page.text, f"{page.status} {page.text[:300]}")
        expect(b'name="again"' not in page.body.split(b"<main")[0], "asked again by a button")
        page = deputy.get(NOTICES[lang])
        expect("govuk-tag--red" in page.body.decode().split("<main")[0], "no count in the frame")
        expect("Galwad 999" in page.text and child.surname in page.text, f"{page.text[:600]}")
        review = [link for link in page.read.links if link.startswith(NOTICES[lang] + "/")]
        page = deputy.submit(deputy.get(review[-1]).form(), {"words": "Roedd perygl."})
        expect("Roedd perygl." in page.text, f"{page.text[:600]}")


NAMED = {"en": "/named-workers", "cy": "/gweithwyr"}


@check
def named_workers(world):
    """Proposed by the lead, agreed to among the deputy's approvals, and ended."""
    for lang in ("en", "cy"):
        child = world.children.make("hidden", officer="officer.b")
        lead, deputy = world.by("lead", lang), world.by("deputy", lang)
        at = RECORD[lang] + child.id + NAMED[lang]
        form = lead.get(at).form()
        expect("#officer" in lead.submit(form, {}).read.links, "what is lacking is at no input")
        page = lead.submit(form, {"officer": "neb.yma", "reason": "Angen."})
        expect(page.status == 400 and "neb.yma" in str(page.body), f"{page.status}")
        page = lead.submit(form, {"officer": "officer.b", "reason": "Angen gweithiwr."})
        expect(page.status == 200 and "Angen gweithiwr." in page.text, f"{page.text[:400]}")
        page = deputy.get({"en": "/en/approvals", "cy": "/cy/cymeradwyo"}[lang])
        expect("Angen gweithiwr." in page.text, f"not among the approvals: {page.text[:600]}")
        decide = [form for form in page.read.forms if "/named-workers/" in form.action or "/gweithwyr/" in form.action]
        deputy.submit(decide[-1], {"approve": "yes"})
        seen = world.by("officer.b", lang).get(RECORD[lang] + child.id)
        expect(seen.status == 200 and child.surname in seen.text, f"{seen.status}")
        page = lead.get(at)
        end = [form for form in page.read.forms if form.action.endswith(("/end", "/diwedd"))]
        page = lead.submit(end[0])
        expect("Angen gweithiwr." not in page.text, f"{page.text[:400]}")
        expect(world.by("officer.b", lang).get(RECORD[lang] + child.id).status == 404, "still in")


@check
def deputies(world):
    """Named by the lead, confirmed among the officer's approvals, and ended."""
    at = {"en": "/en/deputies", "cy": "/cy/dirprwyon"}
    for lang in ("en", "cy"):
        lead, dpo = world.by("lead", lang), world.by("dpo", lang)
        until = time.gmtime(time.time() + 9 * 86400)
        typed = {"until-day": str(until.tm_mday), "until-month": str(until.tm_mon)}
        typed.update({"until-year": str(until.tm_year), "deputy": "neb.yma"})
        form = next(one for one in lead.get(at[lang]).read.forms if one.action == at[lang])
        page = lead.submit(form, typed)
        expect(page.status == 400 and "neb.yma" in str(page.body), f"{page.status}")
        expect("#deputy" in lead.submit(form, {}).read.links, "what is lacking is at no input")
        page = lead.submit(form, {**typed, "deputy": "support"})
        end = [form for form in page.read.forms if form.action.endswith(("/end", "/diwedd"))]
        expect(page.status == 200 and len(end) == 1, f"{page.text[:600]}")
        page = dpo.get({"en": "/en/approvals", "cy": "/cy/cymeradwyo"}[lang])
        decide = [form for form in page.read.forms if form.action.startswith(at[lang] + "/")]
        expect(len(decide) == 1, f"not among the approvals: {page.text[:600]}")
        dpo.submit(decide[0], {"approve": "yes"})
        page = world.by("support", lang).get(at[lang])
        expect({"en": "In force", "cy": "Mewn grym"}[lang] in page.text, f"{page.text[:600]}")
        page = lead.submit(end[0])
        expect(not [one for one in page.read.forms if one.action == end[0].action], "still there")


@check
def says_what_is_lacking(world):
    """A search without a reason: at the input that lacks it, and in the summary."""
    for lang in ("en", "cy"):
        browser = world.by("officer.a", lang)
        form = browser.get(FIND[lang]).form()
        page = browser.submit(form, {**BECAUSE, "name": "Neb", "necessity": ""})
        expect(page.status == 403 and "#necessity" in page.read.links, f"{page.status} {page.text}")
        expect(b'id="necessity-error"' in page.body, f"{lang}: nothing at the input")
        expect(b'id="basis-error"' not in page.body, f"{lang}: a fault where there is none")


@check
def hidden_is_absent(world):
    """On a page too: a hidden child and nobody are one page."""
    hidden, nobody = world.children.make("hidden"), world.children.nobody()
    for lang in ("en", "cy"):
        browser = world.by("officer.a", lang)
        pages = []
        for target in (hidden, nobody):
            page = browser.get(RECORD[lang] + target.id)
            pages.append(paired.plain(page, target, False))
        expect(pages[0] == pages[1] and pages[0][0] == 404, f"{lang}: {pages}")


@check
def generic_on_tick(world):
    hidden, visitor = world.children.make("hidden"), asking_pages.sign_in(world.register, "officer.b")
    targets = (hidden, world.children.nobody())
    wrong = paired.on_tick(lambda n: visitor.ask("RECORD", "cy", ([targets[n % 2].id], None)))
    expect(not wrong, str(wrong))


@check
def relation_needed(world):
    """Another officer's child is nobody's."""
    for lang, tail in (("en", "/ask"), ("cy", "/gofyn")):
        browser = world.by("officer.b", lang)
        form = browser.get(RECORD[lang] + world.child.id + tail).form()
        page = browser.submit(form, {**BECAUSE, "fields": ["child_name"]})
        expect(page.status == 404 and world.child.surname not in page.text, f"{lang}: {page}")


@check
def unknown_is_protected(world):
    """Until somebody has decided, no page tells the assigned officer where the child lives."""
    child = world.children.make("unknown")
    page = world.by("officer.a", "cy").get(RECORD["cy"] + child.id)
    expect(page.status == 200 and child.surname in page.text, f"{page}")
    expect(child.street not in page.text, "an undecided child's address is on the record")


@check
def found_by_granted(world):
    """The support officer is granted the age, not the date: they cannot look for it."""
    asked = {"officer": "support", "relation": "assigned", "purpose": "support_provision"}
    world.register.sign_in("head").must("POST", "/v1/assignments", {"id": world.child.id, **asked})
    browser, day = world.by("support"), asking_pages.day("date_of_birth", world.child.date_of_birth)
    typed = {**BECAUSE, "purposes": "support_provision"}
    named = browser.submit(browser.get(FIND["en"]).form(), {**typed, "name": world.child.surname})
    expect(RECORD["en"] + world.child.id in named.read.links, f"not by name: {named.text[:400]}")
    page = browser.submit(browser.get(FIND["en"]).form(), {**typed, **day})
    expect(RECORD["en"] + world.child.id not in page.read.links, "found by a date not granted")


@check
def compared_first(world):
    """Without the custodian no row is compared, and no page decides one to be unprotected."""
    world.register.end("custodian", 9)
    try:
        child, lead = world.children.make("unknown"), world.by("lead")
        form = lead.get("/en/first-decisions").form("/en/first-decisions")
        page = lead.submit(form, {"ids": child.id, "level": "none"})
        expect(page.status == 200 and "All are decided" not in page.text, page.text[:600])
    finally:
        world.register.custodian_start()
    world.children.decide([child.id])


@check
def ticket_signed(world):
    """A page opens a shielded value on its person's own signature, and on nobody else's."""
    register, child = world.register, world.children.make("contact_protected")
    key, other = register.enrol("lead"), register.path("stranger.key")
    register.run(register.cnis, "sign", "--key", other, "--new", "--json")
    asked = ask("safeguarding_enquiry", ["home_address"])
    seen = register.sign_in("lead").must("POST", f"/v1/entries/{child.id}/views", asked)
    ticket, pages = seen.json["ticket"], []
    for with_key in (other, key):
        signed = register.run(register.cnis, "sign", "--key", with_key, "-", text=ticket)
        typed = {"ticket": ticket, "signature": signed.stdout.strip()}
        lead = world.by("lead")
        pages.append(lead.submit(lead.get("/en/open").form(), typed))
    expect(child.street not in pages[0].text, "opened with a stranger's signature")
    expect(child.street in pages[1].text, f"not with the right one: {pages[1].text[:400]}")


@check
def first_password(world):
    """A password that somebody else set opens the page on which it is changed, and nothing else."""
    first, own = "cyfrinair cyntaf 1", "cyfrinair newydd 2"
    asked = {"user": "newydd", "name": "Aelod Newydd", "password": first, "roles": ["case_officer"]}
    world.register.sign_in("administrator").must("POST", "/v1/users", asked)
    browser = Browser(world.register.address, "cy")
    page = browser.sign_in("newydd", first)
    expect(page.path == "/cy/cyfrinair", f"not led to the change: {page.path}")
    expect(browser.get(LIST["cy"]).path == "/cy/cyfrinair", "a list with a first password")
    wrong = browser.submit(browser.page.form(), {"old": "nid hwn ydyw", "password": own})
    expect("govuk-error" in wrong.body.decode(), wrong.text[:400])
    done = browser.submit(wrong.form(), {"old": first, "password": own})
    expect(done.path.startswith(LIST["cy"]), f"not changed: {done.text[:400]}")


@check
def review_for_the_circle(world):
    """The lead sees what stands around a family, and no value; an officer sees what nobody is."""
    hidden, nobody = world.children.make("hidden"), world.children.nobody()
    for lang, tail in (("en", "/review"), ("cy", "/adolygiad")):
        page = world.by("lead", lang).get(RECORD[lang] + hidden.id + tail)
        expect(page.status == 200 and page.read.lang == lang, f"{lang}: {page}")
        for personal in (hidden.surname, hidden.forename, hidden.upn):
            expect(personal not in page.text, f"{lang}: the review says {personal}")
        pages = []
        for target in (hidden, nobody):
            answer = world.by("officer.a", lang).get(RECORD[lang] + target.id + tail)
            pages.append(paired.plain(answer, target, False))
        expect(pages[0] == pages[1] and pages[0][0] == 404, f"{lang}: {pages}")
        own = world.by("officer.a", lang).get(RECORD[lang] + world.child.id + tail)
        expect(own.status == 404, f"{lang}: an officer reviews a child of theirs: {own.status}")


@check
def signed_out(world):
    browser = world.anew("officer.a")
    kept = browser.cookie
    browser.submit(browser.get(LIST["en"]).form("/en/sign-out"))
    browser.cookie = kept
    expect(browser.get(LIST["en"]).status == 401, "the session works on")
    browser = world.anew("officer.a")
    kept = browser.cookie
    answer = browser.send("GET", "/en/exit")
    expect(answer.status == 303 and "://" in answer.header("Location"), f"the way out: {answer}")
    browser.cookie = kept
    expect(browser.get(LIST["en"]).status == 401, "the way out leaves the session open")
    answer = browser.send("GET", "/en/exit")
    expect(answer.status == 303 and "://" in answer.header("Location"), f"out, signed out: {answer}")
    expect("cache" in answer.header("Clear-Site-Data"), "out, signed out: nothing is cleared")


@check
def language_before_signing_in(world):
    """Whoever is asked to sign in can change the language, and still gets where they were going."""
    for lang, other in (("en", "cy"), ("cy", "en")):
        browser = Browser(world.register.address, lang)
        asked = browser.get(RECORD[lang] + world.child.id)
        turned = browser.submit(asked.form(), {"again": "1"}, action=asked.toggle())
        expect(turned.status == 200 and turned.read.lang == other, f"{lang}: {turned.status}")
        done = browser.submit(
            turned.form(), {"user": "dpo.2", "password": world.register.password}
        )
        expect(done.path == RECORD[lang] + world.child.id, f"{lang}: led to {done.path}")


@check
def late_word_is_no_word(world):
    """A decision sent too late is not kept as if it could be gone on with: it is made anew."""
    browser = world.anew("head")
    form = browser.get(LIST["en"]).form("/en/sign-out")
    form.action = f"/en/relations/{'0' * 32}/decide"
    late = browser.submit(form, {"mark": "0" * 96, "agree": "true"}, follow=False)
    expect(late.status == 401 and not late.form().value("draft"), f"late: {late.status}")
    done = browser.submit(form, {"again": "1"}, follow=False)
    expect(done.status == 400, f"nothing to show, and yet: {done.status}")


def until_done(browser, page):
    for _ in range(200):
        if page.path not in page.read.links:
            return page
        time.sleep(0.05)
        page = browser.get(page.path)
    raise Failed(f"the import does not end: {page.text[:400]}")


@check
def sheet_taken_in(world):
    """Tried first, taken in after, decided by the lead; rows with something wrong say what."""
    sheet = (
        "ref,forename,surname,date_of_birth,ethnicity\n"
        "a1,Nerys,Arbrawf,2015-03-04,WBRI\n"
        "a2,Gwilym,Arbrawf,2009-03-04,WBRI\n"
    ).encode()
    file = ("file", "taflen.csv", sheet)
    officer, lead = world.by("officer.a"), world.by("lead")
    day = {"on-day": "2", "on-month": "11", "on-year": "2026"}
    tried = officer.submit(officer.get("/en/import").form(), day, file=file)
    tried = until_done(officer, tried)
    expect("ethnicity" in tried.text and "compulsory school age" in tried.text, tried.text[:900])
    expect("Nerys" not in lead.get("/en/first-decisions").text, "a trial took a row in")
    take = tried.form("/take-in")  # the same sheet: it need not be chosen again
    job = take.action.split("/")[-2]
    for user in ("officer.a", "officer.b"):  # another session, another person
        world.register.tokens.pop(user, None)
        told = world.register.sign_in(user).post(f"/v1/imports/{job}/taking")
        expect(told.status == 404, f"{user} takes in what another session tried: {told}")
    taken = officer.submit(take)
    expect(officer.submit(take).path == taken.path, "pressed twice, it is taken in twice")
    taken = until_done(officer, taken)
    expect("/take-in" not in taken.body.decode(), "taken in, and offered again")
    waiting = lead.get("/en/first-decisions")
    expect("Nerys Arbrawf" in waiting.text and "Gwilym" not in waiting.text, waiting.text[:900])
    form = waiting.form("/en/first-decisions")
    nerys = re.search(rb'value="([0-9a-f]{32})"[^>]*><label[^>]*><bdi[^>]*>Nerys', waiting.body)
    decided = lead.submit(form, {"ids": nerys.group(1).decode(), "level": "contact_protected"})
    expect("All are decided" in decided.text, decided.text[:600])
    expect("Nerys" not in lead.get("/cy/penderfyniadau").text, "what is decided waits on")


@check
def sheet_not_read(world):
    """A file that is no sheet is not called taken in; of a long one, no row is out of reach."""
    officer = world.by("officer.a")
    day = {"on-day": "2", "on-month": "11", "on-year": "2026"}
    text = "ref,forename\n1,Nia\n".encode("utf-16")
    sent = officer.submit(officer.get("/en/import").form(), day, file=("file", "utf16.csv", text))
    seen = until_done(officer, sent)
    expect("could not be read to its end" in seen.text, seen.text[:900])
    expect("This is not a text file" in seen.text, seen.text[:900])
    rows = "".join(f"r{n},,\n" for n in range(520))
    text = ("ref,forename,surname\n" + rows).encode()
    sent = officer.submit(officer.get("/en/import").form(), day, file=("file", "hir.csv", text))
    seen = until_done(officer, sent)
    more = [link for link in seen.read.links if "?from=" in link]
    expect(len(more) == 1, f"no way to the rows that follow: {seen.read.links}")
    expect(">521<" not in seen.body.decode() and ">521<" in officer.get(more[0]).body.decode(), "row 521")


@check
def guessing_waits(world):
    """The same page for a name that nobody has."""
    said = {}
    for user in ("officer.b", "neb.o.gwbl"):
        browser, typed = Browser(world.register.address), {"user": user, "password": "nid hwn"}
        form = browser.get(SIGN_IN["en"]).form()
        said[user] = [browser.submit(form, typed, follow=False) for _ in range(7)]
        statuses = [answer.status for answer in said[user]]
        expect(statuses[:5] == [401] * 5 and statuses[-1] == 429, f"{user}: {statuses}")
    lengths = {len(said[user][-1].body) - len(user) for user in said}
    expect(len(lengths) == 1, f"a name that somebody has is told by the page: {said}")


@check
def no_such_page(world):
    for lang in ("en", "cy"):
        page = Browser(world.register.address, lang).get(f"/{lang}/nothing-here")
        expect(page.status == 404 and page.read.lang == lang, f"{page}")


if __name__ == "__main__":
    sys.exit(CHECKS.main("pages", __doc__, PEOPLE, World))
