"""Pages that write, in both languages, through a real register and a browser without JavaScript.

  pages_write.py                 all
  pages_write.py --only note     one
"""
import re
import sys

from browser import Browser
from checking import Checks, expect
from pages import PEOPLE, RECORD, World

CHECKS = Checks()
check = CHECKS.add
NOTE = {"en": "/en/entries/%s/note", "cy": "/cy/cofnodion/%s/nodyn"}
EVENT = {"en": "/en/entries/%s/offer", "cy": "/cy/cofnodion/%s/cynnig"}


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
def note_that_is_empty(world):
    browser = world.by("officer.a", "cy")
    page = browser.submit(browser.get(NOTE["cy"] % world.child.id).form(), {"text": " "})
    expect(page.status == 400 and "#text" in page.read.links, f"{page.status} {page.read.links}")


@check
def note_by_office(world):
    """Who stands to the child by office, and not by assignment, writes too, and is told that it is kept."""
    child, lead = world.children.make("none"), world.by("lead")
    done = lead.submit(lead.get(NOTE["en"] % child.id).form(), {"text": "Gan yr arweinydd"})
    expect("The note is saved" in done.text, f"{done.status} {done.text[:400]}")
    held = values(world, child, ["case_notes"], "safeguarding_enquiry", "lead").values()
    expect("Gan yr arweinydd" in [one["value"] for one in held], f"{held}")


@check
def event(world):
    browser = world.by("officer.a")
    page = browser.get(EVENT["en"] % world.child.id)
    typed = {
        "kind": "support_attempts",
        "text": "Tiwtor",
        "outcome": "accepted",
        "route": "visit",
        "since-day": "3",
        "since-month": "11",
        "since-year": "2026",
    }
    sent(browser.submit(page.form(), typed, follow=False), "an offer is not taken")
    held = values(world, world.child, ["support_attempts"]).values()
    one = next(value for value in held if value["value"].startswith("Tiwtor"))
    expect(one["since"] == "2026-11-03" and one["outcome"] == "accepted", f"{one}")
    expect("Accepted" in browser.get(EVENT["en"] % world.child.id).text, "its outcome is not shown")
    page = browser.submit(page.form(), {**typed, "since-day": "31"})
    expect(page.status == 400 and "#since" in page.read.links, f"{page.status} {page.read.links}")
    expect(page.form().value("outcome") == "accepted", "what was chosen is gone")
    declined = {**typed, "kind": "contact_record", "outcome": "declined", "route": ""}
    page = browser.submit(page.form(), declined)
    expect(page.status == 400 and "by which route" in page.text, f"{page.status} {page.text[:600]}")


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
        expect(page.form().choices["against"] == ["0"], "an adult is offered who is not there")
        typed = {"reason": "Rheswm", "protects" if parent_too else "against": ["0"]}
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
    expect(
        page.status == 202 and level(world, child) == "hidden", f"{page.status} {page.text[:300]}"
    )
    at = next(link for link in page.read.links if "/lower/" in link)
    own = lead.get(at)
    expect("Another person must agree" in own.text, f"asked to answer themselves: {own.text[:300]}")
    expect(b'name="approve"' not in own.body, "offered to answer themselves")
    sent = {"approve": "yes", "reason": "Symudodd ymaith", "once": "0" * 32}
    elsewhere = Browser(world.register.address)
    elsewhere.sign_in("lead", world.register.password)
    mark = elsewhere.get(PROTECT["en"] % child.id).form().value("mark")
    own = elsewhere.go("POST", at, {**sent, "mark": mark})
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


@check
def one_browser(world):
    """Two people who sign in one after the other in one browser are no two people; the first one's
    session ends when the second begins."""
    child = world.children.make("hidden")
    shared = Browser(world.register.address)
    shared.sign_in("lead", world.register.password)
    first = shared.cookie
    form = shared.get(PROTECT["en"] % child.id).form()
    page = shared.submit(form, {"level": "contact_protected", "reason": "Symudodd ymaith"})
    at = next(link for link in page.read.links if "/lower/" in link)
    shared.sign_in("deputy", world.register.password)
    page = shared.submit(shared.get(at).form(), {"approve": "yes"})
    expect(page.status == 409 and level(world, child) == "hidden", f"agreed: {page.text[:300]}")
    expect("in this same browser" in page.text, f"not said why: {page.text[:600]}")
    old = Browser(world.register.address)
    old.cookie = first
    expect(old.get("/en/my-list").status == 401, "the session before is open still")
    other = world.by("deputy")
    other.submit(other.get(at).form(), {"approve": "yes"})
    expect(level(world, child) == "contact_protected", "not in a browser of their own")


CHANGE = {"en": "/en/entries/%s/change/%s/%d", "cy": "/cy/cofnodion/%s/newid/%s/%d"}
ADD = {"en": "/en/entries/%s/add/%s", "cy": "/cy/cofnodion/%s/ychwanegu/%s"}
NEW = {"en": "/en/new-entry", "cy": "/cy/cofnod-newydd"}


def kept(world, child, field, slot=0):
    words = ["sex", "date_of_birth", "circumstances", "education_time", "child_name"]
    adults = ["resident_parent_name", "other_parent_name", "resident_parent_contact"]
    held = values(world, child, words + adults, "register_maintenance")
    return held.get((field, slot), {})


@check
def change(world):
    """Each kind of value has its input; what does not fit is kept as given, and what is no day is said."""
    child = world.children.make("none")
    for lang, typed, field, value in (
        ("en", {"sex": "female"}, "sex", "female"),
        ("cy", {"time_with_parents": "7.5", "said_by": "parent"}, "time_with_parents", "7.5"),
        ("en", {"known_as": "Ceri <b>"}, "known_as", "Ceri <b>"),
        (
            "cy",
            {
                "date_of_birth-day": "3",
                "date_of_birth-month": "4",
                "date_of_birth-year": "2015",
                "contested": "yes",
            },
            "date_of_birth",
            "2015-04-03",
        ),
    ):
        browser = world.by("officer.a", lang)
        page = browser.get(CHANGE[lang] % (child.id, field, 0))
        expect(page.status == 200, f"{field}: {page.status} {page.text[:300]}")
        done = browser.submit(page.form(), typed)
        expect(done.path == f"{RECORD[lang]}{child.id}?done=change", f"{field}: {done.path} {done}")
        one = kept(world, child, field)
        expect(one.get("value") == value, f"{field}: {one}")
        expect(one["said_by"] == typed.get("said_by", one["said_by"]), f"{field}: {one}")
        expect(one["contested"] == ("contested" in typed), f"{field}: {one}")
    page = browser.get(CHANGE["cy"] % (child.id, "date_of_birth", 0))
    expect(
        page.form().value("date_of_birth-year") == "2015", "what stands there is not in the form"
    )
    wrong = browser.submit(
        page.form(), {"since-day": "31", "since-month": "2", "since-year": "2020"}
    )
    expect(
        wrong.status == 400 and "#since" in wrong.read.links, f"{wrong.status} {wrong.text[:200]}"
    )
    expect(
        browser.get(CHANGE["cy"] % (child.id, "protection", 0)).status == 404, "the register's own"
    )
    expect(browser.get(CHANGE["cy"] % (child.id, "sex", 1)).status == 404, "no such place")


@check
def empty_is_not_taken_away(world):
    child = world.children.make("none")
    browser = world.by("officer.a")
    page = browser.get(CHANGE["en"] % (child.id, "surname", 0))
    expect(browser.submit(page.form(), {"surname": ""}).status == 400, "an empty input is taken")
    expect(kept(world, child, "surname").get("value") == child.surname, "and takes the name away")
    sent(browser.submit(page.form(), {"remove": "yes"}, follow=False), "not taken away")
    expect(kept(world, child, "surname") == {}, "it stands there still")


@check
def add(world):
    """One more circumstance, and one more adult, beside those that stand there."""
    child = world.children.make("none")
    browser = world.by("officer.a", "cy")
    page = browser.get(ADD["cy"] % (child.id, "circumstances"))
    sent(browser.submit(page.form(), {"circumstances": "medically_unwell"}, follow=False), "a set")
    expect(kept(world, child, "circumstances", 1).get("value") == "medically_unwell", "no second")
    expect(
        kept(world, child, "circumstances")["value"] == "awaiting_suitable_provision", "no first"
    )
    page = browser.get(ADD["cy"] % (child.id, "person_name"))
    typed = {"person_name": "Ail Oedolyn", "person_relation": "modryb", "person_standing": "shared"}
    done = browser.submit(page.form(), typed)
    expect(done.status == 200 and "Ail Oedolyn" in done.text, f"{done.status} {done.text[:600]}")
    expect(kept(world, child, "person_name")["value"] == child.parent, "the first adult is gone")
    expect(kept(world, child, "person_standing", 1).get("value") == "shared", "in another place")


@check
def protected_is_written_blind(world):
    """What stands in custody is not shown, can be replaced, and nothing is put beside it."""
    child = world.children.make("contact_protected")
    browser = world.by("officer.a")
    page = browser.get(CHANGE["en"] % (child.id, "home_address", 0))
    expect(
        page.status == 200 and child.street not in page.text,
        f"shown: {page.status} {page.text[:900]}",
    )
    sent(browser.submit(page.form(), {"home_address": "9 Heol Arall"}, follow=False), "not taken")
    page = browser.get(ADD["en"] % (child.id, "provider_name"))
    expect(page.status == 200 and not [f for f in page.read.forms if f.id == "main-form"], "beside")


@check
def change_says_nothing(world):
    hidden, nobody = world.children.make("hidden"), world.children.nobody()
    for lang in ("en", "cy"):
        browser = world.by("officer.b", lang)
        for path in (NOTE, EVENT, CHANGE, ADD):
            pages = []
            for target in (hidden, nobody):
                more = {CHANGE[lang]: ("sex", 0), ADD[lang]: ("circumstances",)}.get(path[lang], ())
                page = browser.get(path[lang] % (target.id, *more))
                pages.append((page.status, plain_form(page, target)))
            expect(pages[0] == pages[1] and pages[0][0] == 404, f"{lang}: {pages}")


@check
def new_entry(world):
    """Made once, waiting for its first decision; what is wrong is said, and what was typed stays."""
    for lang in ("en", "cy"):
        browser, person = world.by("officer.a", lang), world.children.nobody()
        page = browser.get(NEW[lang])
        names = {name for name, _ in page.form().fields} | set(page.form().choices)
        expect("ethnicity" not in names, "a field without power is asked for")
        expect({"person_name", "home_address", "circumstances"} <= names, f"{names}")
        year, month, day = person.date_of_birth.split("-")
        typed = {
            "forename": person.forename,
            "surname": person.surname,
            "date_of_birth-day": day,
            "date_of_birth-month": month,
            "date_of_birth-year": year,
            "upn": "dim UPN",
            "home_address": person.address,
            "person_name": person.parent,
            "person_standing": "resident",
            "source": "Llythyr rhiant",
        }
        wrong = browser.submit(page.form(), {**typed, "forename": "", "surname": ""})
        expect(wrong.status == 400, f"{lang}: nameless: {wrong.status}")
        expect(wrong.form().value("home_address") == person.address, "what was typed is gone")
        made = [browser.submit(page.form(), typed) for _ in range(2)]
        at = [[link for link in one.read.links if link.startswith(RECORD[lang])] for one in made]
        expect(made[0].status == 201 and at[0] == at[1] and at[0], f"{lang}: {made[0].text[:500]}")
        expect(any("/upn/0" in link for link in at[0]), f"what is as given is not said: {at}")
        seen = browser.get(next(link for link in at[0] if "/upn/" not in link))
        expect(seen.status == 200 and person.surname in seen.text, f"{lang}: {seen.text[:300]}")
    expect(world.by("lead").submit(page.form(), typed).status in (401, 403), "a lead makes entries")


if __name__ == "__main__":
    sys.exit(CHECKS.main("pages that write", __doc__, PEOPLE, World))
