"""Reads the tables of the project, so that a harness knows every route, verb, field, word and guard
that there is, and a new one without a test is noticed. It must never hold a copy of a table.
"""
import json
import os
import re

from service import source_dir


def text(*parts):
    with open(os.path.join(source_dir(), *parts), encoding="utf-8") as file:
        return file.read()


def rows(macro, *parts):
    """Arguments of MACRO(...) at the beginning of a line, as they stand, without quotes."""
    found = []
    for line in re.findall(rf"^{macro}\((.*)\)\s*(?:/\*.*)?$", text(*parts), re.M):
        found.append(
            [cell.strip().strip('"') for cell in re.split(r',(?=(?:[^"]*"[^"]*")*[^"]*$)', line)]
        )
    return found


def routes():
    """(method, path of the contract), of the contract and of the route table; both have to agree."""
    paths = json.loads(text("api", "openapi.json"))["paths"]
    told = {
        (method.upper(), path)
        for path, row in paths.items()
        for method in row
        if method in ("get", "post", "patch", "put", "delete")
    }
    built = {(row[0], row[1]) for row in rows("R", "api", "routes.def")}
    if {(m, re.sub(r"{\w+}", "{}", p)) for m, p in told} != {
        (m, re.sub(r"{\w+}", "{}", p)) for m, p in built
    }:
        raise SystemExit("api/openapi.json and api/routes.def hold different routes")
    return sorted(told)


def calls():
    """{"METHOD path with every slot as {}": its call}."""
    return {
        f"{row[0]} " + re.sub(r"{\w+}", "{}", row[1]): row[2] for row in rows("R", "api", "routes.def")
    }


def charges():
    """{call: what it takes of a budget}."""
    return {row[0]: row[1] for row in rows("A", "api", "calls.def")}


def route_flags():
    """{(method, path with every slot as {})}: its flags."""
    return {
        (row[0], re.sub(r"{\w+}", "{}", row[1])): row[-1] for row in rows("R", "api", "routes.def")
    }


class Page:
    """One row of console/pages.def."""

    def __init__(self, row):
        self.id, self.method = row[0], row[1]
        self.path = {"cy": row[2], "en": row[3]}
        self.queries, self.flags = row[9].split(), row[10].split(" | ")

    @property
    def slots(self):
        """How many things its address names."""
        return self.path["en"].count("{")

    def address(self, lang, args):
        parts = iter(args)
        return re.sub(r"{\w+}", lambda _: str(next(parts)), self.path[lang])


def pages():
    return [Page(row) for row in rows("PAGE", "console", "pages.def")]


def verbs():
    return [row[1] for kind in ("V", "ASK") for row in rows(kind, "cli", "verbs.def")]


def guards():
    return [row[0] for row in rows("G", "base", "guards.def")]


def vocabulary():
    return json.loads(text("policy", "vocabulary.json"))


def words(kind):
    return [word["name"] for word in vocabulary()[kind]]


class Field:
    """One row of register/fields.def."""

    def __init__(self, row):
        self.id, self.name, self.slots = int(row[0]), row[1], int(row[2])
        self.type, self.word, self.power, self.home = row[4], row[5], row[6], row[8]

    @property
    def is_sheltered(self):
        """Locating or about safety: moved out of casework while a child is protected."""
        return self.home in ("SHIELDED", "BLOB")


def fields():
    return [Field(row) for row in rows("F", "register", "fields.def")]


def bases():
    """{purpose: a basis that fits it}, from the B rules."""
    folder, found = os.path.join(source_dir(), "policy", "rules"), {}
    for name in sorted(os.listdir(folder)):
        rule = json.loads(text("policy", "rules", name))
        if rule["effect"] == "fit":
            for purpose in rule["when"]["purpose"]:
                found.setdefault(purpose, rule["when"]["basis"][0])
    return found


def granted(rule_id):
    """{word: form} that a grant names, with its groups spelt out; the first form of a word is the full one."""
    rule, found = json.loads(text("policy", "rules", rule_id + ".json")), {}
    for name in rule["fields"]:
        name, _, form = name.partition(":")
        for word in vocabulary()["fields"]:
            if name in (word["name"], f"[{word['group']}]") and word["name"] not in rule.get(
                "except", []
            ):
                found[word["name"]] = form or word["forms"][0]
    return found
