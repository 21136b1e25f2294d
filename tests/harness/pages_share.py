"""Sharing by pages, without JavaScript, in both languages: to whom, why and what, what exactly would
leave, the receipt and its package; and the second person.

  pages_share.py                 all
  pages_share.py --only share    one
"""
import secrets
import sys

from checking import Checks, expect
from pages import PEOPLE, RECORD, World
from pages_write import plain_form
from service import Failed
from weighing import WEIGHED, weighing

CHECKS = Checks()
check = CHECKS.add
SHARE = {"en": "/en/entries/%s/share", "cy": "/cy/cofnodion/%s/rhannu"}
KEY = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
WHY = {
    "purposes": "transfer_between_las",
    "basis": "statutory_duty",
    "basis_text": "436B",
    "necessity": "Y cyfeiriad <a'r enw>: ble i gynnig cymorth.",
    "fields": ["child_name", "home_address", "support_attempts", "circumstances_narrative"],
}


def to_preview(browser, asking, why):
    """From why and what, by the weighing, to what exactly would leave."""
    page = browser.submit(asking.form(), why)
    return browser.submit(page.form(), weighing(why["fields"]))


# ---- a recipient who is receiving a child ----


def recipient(world, role="other_la_officer", approved=True, **more):
    body = {
        "name": "Mari Mockbury " + secrets.token_hex(3),
        "role": role,
        "organisation": "Mockbury Council",
        "age_key": KEY,
        **more,
    }
    made = world.register.sign_in("dpo").must("POST", "/v1/recipients", body).json["recipient"]
    if approved:
        world.register.sign_in("dpo.2").must("POST", f"/v1/recipients/{made}/approvals")
    return made, body["name"]


def relate(world, child, recipient, relation):
    body = {"id": child.id, "recipient": recipient, "relation": relation, "evidence": "Llythyr."}
    made = world.register.sign_in("lead").must("POST", "/v1/relations", body).json
    if not made["approved"]:
        path = f"/v1/relations/{made['id']}/approvals"
        world.register.sign_in("deputy").must("POST", path, {"approve": True})


def to_form(browser, lang, child, name):
    """The first step: the recipient is chosen."""
    page = browser.get(SHARE[lang] % child.id)
    for form in page.read.forms:
        if form.value("to") == name:
            return browser.submit(form)
    raise Failed(f"{name} cannot be chosen: {page.text[:600]}")


@check
def share(world):
    """The whole way: nothing leaves before the last step, and what leaves is what was shown."""
    made, name = recipient(world)
    relate(world, world.child, made, "receiving")
    for lang in ("en", "cy"):
        browser = world.by("officer.a", lang)
        form = to_form(browser, lang, world.child, name)
        expect("date_of_birth" in form.form().choices["fields"], "a field of G-09 is not offered")
        expect("case_notes" not in form.form().choices["fields"], "one of no rule is offered")
        seen = to_preview(browser, form, WHY)
        expect(seen.status == 200, f"{lang}: {seen.status} {seen.text[:600]}")
        expect(world.child.street in seen.text, f"{lang}: the address is not shown: {seen.text}")
        expect("G-09" in seen.text, f"{lang}: the rule is not named")
        expect(WHY["necessity"] in seen.text, f"{lang}: the reason is gone")
        release = seen.form("/release" if lang == "en" else "/rhyddhau")
        receipts = [browser.submit(release) for _ in range(2)]
        expect(receipts[0].path == receipts[1].path, f"{lang}: sent twice, released twice")
        receipt = receipts[0]
        expect(name in receipt.text and "G-09" in receipt.text, f"{lang}: {receipt.text[:900]}")
        for said in ("weigh-aim-text", "weigh-option-1", "weigh-harm-unshared"):
            expect(WEIGHED[said] in receipt.text, f"{lang}: {said} is not shown back")
        expect(world.child.street not in receipt.text, "a value stands on the receipt")
        at = next(link for link in receipt.read.links if link.endswith(("/package", "/pecyn")))
        back = receipt.form("/return" if lang == "en" else "/dychwelyd")
        refused = browser.submit(back, {"what": "receipt"})
        expect(refused.status == 400, f"{lang}: nobody says how: {refused.status}")
        done = browser.submit(refused.form(), {"what": "receipt", "how": "Llythyr 12."})
        expect("Llythyr 12." in done.text, f"{lang}: {done.status} {done.text[:900]}")
        expect(not any("/return" in f.action or "/dychwelyd" in f.action for f in done.read.forms),
               f"{lang}: it is owed on")
        package = browser.send("GET", at)
        expect(package.status == 200, f"{lang}: {package.status}")
        expect(package.body.startswith(b"age-encryption.org/v1"), f"{package.body[:40]}")
        expect("attachment" in package.header("Content-Disposition"), "it is shown, not kept")


@check
def typed_is_kept(world):
    """A refusal, a change of mind and the other language keep everything that was typed."""
    made, name = recipient(world)
    relate(world, world.child, made, "receiving")
    browser = world.by("officer.a")
    form = to_form(browser, "en", world.child, name)
    refused = to_preview(browser, form, {**WHY, "necessity": ""})
    expect(refused.status == 403 and "F-01" in refused.text, f"{refused.status}")
    expect(refused.form().value("weigh-aim-text") == WEIGHED["weigh-aim-text"], "the refusal lost it")
    chosen = [value for key, value in refused.form().fields if key == "fields"]
    expect(sorted(chosen) == sorted(WHY["fields"]), f"the refusal lost fields: {chosen}")
    other = browser.submit(refused.form(), {"again": "1"}, action=refused.toggle())
    expect(other.read.lang == "cy", "not in Welsh")
    expect(other.form().value("basis_text") == WHY["basis_text"], "the language lost it")
    weigh = browser.submit(other.form(), {"necessity": "Ble i gynnig cymorth."})
    expect(weigh.form().value("weigh-why-1") == WEIGHED["weigh-why-1"], "the weighing is lost")
    seen = browser.submit(weigh.form())
    change = browser.submit(seen.form("/rhannu/gofyn"))
    expect(change.form().value("necessity") == "Ble i gynnig cymorth.", "the change lost it")


@check
def weighed_first(world):
    """What was not weighed is not shared: what lacks stands at its question, and the rest is kept."""
    made, name = recipient(world)
    relate(world, world.child, made, "receiving")
    browser = world.by("officer.a")
    weigh = browser.submit(to_form(browser, "en", world.child, name).form(), WHY)
    lacking = {**WEIGHED, "weigh-aim-text": ""}
    refused = browser.submit(weigh.form(), lacking)
    expect(refused.status == 400, f"{refused.status} {refused.text[:600]}")
    expect("What will be different for the child" in refused.text, "the question is not named")
    expect("Which question does each field answer" in refused.text, "a field without a question")
    expect(refused.form().value("weigh-harm-shared") == WEIGHED["weigh-harm-shared"], "it is lost")
    answers = {**weighing(WHY["fields"]), "weigh-more-harm": "yes"}
    refused = browser.submit(refused.form(), answers)
    expect(refused.status == 403 and "Nothing is shared" in refused.text, f"{refused.status}")


@check
def says_nothing(world):
    """Outside the circle a hidden child and nobody are one answer."""
    hidden, nobody = world.children.make("hidden"), world.children.nobody()
    made, name = recipient(world)
    relate(world, hidden, made, "receiving")
    for lang in ("en", "cy"):
        browser, answers = world.by("officer.a", lang), []
        for target in (hidden, nobody):
            page = to_preview(browser, to_form(browser, lang, target, name), WHY)
            answers.append((page.status, plain_form(page, target)))
        expect(answers[0] == answers[1] and answers[0][0] == 404, f"{lang}: {answers}")


@check
def second_person(world):
    """It waits; the one who asked cannot agree; another sees what it is about, and then it leaves."""
    made, name = recipient(world, "police_officer")
    relate(world, world.child, made, "named_case")
    officer, lead = world.by("officer.a"), world.by("lead", "cy")
    why = {**WHY, "purposes": "crime_investigation", "basis": "statutory_power"}
    form = to_form(officer, "en", world.child, name)
    seen = to_preview(officer, form, {**why, "fields": ["child_name"]})
    expect("A-01" in seen.text, f"nobody waits: {seen.text[:900]}")
    waits = officer.submit(seen.form("/release"))
    expect("Nothing has left" in waits.text, f"{waits.status} {waits.text[:600]}")
    expect(not any(form.action.endswith("/decide") for form in waits.read.forms), "one person")
    at = waits.path.split("?")[0].replace("/en/disclosures/", "/cy/datgeliadau/")
    page = lead.get(at)
    expect(WHY["necessity"] in page.text, f"the second person is not told why: {page.text[:900]}")
    done = lead.submit(page.form("/penderfynu"), {"approve": "yes"})
    expect("Rydych wedi cytuno" in done.text, f"{done.status} {done.text[:600]}")
    expect("Released" in officer.get(waits.path).text, "it has not left")


@check
def on_paper(world):
    """Without a key: a copy in both languages, with the log's digest; recalled, it opens no more."""
    made, name = recipient(world, age_key="")
    relate(world, world.child, made, "receiving")
    browser = world.by("officer.a", "cy")
    form = to_form(browser, "cy", world.child, name)
    offered = form.form().choices["fields"]
    expect("home_address" in offered, f"an address is not offered: {offered}")
    expect("circumstances_narrative" not in offered, "free text is offered on paper")
    refused = to_preview(browser, form, WHY)
    expect(refused.status == 409, f"free text leaves on paper: {refused.status}")
    expect("Nid yw testun rhydd byth" in refused.text, refused.text[:900])
    why = {**WHY, "fields": ["child_name", "home_address"]}
    seen = to_preview(browser, form, why)
    receipt = browser.submit(seen.form("/rhyddhau"))
    at = next((link for link in receipt.read.links if link.endswith("/papur")), None)
    expect(at is not None, f"no copy: {receipt.status} {receipt.text[:900]}")
    paper = browser.get(at)
    expect(world.child.street in paper.text, f"{paper.status} {paper.text[:900]}")
    expect("SHA-256 of the content" in paper.text and "SHA-256 y cynnwys" in paper.text, "one language")
    recall = browser.get(at.replace("/papur", "/galw-yn-ol"))
    refused = browser.submit(recall.form(), {})
    expect(refused.status == 400, f"recalled without a reason: {refused.status}")
    done = browser.submit(refused.form(), {"reason": "wrong_recipient"})
    expect("wedi'i alw'n ôl" in done.text, f"{done.status} {done.text[:600]}")
    expect(browser.get(at).status == 409, "it opens again")
    stops = browser.get("/cy/hysbysiadau-peidio")
    link = next(link for link in stops.read.links if "/hysbysiadau-peidio/" in link)
    notice = browser.get(link)
    expect("Do not use" in notice.text and "Peidiwch" in notice.text, notice.text[:600])
    done = browser.submit(notice.form(link), {})
    expect("Wedi'i gydnabod" in done.text, f"{done.status} {done.text[:600]}")


@check
def by_telephone(world):
    """On the register's own number; what was read out is recorded."""
    made, name = recipient(world, age_key="", phone="07700 900321")
    relate(world, world.child, made, "receiving")
    browser = world.by("officer.a")
    page = browser.get(SHARE["en"] % world.child.id)
    ways = [form for form in page.read.forms if form.value("to") == name]
    form = next(form for form in ways if form.value("means") == "spoken")
    why = {**WHY, "fields": ["child_name", "home_address"]}
    receipt = browser.submit(to_preview(browser, browser.submit(form), why).form("/release"))
    at = next(link for link in receipt.read.links if link.endswith("/paper"))
    call = browser.get(at)
    expect("07700 900321" in call.text, f"{call.status} {call.text[:900]}")
    told = {"to": "Mari Mockbury", "fields": ["child_name"], "read": "yes"}
    done = browser.submit(call.form("/call"), told)
    expect("Told by telephone to" in done.text, f"{done.status} {done.text[:900]}")


@check
def new_key(world):
    """Proposed on the recipient's page, agreed by another person; stopped by one."""
    made, name = recipient(world)
    other = "age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z"
    dpo, second = world.by("dpo"), world.by("dpo.2", "cy")
    page = dpo.get(f"/en/recipients/{made}")
    wrong = dpo.submit(page.form("/key"), {"age_key": "ssh-ed25519 AAAA"})
    expect(wrong.status == 400 and "SSH" in wrong.text, f"{wrong.status} {wrong.text[:600]}")
    done = dpo.submit(wrong.form("/key"), {"age_key": other})
    expect("waits for a second person" in done.text and other in done.text, done.text[:900])
    waits = second.get("/cy/cymeradwyo")
    second.submit(waits.form(f"{made}/penderfynu"), {"approve": "yes"})
    page = dpo.get(f"/en/recipients/{made}")
    expect("Two people have agreed" in page.text, page.text[:900])
    done = dpo.submit(page.form("/stop-key"))
    expect("The key has been stopped" in done.text, done.text[:900])
    offered = world.by("officer.a").get(SHARE["en"] % world.child.id)
    expect(all(form.value("to") != name for form in offered.read.forms), "it can be sent to")


@check
def new_recipient(world):
    browser, name = world.by("dpo"), "Non " + secrets.token_hex(3)
    form = browser.get("/en/recipients/new").form()
    typed = {"name": name, "organisation": "Heddlu Prawf", "role": "police_officer"}
    wrong = browser.submit(form, {**typed, "age_key": "age1nothing"})
    expect(wrong.status == 400 and wrong.form().value("name") == name, f"{wrong.status}")
    page = browser.submit(wrong.form(), {**typed, "age_key": KEY})
    expect(name in page.text and "Waiting for a second" in page.text, page.text[:600])
    offered = world.by("officer.a").get(SHARE["en"] % world.child.id)
    expect(name in offered.text, "the officer is not told of it")
    expect(all(form.value("to") != name for form in offered.read.forms), "it can be sent to")
    expect(RECORD["en"] not in page.text, "a list of recipients leads to a record")


@check
def relations(world):
    """Recorded on a page with its evidence, agreed to by a second person, ended on the page."""
    for lang, word in (("en", "relations"), ("cy", "perthnasoedd")):
        child = world.children.make("none")
        made, name = recipient(world)
        at = f"{RECORD[lang]}{child.id}/{word}"
        lead = world.by("lead", lang)
        typed = {"recipient": made, "relation": "receiving", "evidence": ""}
        page = lead.submit(lead.get(at).form(), typed)
        expect(page.status == 400 and made in str(page.body), f"{page.status}: what was typed")
        page = lead.submit(page.form(), {"evidence": "Llythyr 12."})
        expect(page.status == 200 and "Llythyr 12." in page.text, f"{page.text[:400]}")
        expect(name in page.text, f"not to whom: {page.text[:400]}")
        waits = world.by("deputy", lang).get({"en": "/en/approvals", "cy": "/cy/cymeradwyo"}[lang])
        expect("Llythyr 12." in waits.text, "it does not wait for a second person")
        expect(lead.get(at).text.count("Llythyr 12.") == 1, "twice")
        end = [form for form in page.read.forms if form.action.endswith(("/end", "/diwedd"))]
        page = lead.submit(end[0])
        expect(page.status == 200 and "Llythyr 12." not in page.text, f"{page.text[:400]}")
        expect(world.by("officer.a", lang).get(at).status == 403, "an officer sees them")


@check
def approvals(world):
    """What waits is with those who may decide; one button each for yes and no; never one's own."""
    lead, deputy = world.by("lead"), world.by("deputy", "cy")
    dpo, other = world.by("dpo"), world.by("dpo.2", "cy")
    child = world.children.make("none")
    made, name = recipient(world, approved=False)
    expect(name not in dpo.get("/en/approvals").text, "one's own request")
    page = other.get("/cy/cymeradwyo")
    expect(name in page.text and KEY in page.text, f"the key is not shown: {page.text[:600]}")
    done = other.submit(page.form(f"{made}/penderfynu"), {"approve": "yes"})
    expect("Rydych wedi cytuno" in done.text and name not in done.text, done.text[:600])
    refused, second = recipient(world, approved=False)
    done = other.submit(other.get("/cy/cymeradwyo").form(f"{refused}/penderfynu"), {"approve": "no"})
    expect("Rydych wedi gwrthod" in done.text, done.text[:600])
    offered = world.by("officer.a").get(SHARE["en"] % child.id).text
    expect(name in offered and second not in offered, "the refused one is offered")
    body = {"id": child.id, "recipient": made, "relation": "receiving", "evidence": "Llythyr 7."}
    told = world.register.sign_in("lead").must("POST", "/v1/relations", body).json
    expect(told["id"] not in str(lead.get("/en/approvals").body), "one's own relation")
    page = deputy.get("/cy/cymeradwyo")
    expect("Llythyr 7." in page.text and child.surname in page.text, page.text[:900])
    done = deputy.submit(page.form(f"{told['id']}/penderfynu"), {"approve": "yes"})
    expect("Llythyr 7." not in done.text, "what is decided waits on")
    expect("Nothing waits" in world.by("officer.a").get("/en/approvals").text, "an officer")


if __name__ == "__main__":
    sys.exit(CHECKS.main("pages that share", __doc__, PEOPLE, World))
