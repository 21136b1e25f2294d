"""Short checks, one promise each, by name; tests/guards takes a guard away and wants to see one fail.

  checks.py                          all, in one register
  checks.py --only if-match          one
  checks.py --like DIR               on a copy of a register that was made before
"""
import base64
import json
import os
import re
import secrets
import signal
import sqlite3
import sys
import time
import types

import contract
import paired
from checking import Checks, expect
from children import DANGER, ENQUIRY, MAINTENANCE, Children, ask, weighed
from service import FIRST_PASSWORD, Client, Failed, source_dir

PEOPLE = (
    "officer.a",
    "officer.b",
    "support",
    "attendance",
    "lead",
    "deputy",
    "head",
    "dpo",
    "dpo.2",
    "social",
    "legal",
)
CHECKS = Checks()
check = CHECKS.add


class World:
    """A register with a child of each kind."""

    def __init__(self, register):
        self.register = register
        self.children = Children(register)
        self.plain = self.children.make("none")
        self.unknown = self.children.make("unknown")

    def by(self, user):
        return self.register.sign_in(user)

    def view(self, user, child, fields, purpose="register_maintenance"):
        return self.by(user).post(f"/v1/entries/{child.id}/views", ask(purpose, fields))

    def assign(self, child, officer, purpose):
        self.by("head").must(
            "POST",
            "/v1/assignments",
            {"id": child.id, "officer": officer, "relation": "assigned", "purpose": purpose},
        )


# ---- who is shown what ----


@check
def hidden_is_absent(world):
    """In bytes: a hidden child and nobody, seen by the officer who is assigned to both."""
    hidden = world.children.make("hidden")
    answers = [
        paired.plain(world.view("officer.a", target, ["child_name"]), target, False)
        for target in (hidden, world.children.nobody())
    ]
    expect(answers[0] == answers[1], f"a hidden child is told from nobody: {answers}")


@check
def generic_on_tick(world):
    wrong = paired.tick(world.register, [world.children.make("hidden")])
    expect(not wrong, str(wrong))


@check
def unknown_is_protected(world):
    """Until somebody has decided, the assigned officer is not told where the child lives."""
    seen = world.view("officer.a", world.unknown, ["child_name", "home_address"])
    expect(
        seen.status == 200 and world.unknown.street.encode() not in seen.body,
        f"an undecided child's address is shown: {seen}",
    )


@check
def relation_needed(world):
    """Another officer's child is nobody's."""
    seen = world.view("officer.b", world.plain, ["child_name"])
    expect(
        seen.status == 404 and seen.json["type"] == "/problems/absent",
        f"an officer without a relation is answered: {seen}",
    )


@check
def only_granted_is_opened(world):
    """The log says which fields were opened for a view: those of the words granted, and no other."""
    expect(
        world.view("officer.a", world.plain, ["child_name"]).status == 200,
        "the assigned officer is refused",
    )
    log = world.by("lead").must("GET", f"/v1/entries/{world.plain.id}/access-log").json["entries"]
    bits = base64.b64decode(
        next(row for row in log if row["core"]["action"] == "entry_view")["what"]["released"]
    )
    opened = {field.name for field in contract.fields() if bits[field.id // 8] >> field.id % 8 & 1}
    named = {field.name for field in contract.fields() if field.word == "child_name"}
    expect(opened and opened <= named, f"opened for the name alone: {sorted(opened)}")


@check
def search_by_granted(world):
    """The support officer is granted the age, not the date: they cannot look for it."""
    world.assign(world.plain, "support", "support_provision")
    found = world.by("support").post(
        "/v1/searches", {**ask("support_provision"), "date_of_birth": world.plain.date_of_birth}
    )
    expect(
        world.plain.id.encode() not in found.body,
        f"found by a date that would not be granted: {found}",
    )


@check
def granted_exactly(world):
    """Of everything asked for, the case officer gets what G-01 names, the support officer what G-03 does."""
    world.assign(world.plain, "support", "support_provision")
    for user, purpose, rule in (
        ("officer.a", "register_maintenance", "G-01"),
        ("support", "support_provision", "G-03"),
    ):
        seen = world.view(user, world.plain, contract.words("fields"), purpose)
        shown = {word: field["form"] for word, field in seen.json["fields"].items()}
        named = contract.granted(rule)
        expect(
            shown and shown == {word: named.get(word) for word in shown},
            f"{rule}: {shown} against {named}",
        )
        held = {word for word in named if word not in shown}
        told = {row["field"] for row in seen.json["withheld"]}
        expect(
            held <= told,
            f"{rule} names {sorted(held - told)}, which is neither shown nor withheld by a rule",
        )
        expect(
            {field["rule"] for field in seen.json["fields"].values()} == {rule},
            f"granted by another rule than {rule}",
        )


@check
def attendance_gate(world):
    """Before an order: support, offered and recorded. The missing step is named, in the language asked for."""
    world.assign(world.plain, "attendance", "school_attendance_order")
    for lang, word in (("en", "support"), ("cy", "cymorth")):
        seen = (
            world.by("attendance")
            .with_lang(lang)
            .post(
                f"/v1/entries/{world.plain.id}/views",
                ask("school_attendance_order", ["child_name"]),
            )
        )
        expect(
            seen.status == 403 and seen.json["rule"] == "F-11" and seen.json["missing_steps"],
            f"no missing step: {seen}",
        )
        expect(
            word in (seen.json["detail"] + str(seen.json["missing_steps"])).lower(),
            f"not in {lang}: {seen}",
        )


def offer(outcome, text="Tiwtor."):
    return {"value": text, "outcome": outcome, "since": "2026-10-01"}


WHOLE = {
    "forename": "Prawf",
    "surname": "Gorchymyn",
    "support_attempts": [offer("declined"), offer("no_reply")],
    "aln_status": "no",
    "health_needs": "Dim yn hysbys.",
    "child_view": "Dw i eisiau dysgu gartref.",
    "circumstances": [{"value": "placement_breakdown"}],
    "contact_record": [{**offer("reached"), "route": "phone"}],
}
REFUSAL = {"value": "Nid oes anghenion.", "outcome": "refused", "since": "2026-09-01"}
TOLD = {"value": "Yr hawl i apelio.", "outcome": "appeal_told", "since": "2026-09-02"}
SETTLING = {"value": "Wythnosau i setlo.", "outcome": "settling_agreed", "since": "2026-01-01"}
EVIDENCE = {
    "idp_decisions": [REFUSAL, TOLD],
    "family_statement": ["Barn y teulu."],
    "support_attempts": [offer("given"), offer("declined")],
}
NOT_CHECKED = {"offer_support_first", "review_circumstances"}
GATES = {  # what the record holds besides WHOLE, and the steps that are then missing
    "whole": ({}, set()),
    "one offer": ({"support_attempts": [offer("declined")]}, {"offer_support_first"}),
    "an offer that waits": (
        {"support_attempts": [offer("declined"), offer("waiting")]},
        {"offer_support_first"},
    ),
    "no view of the child": ({"child_view": None}, {"seek_child_view"}),
    "circumstances not looked at": ({"circumstances": None}, {"review_circumstances"}),
    "provision owed": (
        {"provision_owed": ["Tiwtor ers mis Mai."]},
        {"escalate_provision_delay"},
    ),
    "a refusal alone": ({"idp_decisions": [REFUSAL]}, NOT_CHECKED),
    "a refusal without the appeal": ({**EVIDENCE, "idp_decisions": [REFUSAL]}, NOT_CHECKED),
    "a refusal with its evidence": (EVIDENCE, set()),
    "a settling time": (
        {"contact_record": [{**offer("reached"), "route": "phone"}, {**SETTLING, "until": "2099-01-01"}]},
        {"offer_support_first"},
    ),
    "a settling time that is over": (
        {"contact_record": [{**offer("reached"), "route": "phone"}, {**SETTLING, "until": "2026-02-01"}]},
        set(),
    ),
}


@check
def order_gate(world):
    """Each step before an order counts only with what makes it one; the missing one is named."""
    for name, (held, missing) in GATES.items():
        values = {key: value for key, value in {**WHOLE, **held}.items() if value is not None}
        child = types.SimpleNamespace(id=world.children.create(values))
        world.assign(child, "attendance", "school_attendance_order")
        seen = world.by("attendance").post(
            f"/v1/entries/{child.id}/views", ask("school_attendance_order", ["child_name"])
        )
        steps = {step["step"] for step in seen.json.get("missing_steps", [])}
        expect(steps == missing, f"{name}: {seen.status} {seen.json}")
        if not missing:
            expect("A-02" in str(seen.json) or seen.json.get("approvals"), f"{name}: {seen.json}")


@check
def not_flattened(world):
    """A declined contact says what was offered and by which route; a settling time until when."""
    officer, path = world.by("officer.a"), "/v1/entries"
    for value in (
        {"value": "Ymweliad.", "outcome": "declined"},
        {"value": "Setlo.", "outcome": "settling_agreed", "since": "2026-11-01"},
        {"value": "Setlo.", "outcome": "settling_agreed", "since": "2026-11-01", "until": "2026-10-01"},
    ):
        body = {**MAINTENANCE, "values": {"forename": "A", "surname": "B", "contact_record": [value]}}
        seen = officer.post(path, body)
        expect(seen.status == 400, f"{value}: {seen.status} {seen.json}")
        expect("/values/contact_record" in str(seen.json), f"not at its place: {seen.json}")
    for value in ({"value": "x", "outcome": "given"}, {"value": "x", "route": "pigeon"}):
        body = {**MAINTENANCE, "values": {"forename": "A", "surname": "B", "contact_record": [value]}}
        expect(officer.post(path, body).status == 400, f"{value} is taken")


@check
def says_which_rule(world):
    """Without purpose, or without basis: which rule refuses, in the language asked for."""
    path, whole = f"/v1/entries/{world.plain.id}/views", ask("register_maintenance", ["child_name"])
    for lacking in ("purposes", "basis"):
        body = {name: value for name, value in whole.items() if name != lacking}
        said = [world.by("officer.a").with_lang(lang).post(path, body) for lang in ("en", "cy")]
        expect(
            all(
                answer.status == 403 and answer.json.get("rule", "").startswith("F-")
                for answer in said
            ),
            f"without {lacking}: {said}",
        )
        expect(
            said[0].json["rule"] == said[1].json["rule"]
            and said[0].json["detail"] != said[1].json["detail"],
            f"without {lacking}: the same words in both languages: {said}",
        )


@check
def found_as_typed(world):
    """With and without accents, apostrophes and capitals, by birth date and by UPN."""
    person = world.children.nobody()
    child = world.children.create(
        {**person.values(), "forename": "Llŷr", "surname": "O’Connor-Rhŷs"}
    )
    world.children.decide([child])
    for by, typed in (
        ("name", "llyr oconnor-rhys"),
        ("name", "LLŶR O'CONNOR-RHŶS"),
        ("surname", "o'connor-rhys"),
        ("forename", "Lly\u0302r"),
        ("date_of_birth", person.date_of_birth),
        ("upn", person.upn.lower()),
    ):
        found = (
            world.by("officer.a")
            .must("POST", "/v1/searches", {**MAINTENANCE, by: typed})
            .json["hits"]
        )
        expect(child in [hit["entry"] for hit in found], f"not found by {by} {typed}")


# ---- what is asked ----


@check
def unknown_key(world):
    answer = world.by("officer.a").post("/v1/searches", {**MAINTENANCE, "name": "x", "nmae": "y"})
    expect(
        answer.status == 400 and b"nmae" not in answer.body,
        f"an unknown key is not refused, or repeated: {answer}",
    )


@check
def if_match(world):
    asked = ask("register_maintenance", ["child_name", "sex"])
    path = f"/v1/entries/{world.plain.id}"
    first = world.by("officer.a").must("POST", path + "/views", asked).header("ETag")
    body = {**asked, "values": {"sex": "female"}}
    expect(
        world.by("officer.a").request("PATCH", path, body).status == 428,
        "a change without If-Match is taken",
    )
    world.by("officer.a").must("PATCH", path, body, {"If-Match": first})
    late = world.by("officer.a").request(
        "PATCH", path, {**asked, "values": {"sex": "male"}}, {"If-Match": first}
    )
    expect(late.status == 412, f"a change overwrites a newer one: {late}")


@check
def power_at_intake(world):
    person = world.children.nobody()
    answer = world.by("officer.a").post(
        "/v1/entries", {**MAINTENANCE, "values": {**person.values(), "ethnicity": "WBRI"}}
    )
    expect(
        answer.status == 403 and "ethnicity" in answer.json.get("fields", []),
        f"a field without a power is taken in: {answer}",
    )


# ---- two people ----


def lowered(world, child):
    seen = world.by("lead").must(
        "POST", f"/v1/entries/{child.id}/views", ask("safeguarding_enquiry", ["shield_exists"])
    )
    return seen.json["fields"]["shield_exists"]["values"][0]["value"] != "hidden"


@check
def two_to_lower(world):
    child = world.children.make("hidden")
    answer = world.by("lead").post(
        f"/v1/entries/{child.id}/protection", {**ENQUIRY, "level": "contact_protected"}
    )
    expect(answer.status == 202 and not lowered(world, child), f"one person lowers: {answer}")


@check
def no_self_approval(world):
    child = world.children.make("hidden")
    path = f"/v1/entries/{child.id}/protection"
    proposal = (
        world.by("lead")
        .must("POST", path, {**ENQUIRY, "level": "contact_protected"})
        .json["proposal"]
    )
    own = world.by("lead").post(f"{path}/{proposal}/approvals", {**ENQUIRY, "approve": True})
    expect(
        own.status == 409 and not lowered(world, child),
        f"somebody approves their own proposal: {own}",
    )
    world.by("deputy").must("POST", f"{path}/{proposal}/approvals", {**ENQUIRY, "approve": True})
    expect(lowered(world, child), "a second person cannot lower")


def notice_of(world, user, child):
    """What this person is told of the child; None: nothing."""
    told = world.by(user).must("GET", "/v1/notices").json["notices"]
    return next((one for one in told if one.get("entry") == child.id), None)


@check
def break_glass_told(world):
    """Who breaks the glass gets the short list, and the others who look after safety are told of it."""
    child = world.children.make("contact_protected")
    given = world.by("lead").post(f"/v1/entries/{child.id}/views", DANGER)
    expect(given.status == 200 and given.json["ends"], f"the glass does not break: {given}")
    told = notice_of(world, "deputy", child)
    expect(told is not None and told["state"] == "waiting", f"the deputy is not told: {told}")
    expect(told["words"] == DANGER["necessity"], f"not in their own words: {told}")
    expect(notice_of(world, "officer.a", child) is None, "an officer is told")
    refused = world.by("officer.a").post(f"/v1/entries/{child.id}/views", DANGER)
    expect(refused.status == 403, f"an officer breaks the glass: {refused}")


@check
def leads_told(world):
    """Who has a conflict gets the answer that everybody gets about nobody; the leads are told."""
    child, nobody = world.children.make("none"), world.children.nobody()
    body = {"id": child.id, "officer": "officer.a", "reason": "Perthynas."}
    world.by("lead").must("POST", "/v1/conflicts", body)
    said = [world.view("officer.a", target, ["child_name"]) for target in (child, nobody)]
    expect(said[0].status == 404, f"a conflict is answered: {said[0]}")
    bodies = [answer.body.replace(t.id.encode(), b"") for answer, t in zip(said, (child, nobody))]
    expect(bodies[0] == bodies[1], f"a conflict is told from nobody: {bodies}")
    told = notice_of(world, "deputy", child)
    expect(told is not None and told["kind"] == "conflict", f"the leads are not told: {told}")
    expect(notice_of(world, "officer.a", child) is None, "the one it is about is told")


@check
def review_by_another(world):
    child = world.children.make("none")
    path = f"/v1/notices/{world.children.break_glass(child.id)}/answers"
    own = world.by("lead").post(path, {"words": "Roedd angen."})
    expect(own.status == 404, f"somebody reviews what they did themselves: {own}")
    wordless = world.by("deputy").post(path, {})
    expect(wordless.status == 400, f"a review without a word: {wordless}")
    found = world.by("deputy").must("POST", path, {"words": "Roedd perygl."}).json
    expect(found["state"] == "done" and found["found"] == "Roedd perygl.", f"{found}")
    again = world.by("deputy").post(path, {"words": "Eto."})
    expect(again.status == 409, f"reviewed twice: {again}")


@check
def named_by_two(world):
    """One person lets nobody into the circle of a hidden child; two do, and the day ends it."""
    child = world.children.make("hidden", officer="officer.b")
    name = world.children.name(child.id, "officer.b")
    path = f"/v1/named-workers/{name}/approvals"
    own = world.by("lead").post(path, {"approve": True})
    seen = world.view("officer.b", child, ["child_name"])
    expect(own.status == 409 and seen.status == 404, f"let in by one person: {own} {seen}")
    world.by("deputy").must("POST", path, {"approve": True})
    seen = world.view("officer.b", child, ["child_name"])
    expect(child.surname.encode() in seen.body, f"not let in by two: {seen}")
    world.by("lead").must("DELETE", f"/v1/named-workers/{name}")
    expect(world.view("officer.b", child, ["child_name"]).status == 404, "it does not end")


@check
def named_for_weeks(world):
    """No worker is named for longer than the regime allows."""
    child = world.children.make("hidden")
    body = {"id": child.id, "officer": "officer.b", "reason": "Angen.", "until": "2099-01-01"}
    told = world.by("lead").post("/v1/named-workers", body)
    expect(told.status == 400, f"named for ever: {told}")


@check
def one_person(world):
    """Two accounts of one person are no two people."""
    register, user = world.register, "ail.gyfrif"
    asked = {"user": user, "name": "Ail Gyfrif", "password": FIRST_PASSWORD, "person": "lead"}
    asked["roles"] = ["safeguarding_lead"]
    world.by("administrator").must("POST", "/v1/users", asked)
    world.by("dpo").must("POST", f"/v1/users/{user}/approvals", {})
    register.choose_password(user)
    child = world.children.make("hidden")
    path = f"/v1/entries/{child.id}/protection"
    lower = {**ENQUIRY, "level": "contact_protected"}
    proposal = world.by("lead").must("POST", path, lower).json["proposal"]
    own = world.by(user).post(f"{path}/{proposal}/approvals", {**ENQUIRY, "approve": True})
    expect(own.status == 409 and not lowered(world, child), f"with a second account: {own}")


@check
def agreed_by_who_was_let_in(world):
    """A court orders the name of a hidden child: legal services, outside the circle, know of nothing
    until two people let them in for this child; then they agree and it is released."""
    child, court = world.children.make("hidden"), recipient_of(world, "court")
    world.children.relate(child.id, court, "order_names_fields", True)
    asked = ask("court_order", ["child_name"], "court_order")
    asked["basis"]["order_fields"] = ["child_name"]
    body = {**asked, **weighed(["child_name"]), "id": child.id, "recipient": court}
    told = world.by("lead").must("POST", "/v1/disclosures", body).json
    expect(told["state"] == "pending", f"nobody is asked: {told}")
    path = f"/v1/disclosures/{told['disclosure']}"
    early = world.by("legal").post(f"{path}/approvals", {"approve": True})
    expect(early.status == 404, f"told of a hidden child: {early}")
    named = world.children.name(child.id, "legal")
    world.by("deputy").must("POST", f"/v1/named-workers/{named}/approvals", {"approve": True})
    waits = world.by("legal").must("GET", "/v1/approvals").json["approvals"]
    expect(told["disclosure"] in [one["id"] for one in waits], f"not among what waits: {waits}")
    said = world.by("legal").must("POST", f"{path}/approvals", {"approve": True}).json
    end = time.monotonic() + 30
    while said["state"] == "comparing" and time.monotonic() < end:
        time.sleep(0.1)
        said = world.by("lead").must("GET", path).json
    expect(said["state"] == "released", f"not released: {said}")


def day_from_now(days):
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + days * 86400))


def covered(world, user, first=0, confirmed=True):
    """A deputy of the lead; gone when the check is over."""
    body = {"deputy": user, "from": day_from_now(first), "until": day_from_now(first + 9)}
    made = world.by("lead").must("POST", "/v1/deputies", body).json["id"]
    if confirmed:
        world.by("dpo").must("POST", f"/v1/deputies/{made}/approvals", {"approve": True})
    return made


def waits_for_a_lead(world, officer="officer.a"):
    """The path of a disclosure that a lead may agree to."""
    child = world.children.make("none")
    police = recipient_of(world, "police_officer")
    world.children.relate(child.id, police, "named_case", True)
    asked = ask("crime_investigation", ["child_name"], "statutory_power")
    body = {**asked, "id": child.id, "recipient": police}
    body.update(weighed(["child_name"], "Holwyd yr ysgol."))
    told = world.by(officer).must("POST", "/v1/disclosures", body).json
    return f"/v1/disclosures/{told['disclosure']}/approvals"


def agrees_as_deputy(world, path, **how):
    made = covered(world, "support", **how)
    said = world.by("support").post(path, {"approve": True})
    world.by("lead").must("DELETE", f"/v1/deputies/{made}")
    return said


@check
def deputy_confirmed(world):
    """A deputy of a lead agrees in their stead once another person has confirmed it, and not before."""
    path = waits_for_a_lead(world)
    early = agrees_as_deputy(world, path, confirmed=False)
    expect(early.status == 404, f"agreed as a deputy whom nobody confirmed: {early}")
    said = agrees_as_deputy(world, path)
    expect(said.status == 200, f"a deputy cannot agree: {said}")
    told = world.by("lead").must("GET", path.rsplit("/", 1)[0]).json["second_person"]
    expect(told[0]["deputy_for"] and told[0]["by"] != told[0]["deputy_for"], f"not shown: {told}")


@check
def deputy_dates(world):
    """Nobody stands in before the first day of the cover."""
    said = agrees_as_deputy(world, waits_for_a_lead(world), first=2)
    expect(said.status == 404, f"agreed before the cover began: {said}")


@check
def deputy_is_another(world):
    """What the lead asked for their deputy cannot agree to."""
    said = agrees_as_deputy(world, waits_for_a_lead(world, "lead"))
    expect(said.status == 404, f"agreed for the one who asked: {said}")


@check
def compared_first(world):
    """Without the custodian no row is compared, and none is decided to be unprotected."""
    world.register.end("custodian", 9)
    try:
        child = world.children.make("unknown")
        body = {**ENQUIRY, "ids": [child.id], "level": "none"}
        said = world.by("lead").must("POST", "/v1/first-decisions", body).json["decisions"][0]
        expect(said["outcome"] == "not_compared", f"decided without a comparison: {said}")
    finally:
        world.register.custodian_start()
    world.children.decide([child.id])


KEY = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"


@check
def text_compared(world):
    """A text that names where somebody protected lives is not in what leaves."""
    hidden = world.children.make("hidden")
    told = f"Chwarae gyda ffrind yn {hidden.street.upper().replace(' ', '-')}."
    child = world.children.make("none", {"circumstances_narrative": [told]})
    fields = ["child_name", "circumstances_narrative"]
    made = recipient_of(world, "other_la_officer")
    world.children.relate(child.id, made, "receiving", True)
    body = {
        **ask("transfer_between_las", fields),
        **weighed(fields),
        "id": child.id,
        "recipient": made,
    }
    said = world.by("officer.a").must("POST", "/v1/disclosures", body).json
    path, end = f"/v1/disclosures/{said['disclosure']}", time.monotonic() + 30
    while said["state"] == "comparing" and time.monotonic() < end:
        said = world.by("officer.a").must("POST", f"{path}/comparison").json
    expect(said["state"] == "released", f"not released: {said}")
    seen = world.by("officer.a").must("GET", path).json
    expect("held_back" not in str(seen), f"the officer is told what is protected: {seen}")
    told = world.by("lead").must("GET", "/v1/notices").json["notices"]
    kinds = [one["kind"] for one in told if one.get("entry") == child.id]
    expect(kinds == ["text_held_back"], f"the leads are not told: {told}")


@check
def text_in_packages(world):
    """Who types an address to learn whether it is protected reads no paper that would tell."""
    hidden = world.children.make("hidden")
    told = f"Chwarae gyda ffrind yn {hidden.street}."
    child = world.children.make("none", {"circumstances_narrative": [told]})
    fields = ["child_name", "circumstances_narrative"]
    made = recipient_of(world, "other_la_officer", "")
    world.children.relate(child.id, made, "receiving", True)
    said = set()
    for target in (child.id, world.children.nobody().id):
        body = {
            **ask("transfer_between_las", fields),
            **weighed(fields),
            "id": target,
            "recipient": made,
            "means": "paper",
        }
        answer = world.by("officer.a").post("/v1/disclosures", body)
        said.add((answer.status, str(answer.json.get("fields"))))
    expect(said == {(409, "['circumstances_narrative']")}, f"text leaves on paper: {said}")


def family(world, notes, officer="officer.a"):
    """What a parent could ask for: a child's case notes, which are redacted."""
    child = world.children.make("none", {"case_notes": notes}, officer)
    made = recipient_of(world, "parent")
    world.children.relate(child.id, made, "resident", False)
    body = {**ask("subject_access", ["case_notes"], "data_subject_right"), **weighed(["case_notes"])}
    return {**body, "id": child.id, "recipient": made}


def answered(world, body, officer="officer.a"):
    """The state of an answer to a family, when the second person has agreed."""
    told = world.by(officer).must("POST", "/v1/disclosures", body).json
    path = f"/v1/disclosures/{told['disclosure']}/approvals"
    return world.by("dpo").must("POST", path, {"approve": True}).json["state"]


def compared(world, body):
    """How much the custodian's own book grows by one answer to a family. Other comparisons may fall
    into one of them, and none can take away from it."""
    book, grown = world.register.path("custodian", "journal"), []
    for _ in range(4):
        before = os.path.getsize(book)
        expect(answered(world, body) == "released", "not released")
        grown.append(os.path.getsize(book) - before)
    return min(grown)


SENTENCES = "Un. Dau. Tri. Pedwar. Pump. Chwech. Saith. Wyth."


@check
def compared_alike(world):
    """As much is asked about a text in which something is found as about one without."""
    hidden = world.children.make("hidden")
    there = family(world, [f"Mae'n byw yn {hidden.street}. {SENTENCES}"])
    away = family(world, [f"Mae'n byw yn {hidden.street[::-1]}. {SENTENCES}"])
    asked = [compared(world, body) for body in (there, away)]
    expect(0 < asked[0] == asked[1], f"what is asked tells what was found: {asked}")


@check
def compared_pace(world):
    """Who shares very much waits, and nobody else does."""
    much = family(world, [SENTENCES] * 6, "officer.b")
    states = set()
    for _ in range(12):
        states.add(answered(world, much, "officer.b"))
    expect(states == {"released", "comparing"}, f"shared on and on: {states}")
    little = family(world, ["Ymweliad."])
    expect(answered(world, little) == "released", "somebody else waits")


def recipient_of(world, role, key=KEY, body=None):
    """Of a body of its own, if none is named: what a body may open is counted for it as a whole."""
    body = body or f"Cyngor {secrets.token_hex(3)}"
    body = {"name": "Swyddog", "role": role, "organisation": body, "age_key": key}
    made = world.by("dpo").must("POST", "/v1/recipients", body).json["recipient"]
    world.by("dpo.2").must("POST", f"/v1/recipients/{made}/approvals")
    return made


@check
def duty_built(world):
    """A return brings a duty that nothing here carries out: refused, whoever the child is."""
    made = recipient_of(world, "welsh_ministers_official")
    body = {**ask("statutory_return", ["sex"]), **weighed(["sex"]), "recipient": made}
    for child in (world.plain.id, world.children.nobody().id):
        said = world.by("officer.a").post("/v1/disclosures", {**body, "id": child})
        expect(said.status == 403 and said.json["rule"] == "F-15", f"not refused: {said}")


@check
def fixed_day(world):
    """An answer to a family is agreed to early, and leaves on its day."""
    made = recipient_of(world, "parent")
    world.children.relate(world.plain.id, made, "resident", False)
    body = {
        **ask("subject_access", ["child_name"], "data_subject_right"),
        **weighed(["child_name"]),
        "id": world.plain.id,
        "recipient": made,
    }
    told = world.by("officer.a").must("POST", "/v1/disclosures", body).json
    path = f"/v1/disclosures/{told['disclosure']}"
    world.by("dpo").must("POST", path + "/approvals", {"approve": True})
    early = world.by("officer.a").get(path + "/package")
    expect(early.status == 409, f"it leaves before its day: {early.status}")


@check
def own_password(world):
    """Whoever set a first password knows it: it opens nothing but its own change."""
    user, first = "newydd", "cyfrinair-cyntaf-9"
    asked = {"user": user, "name": "Person Newydd", "password": first, "roles": ["case_officer"]}
    world.by("administrator").must("POST", "/v1/users", asked)
    made = world.register.stranger().must("POST", "/v1/sessions", {"user": user, "password": first})
    expect(made.json["must_change_password"] is True, f"the sign-in does not say so: {made}")
    client = Client(world.register.address, made.json["token"])
    refused = client.get("/v1/entries")
    expect(
        refused.status == 403 and refused.json["type"] == "/problems/must-change",
        f"works with a password that somebody else set: {refused}",
    )
    own = {"old": first, "password": "cyfrinair-ei-hun-9"}
    client.must("POST", f"/v1/users/{user}/password", own)
    expect(client.get("/v1/entries").status == 200, "the password of one's own opens nothing")


@check
def guessing_waits(world):
    """The same for a name that nobody has, and never for long."""
    stranger, answers = world.register.stranger(), {}
    for user in ("support", "neb.o.gwbl"):
        asked = {"user": user, "password": "nid hwn, nid hwn"}
        answers[user] = [stranger.post("/v1/sessions", asked) for _ in range(7)]
    for user, said in answers.items():
        expect(
            {answer.status for answer in said[:5]} == {401} and said[-1].status == 429,
            f"{user} is not slowed down: {[answer.status for answer in said]}",
        )
        expect(0 < int(said[-1].header("Retry-After")) <= 30, f"{user}: {said[-1].headers}")
    shown = [
        (said[-1].status, said[-1].json["detail"], len(said[-1].body)) for said in answers.values()
    ]
    expect(shown[0] == shown[1], f"a name that somebody has is told by the answer: {shown}")


@check
def relation_confirmed(world):
    """One person alone opens the door to no other body."""
    child = world.children.make("none")
    asked = {"name": "Swyddog", "role": "other_la_officer", "organisation": "Cyngor Mockbury"}
    made = world.by("dpo").must("POST", "/v1/recipients", {**asked, "age_key": ""})
    body = {
        "id": child.id,
        "recipient": made.json["recipient"],
        "relation": "receiving",
        "evidence": "Llythyr.",
    }
    told = world.by("lead").must("POST", "/v1/relations", body)
    expect(told.status == 202 and not told.json["approved"], f"in force at once: {told}")
    path = f"/v1/relations/{told.json['id']}/approvals"
    own = world.by("lead").post(path, {"approve": True})
    expect(own.status == 409, f"somebody confirms what they recorded: {own}")
    done = world.by("deputy").must("POST", path, {"approve": True})
    expect(done.json["approved"] is True, f"a second person cannot confirm it: {done}")


# ---- what has left ----

KEY = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"


def instant(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def sent(world, lasts=3600):
    """A disclosure of a child's address that the receiver's key can open: its path, and its end."""
    child = world.children.make("none")
    made = paired.recipient_make(world.register, "other_la_officer")
    world.children.relate(child.id, made, "receiving", True)
    end = int(time.time()) + lasts
    fields = ["child_name", "home_address"]
    body = {**ask("transfer_between_las", fields), **weighed(fields)}
    body |= {"id": child.id, "recipient": made, "expiry": instant(end)}
    told = world.by("officer.a").must("POST", "/v1/disclosures", body).json
    expect(told["state"] == "released", f"it has not left: {told}")
    return f"/v1/disclosures/{told['disclosure']}", end


@check
def recalled_stays(world):
    """What is called back leaves no more, and its receiver is owed a notice."""
    (path, _), officer = sent(world), world.by("officer.a")
    told = officer.must("POST", path + "/recall", {"reason": "wrong_recipient"}).json
    refused = officer.get(path + "/package")
    expect(refused.status == 409, f"a recalled package leaves: {refused.status}")
    owed = officer.must("GET", "/v1/stop-notices").json["notices"]
    expect(told["notice"] in [one["notice"] for one in owed], f"no notice is owed: {owed}")
    expect("wrong_recipient" not in str(owed), "the notice says why")


@check
def returns_followed(world):
    """A receipt that the release obliges to is owed, seen, recorded once, and then owed no more."""
    (path, _), officer = sent(world), world.by("officer.a")
    mine = {"disclosure": path.rsplit("/", 1)[1]}
    owed = officer.must("GET", "/v1/stop-notices").json["owed"]
    owed = [one for one in owed if one["disclosure"] == mine["disclosure"]]
    expect([one["owes"]["what"] for one in owed] == [["receipt"]], f"it is not owed: {owed}")
    blank = officer.post(path + "/returns", {"what": "receipt", "how": " "})
    expect(blank.status == 400, f"nobody says how it is known: {blank.status}")
    other = officer.post(path + "/returns", {"what": "deletion", "how": "Llythyr."})
    expect(other.status == 409, f"what was not asked for is recorded: {other.status}")
    told = officer.must("POST", path + "/returns", {"what": "receipt", "how": "Llythyr."}).json
    expect("owes" not in told, f"it is owed on: {told}")
    seen = officer.must("GET", path).json["returned"]
    expect([one["how"] for one in seen] == ["Llythyr."], f"it is not shown: {seen}")
    again = officer.post(path + "/returns", {"what": "receipt", "how": "Llythyr arall."})
    expect(again.status == 409, f"recorded twice: {again.status}")


@check
def expired_stays(world):
    """From its expiry on nothing of it leaves."""
    path, end = sent(world, lasts=8)
    while time.time() <= end:
        time.sleep(max(0, end + 0.05 - time.time()))
    refused = world.by("officer.a").get(path + "/package")
    expect(refused.status == 409, f"it leaves after its expiry: {refused.status}")

# ---- budgets ----


def opens(world, user, count):
    """So many ids that nobody has, each asked for once: the last answer."""
    client = world.by(user)
    body = ask("safeguarding_enquiry", ["child_name"])
    said = [client.post(f"/v1/entries/{secrets.token_hex(16)}/views", body) for _ in range(count)]
    return said[-1]


@check
def budget_misses(world):
    """Ids that nobody has count as those of children do."""
    before = world.by("dpo.2").must("GET", "/v1/budgets").json["own"]
    used = before[0]["windows"][0]["used"] if before else 0
    opens(world, "dpo.2", 3)
    after = world.by("dpo.2").must("GET", "/v1/budgets").json["own"]
    now = after[0]["windows"][0]["used"] if after else 0
    expect(now == used + 3, f"3 ids of nobody were asked for, {now - used} count")


@check
def budget_charged(world):
    """Whoever has opened as many children as their role may is refused, and the officer is told."""
    last = opens(world, "attendance", 21)
    told = last.json
    expect(last.status == 403 and told["type"] == "/problems/budget", f"opened on and on: {last}")
    expect(told["outcome"] == "needs_second_person", f"not a second person's: {last}")
    kinds = [one["kind"] for one in world.by("dpo").must("GET", "/v1/notices").json["notices"]]
    expect("budget_over" in kinds, f"the data-protection officer is not told: {kinds}")


@check
def budget_durable(world):
    """Killed and started anew, the service remembers who has opened how many."""
    opens(world, "head", 20)
    world.register.restart(signal.SIGKILL)
    answer = opens(world, "head", 1)
    expect(answer.status == 403 and "budget" in answer.json, f"a fresh budget: {answer}")


KINDS = {"ASKED": {0, 1}, "SHOWN": {0}, "SENT": {0}, "OWN_LIST": {0}, "NO_VALUE": {0}, "ACT": {0}, "NOBODY": {0}}


def used(world, user):
    own = world.by(user).must("GET", "/v1/budgets").json["own"]
    return own[0]["windows"][0]["used"] if own else 0


@check
def budget_routes(world):
    """Each route takes of the budget what api/calls.def says, for an id that nobody has."""
    calls, kinds = contract.calls(), contract.charges()
    paired.RECIPIENT["id"] = recipient_of(world, "other_la_officer", body="Cyngor Arall")
    expect(set(kinds.values()) <= set(KINDS), f"no such charge: {kinds}")
    charged = set()
    for name, (routes, build) in paired.CLASSES.items():
        if routes == ["POST /v1/entries"]:
            continue  # it makes what it asks for
        for user in ("officer.b", "deputy", "dpo"):
            before = used(world, user)
            world.by(user).request(*build(user, world.children.nobody(), 0))
            taken = used(world, user) - before
            call = calls[re.sub(r"{\w+}", "{}", routes[0])]
            expect(taken in KINDS[kinds[call]], f"{name} is {kinds[call]}, and takes {taken}")
            charged |= {call} if taken else set()
    never = {call for call, kind in kinds.items() if kind == "ASKED"} - charged - {"OPENING_MAKE"}
    expect(not never, f"nothing is charged by {never}")


def wait_for(look, what):
    """What `look` gives once it gives anything."""
    until = time.time() + 60
    while time.time() < until:
        if found := look():
            return found
        time.sleep(0.05)
    raise Failed(f"nothing came: {what}")


@check
def earlier_copies(world):
    """Case PC-023: a shield is added after earlier disclosures. Each receiver of what could show where
    the child is is told to stop, by itself, and neither why nor about whom; no other receiver is.
    """
    with open(os.path.join(source_dir(), "tests", "cases", "open.jsonl"), encoding="utf-8") as file:
        case = next(json.loads(line) for line in file if '"id": "PC-023"' in line)
    duty = "recall_notice_to_each_earlier_recipient_of_locating_fields"
    expect(duty in case["expected"]["obligations"], f"the case asks for something else: {case}")
    child, sent_to = world.children.make("none"), {}
    for earlier in case["context"]["earlier_disclosures"]:
        body = {
            "name": "Swyddog",
            "role": "other_la_officer",
            "organisation": earlier["to"],
            "age_key": KEY,
        }
        made = world.by("dpo").must("POST", "/v1/recipients", body).json["recipient"]
        world.by("dpo.2").must("POST", f"/v1/recipients/{made}/approvals")
        world.children.relate(child.id, made, "receiving", True)
        fields = earlier["fields"]
        body = {**ask("transfer_between_las", fields), **weighed(fields)}
        told = world.by("officer.a").must(
            "POST", "/v1/disclosures", {**body, "id": child.id, "recipient": made}
        )
        sent_to[told.json["disclosure"]] = earlier
    places = {word["name"] for word in contract.vocabulary()["fields"] if word["category"] == "@locating"}
    owed = {one for one, earlier in sent_to.items() if places & set(earlier["fields"])}
    expect(0 < len(owed) < len(sent_to), f"the case has no two kinds: {case}")
    level = case["context"]["level"]
    world.children.protect(child.id, level)

    def notices():
        told = world.by("lead").must("GET", "/v1/stop-notices").json["notices"]
        return [one for one in told if one["disclosure"] in sent_to]

    wait_for(lambda: owed <= {one["disclosure"] for one in notices()}, "a stop-using notice")
    expect({one["disclosure"] for one in notices()} == owed, f"told without need: {notices()}")
    for one in notices():
        told = world.by("lead").must("GET", f"/v1/stop-notices/{one['notice']}").json["content"]
        for secret in (level, child.surname, child.id, "protection", "diogelwch"):
            expect(secret not in json.dumps(told, ensure_ascii=False), f"it says {secret}: {told}")
    told = world.by("officer.a").must("GET", "/v1/stop-notices").json["notices"]
    expect(not any(one["disclosure"] in sent_to for one in told), "it tells of the protection")


@check
def key_two_people(world):
    """Another key of a recipient is in force only once a second person has agreed."""
    made = paired.recipient_make(world.register, "other_la_officer")
    path, other = f"/v1/recipients/{made}", "age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z"
    before = world.by("dpo").must("GET", path).json["fingerprint"]
    world.by("dpo").must("POST", path + "/keys", {"age_key": other})
    told = world.by("dpo").must("GET", path).json
    expect(told["fingerprint"] == before, f"one person's word changed the key: {told}")
    expect(world.by("dpo").post(path + "/approvals").status == 409, "one person is two")
    told = world.by("dpo.2").must("POST", path + "/approvals").json
    expect(told["fingerprint"] != before and "next" not in told, f"not in force: {told}")


# ---- the store ----


@check
def row_version(world):
    """A row of before, whole and under its own seal, is put back while the service runs."""
    child = world.children.make("none")
    path, asked = f"/v1/entries/{child.id}", ask("register_maintenance", ["child_name"])
    db = sqlite3.connect(world.register.path("register", "register.db"), timeout=10)
    before = db.execute("select * from entry where id = ?", (bytes.fromhex(child.id),)).fetchone()
    tag = world.by("officer.a").must("POST", path + "/views", asked).header("ETag")
    world.by("officer.a").must(
        "PATCH", path, {**asked, "values": {"known_as": "Newydd"}}, {"If-Match": tag}
    )
    now = db.execute("select * from entry where id = ?", (bytes.fromhex(child.id),)).fetchone()

    def put(row):
        db.execute("delete from entry where id = ?", (bytes.fromhex(child.id),))
        db.execute(f"insert into entry values ({','.join('?' * len(row))})", row)
        db.commit()

    put(before)
    seen = world.by("officer.a").post(path + "/views", asked)
    put(now)  # whoever comes next finds a register that starts
    db.close()
    expect(
        seen.status >= 500 and child.forename.encode() not in seen.body,
        f"a row that was put back is shown: {seen}",
    )


# ---- the custodian ----


@check
def ticket_signed(world):
    """A shielded value comes out on the requester's own signature, and on nobody else's."""
    register = world.register
    child = world.children.make("contact_protected")
    key, other = register.enrol("lead"), register.path("stranger.key")
    register.run(register.cnis, "sign", "--key", other, "--new", "--json")
    ticket = world.view("lead", child, ["home_address"], "safeguarding_enquiry").json["ticket"]

    def opened(with_key):
        signature = register.run(
            register.cnis, "sign", "--key", with_key, "-", text=ticket
        ).stdout.strip()
        return world.by("lead").post("/v1/openings", {"ticket": ticket, "signature": signature})

    refused, given = opened(other), opened(key)
    expect(
        child.street.encode() not in refused.body, f"opened with a stranger's signature: {refused}"
    )
    expect(
        given.status == 200 and child.street.encode() in given.body,
        f"not opened with the right signature: {given}",
    )


@check
def withdrawn_key(world):
    """What a key signed before it was withdrawn opens nothing afterwards; the person's next key does."""
    register = world.register
    child = world.children.make("contact_protected")

    def signed(with_key):
        ticket = world.view("lead", child, ["home_address"], "safeguarding_enquiry").json["ticket"]
        signature = register.run(
            register.cnis, "sign", "--key", with_key, "-", text=ticket
        ).stdout.strip()
        return {"ticket": ticket, "signature": signature}

    by_lost = signed(register.enrol("lead", "lost"))
    register.withdraw("lead")
    refused = world.by("lead").post("/v1/openings", by_lost)
    expect(child.street.encode() not in refused.body, f"opened with a withdrawn key: {refused}")
    expect(refused.status >= 400, f"a withdrawn key is not refused: {refused}")
    expect(register.keys()[-1]["withdrawn"] is not None, "a withdrawn key is not named as one")
    given = world.by("lead").post("/v1/openings", signed(register.enrol("lead", "next")))
    expect(
        given.status == 200 and child.street.encode() in given.body,
        f"the next key opens nothing: {given}",
    )


if __name__ == "__main__":
    sys.exit(CHECKS.main("checks", __doc__, PEOPLE, World))
