"""Pages that write, in both languages, through a real register and a browser without JavaScript.

  pages_write.py                 all
  pages_write.py --only note     one
"""
import argparse
import re
import sys

from pages import World, expect
from service import STAFF, Failed, Register

CHECKS = {}
NOTE = {"en": "/en/entries/%s/note", "cy": "/cy/cofnodion/%s/nodyn"}
EVENT = {"en": "/en/entries/%s/offer", "cy": "/cy/cofnodion/%s/cynnig"}
PEOPLE = ("officer.a", "officer.b", "lead", "deputy", "head", "dpo", "dpo.2")


def check(function):
    CHECKS[function.__name__.replace("_", "-")] = function
    return function


def sent(page, what):
    """A form was taken: the browser is sent on."""
    expect(page.status == 303, f"{what}: {page.status} {page.text[:600]}")
    return page


def values(world, child, fields, purpose="education_suitability", user="officer.a"):
    """What is held, by field name and place."""
    seen = world.register.sign_in(user).must(
        "POST",
        f"/v1/entries/{child.id}/views",
        {
            "purposes": [purpose],
            "basis": {"kind": "statutory_duty", "text": "436B"},
            "necessity": "prawf",
            "fields": fields,
        },
    )
    return {
        (value["field"], value["slot"]): value
        for word in seen.json["fields"].values()
        for value in word["values"]
    }


@check
def note(world):
    for lang in ("en", "cy"):
        browser = world.by("officer.a", lang)
        text = f"Ymweliad <{lang}>\nail linell"
        page = browser.get(NOTE[lang] % world.child.id)
        sent(
            browser.submit(page.form(), {"text": text, "said_by": "authority"}, follow=False),
            "a note is not taken",
        )
        held = values(world, world.child, ["case_notes"])
        expect(text in [one["value"] for one in held.values()], f"{lang}: no note: {held}")
        page = browser.get(NOTE[lang] % world.child.id)
        expect(f"<{lang}>" in page.text, f"{lang}: what stands there is not shown")
    expect(len(held) == 3, f"one note stands in the other's place: {held}")


@check
def event(world):
    browser = world.by("officer.a")
    page = browser.get(EVENT["en"] % world.child.id)
    typed = {
        "kind": "support_attempts",
        "text": "Tiwtor",
        "result": "Derbyniwyd",
        "since-day": "3",
        "since-month": "11",
        "since-year": "2026",
    }
    sent(browser.submit(page.form(), typed, follow=False), "an offer is not taken")
    held = values(world, world.child, ["support_attempts"]).values()
    one = next(value for value in held if value["value"].startswith("Tiwtor"))
    expect(one["since"] == "2026-11-03" and "Derbyniwyd" in one["value"], f"{one}")
    page = browser.submit(page.form(), {**typed, "since-day": "31"})
    expect(page.status == 400 and "#since" in page.read.links, f"{page.status} {page.read.links}")
    expect(page.form().value("result") == "Derbyniwyd", "what was typed is gone")


@check
def stale(world):
    """Two tabs, one record: the second form comes back with what was typed, and takes a free place."""
    browser = world.by("officer.a")
    first = browser.get(NOTE["en"] % world.child.id).form()
    second = browser.get(NOTE["en"] % world.child.id).form()
    sent(browser.submit(first, {"text": "Tab un"}, follow=False), "the first")
    for form, typed in ((second, "Tab dau"), (first, "Tab un")):
        answer = browser.submit(form, {"text": typed}, follow=False)
        expect(answer.status == 307, f"a stale form: {answer.status} {answer.text[:300]}")
        page = browser.submit(form, {"text": typed}, action=answer.header("Location"))
        expect(page.status == 200 and "changed the record meanwhile" in page.text, page.text[:300])
        expect(page.form().value("text") == typed, "what was typed is gone")
    sent(browser.submit(page.form(), {"text": "Tab dau"}, follow=False), "the second")
    held = [one["value"] for one in values(world, world.child, ["case_notes"]).values()]
    expect(held.count("Tab un") == 1 and held.count("Tab dau") == 1, f"{held}")


PROTECT = {"en": "/en/entries/%s/protect", "cy": "/cy/cofnodion/%s/diogelu"}


def level(world, child):
    return values(world, child, ["shield_exists"], "safeguarding_enquiry", "lead")[
        ("shield_exists", 0)
    ]["value"]


@check
def protect(world):
    """At once, by one person, for a child or with the adult; sent twice it is done once."""
    for lang, parent_too in (("en", False), ("cy", True)):
        child = world.children.make("none")
        browser = world.by("officer.a", lang)
        page = browser.get(PROTECT[lang] % child.id)
        expect(child.parent in page.text, f"the adult has no name: {page.text[:600]}")
        typed = {
            "reason": "Rheswm",
            "against": ["1"],
            **({"protects": ["0"]} if parent_too else {}),
        }
        for _ in range(2):
            done = browser.submit(page.form(), typed)
            expect(done.status == 200, f"{lang}: {done.status} {done.text[:600]}")
        expect(level(world, child) == "contact_protected", f"{lang}: not protected")


@check
def protect_says_nothing(world):
    """Outside the circle a hidden child and nobody are one form, and one answer."""
    hidden, nobody = world.children.make("hidden"), world.children.nobody()
    for lang in ("en", "cy"):
        browser = world.by("officer.b", lang)
        forms, answers = [], []
        for target in (hidden, nobody):
            page = browser.get(PROTECT[lang] % target.id)
            typed = {"once": "0" * 31 + lang[0].replace("e", "1").replace("c", "2")}
            answer = browser.submit(page.form(), typed)
            forms.append((page.status, plain_form(page, target)))
            answers.append((answer.status, plain_form(answer, target)))
        expect(forms[0] == forms[1] and forms[0][0] == 200, f"{lang}: {forms}")
        expect(answers[0] == answers[1] and answers[0][0] == 404, f"{lang}: {answers}")


def plain_form(page, target):
    """A page without what is random in it."""
    text = page.body.decode().replace(target.id, "ID")
    for form in page.read.forms:
        for name, value in form.fields:
            if name == "once" and value:
                text = text.replace(value, "ONCE")
    return re.sub(r"[0-9a-f]{16,}", "HEX", text)


@check
def lower(world):
    """One proposes, another agrees; who proposed cannot, and who is not of the circle cannot look."""
    child = world.children.make("hidden")
    lead, deputy = world.by("lead"), world.by("deputy", "cy")
    form = lead.get(PROTECT["en"] % child.id).form()
    expect("none" in form.choices["level"], "a lead is not offered to lower")
    for _ in range(2):
        page = lead.submit(form, {"level": "contact_protected", "reason": "Symudodd ymaith"})
    at = next(link for link in page.read.links if "/lower/" in link)
    expect(
        page.status == 202 and level(world, child) == "hidden", f"{page.status} {page.text[:300]}"
    )
    own = lead.submit(lead.get(at).form(), {"approve": "yes"})
    expect(own.status == 409 and level(world, child) == "hidden", "one person lowers")
    expect("Symudodd ymaith" in own.text, "what was proposed is gone from the form")
    expect(world.by("officer.a").get(at).status == 403, "an officer reads the proposal")
    other = at.replace("/en/entries/", "/cy/cofnodion/").replace("/lower/", "/gostwng/")
    page = deputy.get(other)
    expect("Symudodd ymaith" in page.text and "Aelod Lead" in page.text, page.text[:600])
    expect(deputy.submit(page.form(), {}).status == 400, "no word is taken for a word")
    done = deputy.submit(page.form(), {"approve": "yes"})
    expect(done.status == 200 and level(world, child) == "contact_protected", done.text[:300])
    expect(deputy.get(other).status == 404, "the proposal is open still")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--guard-off")
    parser.add_argument("--like")
    options = parser.parse_args()
    names, wrong = options.only or list(CHECKS), 0
    with Register(guard_off=options.guard_off) as register:
        if options.like:
            register.take(options.like)
        else:
            register.make({user: STAFF[user] for user in PEOPLE})
        world = World(register)
        register.take_guard_away()
        for name in names:
            try:
                CHECKS[name](world)
                print(f"  {name}: holds")
            except Failed as error:
                print(f"  {name}: FAILS: {str(error)[:1200]}")
                wrong += 1
    print(f"pages that write: {len(names) - wrong} hold, {wrong} fail")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
