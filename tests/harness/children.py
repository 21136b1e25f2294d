"""Made-up children, put into a running register through its own routes by the people who may do so.

Nobody in here exists: names are made of syllables, telephone numbers are 07700 900xxx (kept for
drama), and ZZ is no postcode area.
"""
import random
import time

from service import Failed

BASIS = {"kind": "statutory_duty", "text": "436B"}
SYLLABLES = (
    "bran cad dyl eir ffag gwer hyf ilt lleu mab nest olw pryd rhag sel tan und wyth ythr "
    "caer din eog felyn glas hedd"
).split()


def ask(purpose, fields=None, basis=None, **more):
    """The members that every request about a child has."""
    said = {
        "purposes": [purpose],
        "basis": {"kind": basis, "text": "436B"} if basis else BASIS,
        "necessity": "gwaith achos",
        **more,
    }
    if fields is not None:
        said["fields"] = fields
    return said


def weighed(fields, alternative="Gofyn i'r teulu."):
    """What every disclosure says of its weighing, beside `ask`."""
    return {
        "alternatives": [{"option": alternative, "tried": True, "why_not": "Nid yw'n ateb."}],
        "proportionality": {
            "aim": "support_education",
            "aim_text": "Bydd cymorth yn dod yn gynt.",
            "connection": [{"field": one, "question": "Pwy sydd angen cymorth?"} for one in fields],
            "balance": {
                "interference": "medium",
                "affected": ["child", "resident_parent"],
                "child_view": "not_sought",
                "child_view_why": "Rhy ifanc.",
                "harm_if_shared": "Mwy o bobl yn gwybod.",
                "harm_if_not_shared": "Dim cymorth.",
                "more_harm_by_sharing": "no",
                "safeguards": ["fewer_fields", "sealed_to_recipient"],
            },
            "review_by": "2099-01-01",
        },
    }


# What is about a child and has an id of its own.
THINGS = ("disclosure", "relation", "proposal", "notice", "named", "sent", "stop")
MAINTENANCE = ask("register_maintenance")
ENQUIRY = ask("safeguarding_enquiry")
DANGER = ask("immediate_protection", ["child_name", "home_address"], urgency="imminent_danger")


def upn(digits):
    """Twelve digits and the letter that follows from them (DfE, UPN guide: weights 2 to 13, mod 23)."""
    total = sum(int(digit) * weight for weight, digit in enumerate(digits, start=2))
    return "ABCDEFGHJKLMNPQRTUVWXYZ"[total % 23] + digits


class Person:
    """What somebody knows who knows a child: everything that a child can be looked for by."""

    def __init__(self, draw):
        def name():
            return "".join(draw.choice(SYLLABLES) for _ in range(3)).capitalize()

        self.id = f"{draw.getrandbits(128):032x}"
        self.forename, self.surname = name(), name()
        self.date_of_birth = (
            f"{draw.randint(2012, 2019)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
        )
        self.upn = upn(
            f"672{draw.randint(2000, 5999)}{draw.randint(13, 24)}{draw.randint(0, 999):03}"
        )
        self.postcode = (
            f"ZZ{draw.randint(1, 99)} {draw.randint(1, 9)}"
            f"{draw.choice('ABDEFGHJLN')}{draw.choice('PQRSTUWXYZ')}"
        )
        self.street = f"{draw.randint(1, 120)} Heol {name()}"
        self.phone = f"07700 900{draw.randint(0, 999):03}"
        self.email = f"{name().lower()}@example.org"
        self.parent = f"{name()} {self.surname}"
        self.note = f"Ymweliad {name()} {name()}"
        self.things = {thing: f"{draw.getrandbits(128):032x}" for thing in THINGS}

    @property
    def address(self):
        return f"{self.street}, Aberffug, {self.postcode}"

    def values(self):
        return {
            "forename": self.forename,
            "surname": self.surname,
            "date_of_birth": self.date_of_birth,
            "upn": self.upn,
            "home_address": self.address,
            "home_postcode": self.postcode,
            "person_name": [self.parent],
            "person_relation": ["mother"],
            "person_standing": ["resident"],
            "person_address": [self.address],
            "person_phone": [self.phone],
            "person_email": [self.email],
            "case_notes": [self.note],
            "circumstances": ["awaiting_suitable_provision"],
            "provider_name": ["Cylch Dysgu Enghraifft"],
            "last_school": "Ysgol Uwchradd Prawf",
        }

    def searches(self):
        """Each way to look for this child."""
        return {
            "name": f"{self.forename} {self.surname}",
            "forename": self.forename,
            "surname": self.surname,
            "date_of_birth": self.date_of_birth,
            "upn": self.upn,
            "postcode": self.postcode,
            "phone": self.phone,
            "email": self.email,
        }

    def secrets(self):
        """Texts that must not stand in any file."""
        return [
            self.forename,
            self.surname,
            self.upn,
            self.postcode,
            self.street,
            self.email,
            self.parent,
            self.note,
        ]


class Children:
    """Makes children in one register. The same seed gives the same people."""

    def __init__(self, register, seed=672):
        self.register, self.draw, self.met = register, random.Random(seed), []

    def nobody(self):
        return Person(self.draw)

    def strangers(self, count):
        """The same few people every time: a budget counts whom somebody asks for, held or not, so that
        as many strangers are asked for as children."""
        while len(self.met) < count:
            self.met.append(self.nobody())
        return self.met[:count]

    def create(self, values, officer="officer.a"):
        made = self.register.sign_in(officer).must(
            "POST", "/v1/entries", {**MAINTENANCE, "values": values}
        )
        return made.json["entry"]

    def ask_first(self, ids, level):
        """Ids that the custodian has still to compare; any other refusal is a failure."""
        body = {**ENQUIRY, "ids": ids, "level": level}
        said = self.register.sign_in("lead").must("POST", "/v1/first-decisions", body).json
        waits = [row["entry"] for row in said["decisions"] if row["outcome"] == "not_compared"]
        wrong = [
            row
            for row in said["decisions"]
            if row["outcome"] != "decided" and row["entry"] not in waits
        ]
        if wrong:
            raise Failed(f"first decision: {wrong}")
        return waits

    def decide(self, ids, level="none", seconds=30):
        end = time.monotonic() + seconds
        for start in range(0, len(ids), 64):
            waits = self.ask_first(ids[start : start + 64], level)
            while waits:
                if time.monotonic() > end:
                    raise Failed(f"first decision: {len(waits)} not compared after {seconds} s")
                time.sleep(0.05)
                waits = self.ask_first(waits, level)

    def protect(self, child, level, reason="Gwnaed ar gyfer prawf.", by="lead"):
        body = {**ENQUIRY, "level": level, "against": [1], "protects": [0], "reason": reason}
        return self.register.sign_in(by).must("POST", f"/v1/entries/{child}/protection", body)

    def relate(self, child, recipient, relation, confirmed):
        body = {"id": child, "recipient": recipient, "relation": relation, "evidence": "Llythyr."}
        made = self.register.sign_in("lead").must("POST", "/v1/relations", body).json["id"]
        if confirmed:
            path = f"/v1/relations/{made}/approvals"
            self.register.sign_in("deputy").must("POST", path, {"approve": True})
        return made

    def send(self, child, police):
        asked = ask("missing_child", ["child_name"], "statutory_power")
        body = {**asked, **weighed(["child_name"]), "id": child, "recipient": police}
        return self.register.sign_in("officer.a").must("POST", "/v1/disclosures", body).json

    def make_hidden_with_things(self, police):
        """Hidden while a disclosure, a relation, a proposal and a notice about the child wait, one more
        disclosure has left, and a third was recalled, so that a stop-using notice is owed.
        """
        person = self.make("none")
        self.relate(person.id, police, "named_case", True)
        person.things["sent"] = self.send(person.id, police)["disclosure"]
        path = f"/v1/disclosures/{self.send(person.id, police)['disclosure']}/recall"
        told = self.register.sign_in("officer.a").must("POST", path, {"reason": "safety"}).json
        person.things["stop"] = told["notice"]
        asked = ask("crime_investigation", ["child_name"], "statutory_power")
        body = {
            **asked,
            "id": person.id,
            "recipient": police,
            **weighed(["child_name"], "Holwyd yr ysgol."),
        }
        made = self.register.sign_in("officer.a").must("POST", "/v1/disclosures", body).json
        person.things["disclosure"] = made["disclosure"]
        person.things["relation"] = self.relate(person.id, police, "receiving", False)
        self.protect(person.id, "hidden")
        lower = {**ENQUIRY, "level": "contact_protected", "reason": "Symudwyd."}
        path = f"/v1/entries/{person.id}/protection"
        person.things["proposal"] = (
            self.register.sign_in("lead").must("POST", path, lower).json["proposal"]
        )
        person.things["notice"] = self.break_glass(person.id)
        person.things["named"] = self.name(person.id, "officer.b")
        return person

    def name(self, child, officer, by="lead", **more):
        """A worker proposed for a child; in force when a second person has agreed."""
        body = {"id": child, "officer": officer, "reason": "Angen gweithiwr.", **more}
        return self.register.sign_in(by).must("POST", "/v1/named-workers", body).json["id"]

    def break_glass(self, child, by="lead", other="deputy"):
        """The notice of it, as the other one who sees to such notices is told."""
        self.register.sign_in(by).must("POST", f"/v1/entries/{child}/views", DANGER)
        told = self.register.sign_in(other).must("GET", "/v1/notices").json["notices"]
        return next(one["notice"] for one in told if one.get("entry") == child)

    def make(self, level="none", values=None, officer="officer.a"):
        """A child at a level: none, contact_protected, hidden, or unknown (nobody has decided)."""
        person = self.nobody()
        person.id = self.create({**person.values(), **(values or {})}, officer)
        if level == "none":
            self.decide([person.id])
        elif level != "unknown":
            self.protect(person.id, level)
        return person
