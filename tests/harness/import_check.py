"""An authority's sheets, held against the outcomes that stand beside them (FILE.expected.json).

  import_check.py [FILE.csv ...]     default: the three of tests/data, in the order of the README

Each row with a trap is looked at by the meaning of its outcome: in what `cnis import --json` says, in
what its officer is shown afterwards, and in what the safeguarding lead finds waiting.
"""
import csv
import io
import json
import os
import sys
import unicodedata

import contract
from children import ask
from service import STAFF, Failed, Register, source_dir

FILES = ("sir-enghraifft", "old-excel", "pennawdau-cymraeg")
ALLOWED = (
    "same_child_new_surname_and_home_copy"  # may be taken: finer matching comes with safe contact
)
ON = "2026-11-02"
PERSONAL = (
    "forename surname middle_names upn date_of_birth address_1 postcode parent_1_name parent_1_phone "
    "parent_1_email parent_2_name parent_2_phone contact_note notes"
).split()


class Sheet:
    """A file, its rows by reference, and what is expected of some of them."""

    def __init__(self, path):
        self.path, self.name = path, os.path.basename(path)
        with open(path, "rb") as file:
            data = file.read()
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252")
        self.welsh = {row[1]: row[0] for row in contract.rows("S", "api", "sheet_columns.def")}
        table = list(csv.reader(io.StringIO(text, newline="")))
        names = [self.welsh.get(name, name) for name in table[0]]
        self.columns = names
        self.rows = {}
        for number, cells in enumerate(table[1:], start=2):
            row = dict(zip(names, cells))
            self.rows[row["ref"]] = (number, row)
        with open(path + ".expected.json", encoding="utf-8") as file:
            self.expected = json.load(file)

    def traps(self):
        """(trap, ref, outcome) of each row; one that is refused for one trap is not held to another."""
        refused = {
            ref
            for trap, refs in self.expected["traps"].items()
            for ref in refs
            if self.expected["outcomes"][trap].startswith("refused")
        }
        for trap, refs in self.expected["traps"].items():
            outcome = self.expected["outcomes"][trap]
            for ref in refs:
                if outcome.startswith("refused") or ref not in refused:
                    yield trap, ref, outcome


def send(register, path, *options):
    """The verb, as the officer runs it."""
    who = ["--as", "officer.a", "--password-file", register.path("password")]
    return register.run(
        *[register.cnis, "import", "--dir", register.dir, *who, "--on", ON, *options, path],
        check=False,
    )


class Run:
    """One import of a sheet: what was said of each row."""

    def __init__(self, register, sheet, dry=False, lang="en"):
        options = ["--lang", lang, "--json", *(["--dry-run"] if dry else [])]
        done = send(register, sheet.path, *options)
        if done.returncode not in (0, 1) or not done.stdout:
            raise Failed(f"import of {sheet.name}: exit {done.returncode}: {done.stderr[-1000:]}")
        self.told, self.names = json.loads(done.stdout), sheet.welsh
        self.said = {row["row"]: row for row in self.told["rows"]}

    def outcome(self, number):
        return self.said.get(number, {}).get("outcome")

    def messages(self, number):
        return self.said.get(number, {}).get("messages", [])

    def texts(self, number):
        return [message["text"] for message in self.messages(number)]

    def of_row(self, number):
        """What is said of the row as a whole, and not of one of its cells."""
        return tuple(
            message["text"] for message in self.messages(number) if "column" not in message
        )

    def columns(self, number):
        """Names of the cells that are spoken of, whatever the sheet calls them."""
        return [
            self.names.get(message["column"], message["column"])
            for message in self.messages(number)
            if "column" in message
        ]

    def entry(self, number):
        return self.said.get(number, {}).get("id")


class Look:
    """What people are shown of an entry that came from a row."""

    def __init__(self, register):
        self.register = register
        self.waits = None

    def values(self, entry, officer, purpose, word, field):
        seen = self.register.sign_in(officer).request(
            "POST", f"/v1/entries/{entry}/views", ask(purpose, [word])
        )
        if seen.status != 200:
            return None
        return [
            value["value"]
            for value in seen.json["fields"].get(word, {}).get("values", [])
            if value["field"] == field
        ]

    def finds(self, entry, officer, name):
        found = self.register.sign_in(officer).must(
            "POST", "/v1/searches", {**ask("register_maintenance"), "forename": name}
        )
        hits, cursor = found.json["hits"], found.json.get("cursor")
        while cursor and not any(hit["entry"] == entry for hit in hits):
            found = self.register.sign_in(officer).must(
                "POST",
                "/v1/searches",
                {**ask("register_maintenance"), "forename": name, "cursor": cursor},
            )
            hits, cursor = found.json["hits"], found.json.get("cursor")
        return any(hit["entry"] == entry for hit in hits)

    def waiting(self):
        """Everything that waits for its first decision, as the safeguarding lead sees it."""
        if self.waits is None:
            self.waits, cursor, lead = {}, "", self.register.sign_in("lead")
            while cursor is not None:
                page = lead.must(
                    "GET", "/v1/first-decisions" + (f"?cursor={cursor}" if cursor else "")
                ).json
                self.waits.update({row["entry"]: row for row in page["waiting"]})
                cursor = page.get("cursor")
        return self.waits


class Check:
    """Outcome texts, each with what it means."""

    def __init__(self, register, sheet, run):
        self.sheet, self.run, self.look = sheet, run, Look(register)
        plain = [
            number
            for ref, (number, _) in sheet.rows.items()
            if ref not in {r for refs in sheet.expected["traps"].values() for r in refs}
        ]
        said = [run.of_row(number) for number in plain]
        self.usual = max(said, key=said.count)

    def officer(self, row):
        return row.get("officer") or "officer.a"

    def taken(self, number, row):
        return self.run.outcome(number) == "taken" and self.run.entry(number) in self.look.waiting()

    def usual_words(self, number, row):
        about_safety = {"safe_to_contact", "contact_note", "notes"} & set(self.run.columns(number))
        return (
            self.taken(number, row) and self.run.of_row(number) == self.usual and not about_safety
        )

    def evidence(self, number, row):
        if "contact_note" not in row or not row["contact_note"]:
            return self.taken(number, row)
        waits = self.look.waiting().get(self.run.entry(number), {})
        return self.usual_words(number, row) and row["contact_note"][:20] in json.dumps(
            waits, ensure_ascii=False
        )

    def three(self, number, row):
        names = (
            self.look.values(
                self.run.entry(number),
                self.officer(row),
                "register_maintenance",
                "other_parent_name",
                "person_name",
            )
            or []
        )
        wanted = [row[name] for name in ("parent_2_name", "other_adult_name") if row.get(name)]
        return self.taken(number, row) and set(wanted) <= set(names)

    def named(self, number, row):
        """The copy of a row can have lost letters too."""
        is_copy = self.run.outcome(number) == "proposed_same_child"
        return (is_copy or self.taken(number, row)) and bool(self.run.columns(number))

    def nearest(self, number, row):
        return self.named(number, row) and any(
            word in " ".join(self.run.texts(number))
            for word in (
                "elective_home_education",
                "eotas",
                "section_19",
                "missing_education",
                "unknown",
            )
        )

    def refused(self, number, row):
        return (
            (self.run.outcome(number) or "").startswith("refused")
            and bool(self.run.texts(number))
            and not self.run.entry(number)
        )

    def refused_rule(self, number, row):
        return self.refused(number, row) and "s8" in " ".join(self.run.texts(number))

    def refused_limit(self, number, row):
        return (
            self.refused(number, row)
            and "notes" in self.run.columns(number)
            and any(c.isdigit() for c in " ".join(self.run.texts(number)))
        )

    def text_kept(self, number, row):
        notes = self.look.values(
            self.run.entry(number),
            self.officer(row),
            "education_suitability",
            "case_notes",
            "case_notes",
        )
        return self.taken(number, row) and notes is not None and row["notes"] in notes

    def either_form(self, number, row):
        forms = {unicodedata.normalize(form, row["forename"]) for form in ("NFC", "NFD")}
        return self.taken(number, row) and all(
            self.look.finds(self.run.entry(number), self.officer(row), name) for name in forms
        )

    def same_child(self, number, row):
        return self.run.outcome(number) == "proposed_same_child"

    def of_two(self, trap, ref):
        """Which of two rows about one child is the copy, only their references tell: one is taken, the
        other proposed, in whichever order they stand."""
        at = self.sheet.expected["traps"][trap].index(ref)
        other = trap.removesuffix("_copy") if trap.endswith("_copy") else trap + "_copy"
        pair = (ref, self.sheet.expected["traps"][other][at])
        return sorted(self.run.outcome(self.sheet.rows[r][0]) or "" for r in pair) == [
            "proposed_same_child",
            "taken",
        ]

    MEANING = {
        "taken": "taken",
        "taken; the evidence goes to the first decision": "evidence",
        "taken; the note is marked by its form; the circle alone is told what it holds": "usual_words",
        "taken; the contradiction is put to the circle alone": "usual_words",
        "taken, with three people": "three",
        "taken, no duplicate": "taken",
        "taken, no duplicate; the circle alone is told who stands on it": "usual_words",
        "refused, with the rule": "refused_rule",
        "taken as given, unverified; named": "named",
        "refused; named": "refused",
        "taken as text; neutralised in every export": "text_kept",
        "taken, unchanged": "text_kept",
        "taken as given, unverified; named with the nearest words": "nearest",
        "refused; named with the limit": "refused_limit",
        "taken; found by either form": "either_form",
        "proposed as the same child": "same_child",
        "taken, in the same words as any row; the circle alone is told": "usual_words",
    }

    def one(self, trap, ref, outcome):
        number, row = self.sheet.rows[ref]
        if outcome not in self.MEANING:
            return f"{self.sheet.name}: nothing here knows what is meant by {outcome!r}"
        if trap == ALLOWED and self.run.outcome(number) == "taken":
            return None
        if trap.startswith("same_child") and "_new_" not in trap:
            return (
                None
                if self.of_two(trap, ref)
                else f"{self.sheet.name} row {number} {ref} ({trap}): not one taken and one proposed"
            )
        if getattr(self, self.MEANING[outcome])(number, row):
            return None
        return (
            f"{self.sheet.name} row {number} {ref} ({trap}): wanted {outcome!r}, got {self.run.outcome(number)!r} "
            f"{self.run.messages(number)}"
        )

    def echoes(self):
        """Values of a row that stand in what is said of it."""
        for ref, (number, row) in self.sheet.rows.items():
            told = " ".join(self.run.texts(number))
            for column in PERSONAL:
                value = row.get(column, "")
                if len(value) >= 4 and value in told:
                    yield f"{self.sheet.name} row {number}: a message repeats what stands in {column}"


def records(register):
    return register.admin().must("GET", "/readyz").json["records"]


def check_columns(sheet, run):
    said = {message.get("column"): message["text"] for message in run.messages(1)}
    if "ethnicity" in sheet.columns and "436C(2)" not in said.get("ethnicity", ""):
        return [f"{sheet.name}: the column ethnicity is not named with its section"]
    return []


def check_sheet(register, sheet):
    wrong, before = [], records(register)
    dry = Run(register, sheet, dry=True)
    if records(register) != before:
        wrong.append(f"{sheet.name}: a dry run took rows in")
    welsh = Run(register, sheet, dry=True, lang="cy")
    if {t for n in welsh.said for t in welsh.texts(n)} & {
        t for n in dry.said for t in dry.texts(n)
    }:
        wrong.append(f"{sheet.name}: the same sentence in both languages")
    run = Run(register, sheet)
    wrong += [
        f"{sheet.name} row {n}: the dry run said {dry.outcome(n)}, the import {run.outcome(n)}"
        for n in run.said
        if run.outcome(n) != dry.outcome(n)
    ][:5]
    if records(register) != before + run.told["taken"]:
        wrong.append(
            f"{sheet.name}: {run.told['taken']} taken, {records(register) - before} more entries"
        )
    check = Check(register, sheet, run)
    wrong += check_columns(sheet, run)
    wrong += [line for trap in sheet.traps() if (line := check.one(*trap))]
    wrong += list(check.echoes())
    again, held = Run(register, sheet), records(register)
    if again.told["taken"] or held != before + run.told["taken"]:
        wrong.append(f"{sheet.name}: the second import took {again.told['taken']} in")
    print(
        f"  {sheet.name}: {len(sheet.rows)} rows, {run.told['taken']} taken, {run.told['proposed']} proposed, "
        f"{run.told['refused']} refused; {len(list(sheet.traps()))} trapped rows looked at, {len(wrong)} wrong"
    )
    return wrong


def check_unknown_column(register):
    """A column that nobody knows is named with the nearest one, and its cells are not repeated."""
    path = register.path("misspelt.csv")
    with open(path, "w", encoding="utf-8") as file:
        file.write("ref,forname,surname,date_of_birth\r\nM1,Gwenhwyfach,Prawfwraig,2015-03-04\r\n")
    done = send(register, path, "--lang", "en", "--dry-run")
    told = done.stdout + done.stderr
    if "forname" not in told or "forename" not in told or "Gwenhwyfach" in told:
        return [f"a misspelt column is not named with the nearest one: {told[-400:]}"]
    return []


UNREADABLE = {  # name: bytes, the line that must be said, rows taken in all the same
    "UTF-16": ("ref,forename\r\nU1,Nia\r\n".encode("utf-16"), "This is not a text file.", 0),
    "a title first": (b"List of 2026\r\nref,forename,surname\r\nU2,Nia,Prawf\r\n", "Row 1: The first row", 0),
    "a quotation mark left open": (
        b'ref,forename,surname\r\nU3,Nia,Dyfynnod\r\nU4,"Nia,Dyfynnod\r\n',
        "Row 3: A quotation mark in this row, column 2,",
        1,
    ),
}


def check_unreadable(register):
    """What cannot be read to its end is named with its place, is the file's fault, and says what stays."""
    wrong, path = [], register.path("unreadable.csv")
    for name, (held, line, taken) in UNREADABLE.items():
        with open(path, "wb") as file:
            file.write(held)
        before = records(register)
        done = send(register, path, "--lang", "en")
        lines = done.stdout.splitlines()
        if done.returncode != 65 or done.stderr or not any(one.startswith(line) for one in lines):
            wrong.append(f"{name}: exit {done.returncode}: {done.stdout[-400:]}{done.stderr[-400:]}")
        if records(register) != before + taken:
            wrong.append(f"{name}: {records(register) - before} rows taken in, not {taken}")
        if any("rows before the fault are taken in" in one for one in lines) != (taken > 0):
            wrong.append(f"{name}: what stays: {lines}")
    return wrong


def main():
    paths = sys.argv[1:] or [
        os.path.join(source_dir(), "tests", "data", name + ".csv") for name in FILES
    ]
    wrong = []
    with Register() as register:
        register.make(
            {user: STAFF[user] for user in ("officer.a", "officer.b", "lead")}
            | {"officer.c": "case_officer"}
        )
        for path in paths:
            wrong += check_sheet(register, Sheet(path))
        wrong += check_unknown_column(register)
        wrong += check_unreadable(register)
    for line in wrong[:40]:
        print("WRONG", line[:700])
    print(f"import: {len(paths)} sheets, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
