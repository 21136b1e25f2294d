"""What the paired run and the marker walk ask of the pages, as somebody outside the circle: for each
row of console/pages.def, what stands in the address and what is typed. A page that has no row here is
found out; so is one whose address names something and that is not asked about the child.
"""
import re
import secrets
import urllib.parse

import contract
from asking import PURPOSE, RECIPIENT
from children import THINGS
from weighing import weighing
from service import Client, Failed

LANGUAGES = ("cy", "en")
FORM = "application/x-www-form-urlencoded"
QUERIES = {"done": "note", "stale": "1", "from": "0", "cursor": "0" * 32}
TYPE = {"IMPORT_DO": "multipart/form-data; boundary=taflen"}


# ---- what is typed ----
# Each row: (function(user, target, n) -> (what stands in the address, what is typed), how many
# different n there are). `target` is somebody a child of that name, or nobody; what is typed is a
# dict, where a list is many values, or the bytes of a form with a file.


def because(user, **more):
    return {
        "purposes": PURPOSE.get(user, "register_maintenance"),
        "basis": "statutory_duty",
        "basis_text": "436B",
        "necessity": "gwaith achos",
        **more,
    }


def nothing(**typed):
    """A page about nobody."""
    return lambda user, target, n: ([], typed), 1


def about(*rest, **typed):
    return lambda user, target, n: ([target.id, *rest], typed), 1


def each(rests, typed):
    """The same about several places of a record."""
    return lambda user, target, n: ([target.id, *rests[n % len(rests)]], typed), len(rests)


def its(thing, *before, **typed):
    """Something that is about the child and has an id of its own; and the child's id in its place."""

    def asked(user, target, n):
        own = (target.things[thing], target.id)[n % 2]
        return [*(target.id for _ in before), own], typed

    return asked, 2


def day(name, text):
    year, month, number = text.split("-")
    return {f"{name}-day": number, f"{name}-month": month, f"{name}-year": year}


def find(user, target, n):
    by = ("name", "upn", "postcode", "date_of_birth")[n % 4]
    value = target.searches()[by]
    return [], because(user, **(day(by, value) if by == "date_of_birth" else {by: value}))


def record_view(user, target, n):
    fields = ("child_name", "home_address", "case_notes", "circumstances")
    return [target.id], because(user, fields=list(fields[: 1 + n % 4]))


def protect(user, target, n):
    level = ("contact_protected", "hidden", "none")[n % 3]
    return [target.id], {"level": level, "protects": ["0"], "against": ["1"], "reason": "Galwad."}


def first(user, target, n):
    return [], {"ids": [target.id], "level": "none"}


def entry_new(user, target, n):
    """Without a name the form comes back; only every second one makes an entry."""
    knows = target.searches()
    typed = {"upn": knows["upn"], "home_postcode": knows["postcode"], "person_phone": knows["phone"]}
    typed.update({"person_email": knows["email"], "source": "Llythyr", "said_by": "authority"})
    named = {name: knows[name] for name in ("forename", "surname")} if n % 2 else {}
    return [], {**typed, **named, **day("date_of_birth", "2015-03-04")}


def sheet(target, source, dry_run="true"):
    """The form with a sheet of one row."""
    knows = target.searches()
    columns = ("upn", "forename", "surname", "date_of_birth", "postcode")
    text = ",".join(("ref", "officer", *columns)) + "\r\n1,officer.a," + ",".join(
        knows[name] for name in columns
    )
    fields = {"source": source, "dry_run": dry_run, **day("on", "2026-11-02")}
    return multipart({**fields, "file": text})


def sheet_tried(user, target, n):
    """A dry run leaves nothing behind."""
    return [], sheet(target, f"w{user}")


def multipart(fields):
    head = 'Content-Disposition: form-data; name="%s"%s'
    parts = (
        "--taflen\r\n"
        + head % (name, '; filename="taflen.csv"\r\nContent-Type: text/csv' * (name == "file"))
        + f"\r\n\r\n{value}\r\n"
        for name, value in fields.items()
    )
    return ("".join(parts) + "--taflen--\r\n").encode()


def share(user, target, n):
    fields = ("child_name", "home_address", "support_attempts")
    return [target.id], {
        **because(user, purposes="transfer_between_las", fields=list(fields[: 1 + n % 3])),
        "recipient": RECIPIENT.get("id", "0" * 32),
        "role": "other_la_officer",
        "to": "Mari Mockbury",
        "at": "Mockbury Council",
        **weighing(fields),
    }


def opening(user, target, n):
    """No ticket: where one would name its record stands the id alone."""
    return [], {"ticket": target.id, "signature": "AQAB"}


YES = {"approve": "yes"}
NOTE = {"text": "Ymweliad.", "kind": "case_notes", "said_by": "authority", "etag": '"' + 32 * "0" + '"'}
EVENT = {**NOTE, "kind": "support_attempts", "outcome": "accepted", **day("since", "2026-11-03")}
PLACES = (("sex", 0), ("home_address", 0), ("date_of_birth", 0), ("person_name", 1), ("no_such", 0))
VALUES = {"etag": NOTE["etag"], "sex": "female", "home_address": "Newydd", "person_name": "Newydd"}
ADDED = (("circumstances",), ("person_name",), ("case_notes",), ("no_such",))
SHARE = (share, 3)

ASKED = {
    "SIGN_IN": nothing(),
    "SIGN_IN_DO": nothing(user="neb.o.gwbl", password="nid hwn, nid hwn"),
    "PASSWORD": nothing(),
    "PASSWORD_DO": nothing(old="", password="byr"),
    "MY_LIST": nothing(),
    "FIND": nothing(),
    "FIND_DO": (find, 4),
    "RECORD": about(),
    "RECORD_ASK": about(),
    "RECORD_VIEW": (record_view, 4),
    "PROTECT": about(),
    "PROTECT_DO": (protect, 3),
    "LOWER": its("proposal", "of a record"),
    "LOWER_DO": its("proposal", "of a record", **YES),
    "NOTE": about(),
    "NOTE_DO": about(**NOTE),
    "EVENT": about(),
    "EVENT_DO": about(**EVENT),
    "CHANGE": each(PLACES, {}),
    "CHANGE_DO": each(PLACES, VALUES),
    "ADD": each(ADDED, {}),
    "ADD_DO": each(ADDED, {**VALUES, "circumstances": "medically_unwell"}),
    "ENTRY_NEW": nothing(),
    "ENTRY_NEW_DO": (entry_new, 1),
    "IMPORT": nothing(),
    "IMPORT_DO": (sheet_tried, 1),
    "IMPORT_STATE": about(),
    "IMPORT_TAKE": about(),
    "FIRST": nothing(),
    "FIRST_DO": (first, 1),
    "DANGER": about(),
    "DANGER_DO": about(urgency="imminent_danger", basis="vital_interests", necessity="perygl", fields=["home_address"]),
    "RELATIONS": about(),
    "RELATION_MAKE": about(recipient="0" * 32, relation="receiving", evidence="Llythyr."),
    "RELATION_END": its("relation"),
    "NAMED": about(),
    "NAMED_MAKE": about(officer="officer.b", reason="Angen."),
    "NAMED_END": its("named"),
    "NAMED_DECIDE": its("named", **YES),
    "DEPUTIES": nothing(),
    "DEPUTY_MAKE": nothing(deputy="", **day("until", "2026-01-01")),
    "DEPUTY_END": about(),
    "DEPUTY_DECIDE": about(**YES),
    "NOTICES": nothing(),
    "NOTICE_REVIEW": its("notice"),
    "NOTICE_REVIEW_DO": its("notice", words="Nid oedd perygl."),
    "NOTICE_AGAIN": its("notice"),
    "NOTICE_AGAIN_DO": its("notice", words="Mae angen o hyd.", **day("again", "2099-01-01")),
    "BUDGETS": nothing(),
    "BUDGET_RAISE": nothing(),
    "BUDGET_RAISE_DO": nothing(user="", recipient="", purpose="", window="", more="", reason=""),
    "OPENING": nothing(),
    "OPENING_DO": (opening, 1),
    "MY_KEY": nothing(),
    "POLICY": nothing(),
    "POLICY_OFF": about(),
    "CHECK_LOG": nothing(),
    "SHARE": about(),
    "SHARE_ASK": SHARE,
    "SHARE_WEIGH": SHARE,
    "SHARE_PREVIEW": SHARE,
    "SHARE_DO": SHARE,
    "DISCLOSURE": its("disclosure"),
    "PACKAGE": its("disclosure"),
    "DISCLOSURE_DECIDE": its("disclosure", **YES),
    "DISCLOSURE_COMPARE": its("disclosure"),
    "PAPER": its("sent"),
    "TELL": its("sent", to="Mari", read="yes", fields="child_name"),
    "RECALL": its("sent"),
    "RECALL_DO": its("sent", reason="safety"),
    "RETURN_DO": its("sent", what="receipt", how="Llythyr."),
    "STOPS": nothing(),
    "STOP": its("stop"),
    "STOP_PACKAGE": its("stop"),
    "STOP_DO": its("stop"),
    "RECIPIENTS": nothing(),
    "RECIPIENT": about(),
    "RECIPIENT_KEY": about(age_key="age1"),
    "RECIPIENT_STOP_KEY": about(),
    "RECIPIENT_END": about(),
    "RECIPIENT_NEW": nothing(),
    "RECIPIENT_MAKE": nothing(name="", organisation="", role="", age_key=""),
    "APPROVALS": nothing(),
    "RELATION_DECIDE": its("relation", **YES),
    "RECIPIENT_DECIDE": about(**YES),
    "ACCOUNT_DECIDE": about(**YES),
    "REVIEW": about(),
}
LAST = ("SIGN_OUT", "EXIT")  # they end the session: asked when all else is over
PAGES = {page.id: page for page in contract.pages()}


class Somebody:
    """Whoever is asked about, as far as this table asks it."""

    def __init__(self, letter):
        self.id = letter * 32
        self.things = dict.fromkeys(THINGS, self.id)

    def searches(self):
        names = ("name", "forename", "surname", "upn", "postcode", "phone", "email")
        return {**dict.fromkeys(names, self.id), "date_of_birth": f"2015-03-{self.id[:2]}"}


def is_about_somebody(name):
    """Whether what is asked differs with the child that is asked about."""
    asked, _ = ASKED[name]
    return asked("officer.a", Somebody("1"), 0) != asked("officer.a", Somebody("2"), 0)


def uncovered():
    """Rows of the table that are not asked for here, or not about the child that they name."""
    told, asked = set(PAGES), set(ASKED) | set(LAST)
    return (
        [f"nothing asks for the page {name}" for name in sorted(told - asked)]
        + [f"asks for {name}, which is no page" for name in sorted(asked - told)]
        + [
            f"the page {name} names something, and is not asked about the child"
            for name, page in PAGES.items()
            if page.slots > 0 and name in ASKED and not is_about_somebody(name)
        ]
    )


# ---- how it is sent ----


def ways(page):
    """(way, query) in which a page can be asked for: sent; the form again, in the other language; with
    the mark of no session, so that it is too late; and with each of its query keys.
    """
    yield "sent", ""
    for key in page.queries:
        yield "sent", f"?{key}={QUERIES[key]}"
    if page.method == "POST":
        yield "again", ""
        yield "late", ""


class Visitor(Client):
    """Somebody at a browser without a script, on one connection. `cookie` None: not signed in."""

    def __init__(self, address, cookie=None, mark=""):
        super().__init__(address)
        self.cookie, self.mark = cookie, mark

    def fresh(self):
        return Visitor(self.address, self.cookie, self.mark)

    def ask(self, name, lang, asked, way=("sent", "")):
        page, (args, typed) = PAGES[name], asked
        path = page.address(lang, args) + way[1]
        headers = {"Cookie": self.cookie, "Accept-Language": lang, "Idempotency-Key": None}
        if page.method == "GET":
            return self.request("GET", path, None, headers)
        more = {
            "mark": "0" * len(self.mark) if way[0] == "late" else self.mark,
            "once": self.once(),
            **({"again": "1"} if way[0] == "again" else {}),
        }
        headers["Content-Type"] = TYPE.get(name, FORM)
        return self.request("POST", path, with_fields(typed, more), headers)

    @staticmethod
    def once():
        return secrets.token_hex(16)


def with_fields(typed, more):
    if isinstance(typed, bytes):
        return multipart(more)[: -len("--taflen--\r\n")] + typed
    return urllib.parse.urlencode({**more, **typed}, doseq=True).encode()


def sign_in(register, user):
    """A visitor with a session of their own."""
    visitor = Visitor(register.address)
    form = visitor.ask("SIGN_IN", "en", ([], None))
    visitor.cookie = form.header("Set-Cookie").split(";")[0]
    number = re.search(rb'name="browser" value="([^"]+)"', form.body).group(1).decode()
    typed = [], {"user": user, "password": register.password, "browser": number}
    told = visitor.ask("SIGN_IN_DO", "en", typed)
    cookie = told.header("Set-Cookie")
    if told.status != 303 or not cookie:
        raise Failed(f"{user} cannot sign in: {told}")
    visitor.cookie += "; " + cookie.split(";")[0]
    shown = visitor.ask("FIND", "en", ([], None))
    visitor.mark = re.search(rb'name="mark" value="([^"]+)"', shown.body).group(1).decode()
    return visitor
