"""A child whose every text is an unmistakable marker, and a search for markers in bytes.

A marker is found whatever its case, in UTF-8 and UTF-16, and in base64 at any of its three shifts.
"""
import base64
import os
import re

import contract
from children import THINGS, upn

LETTERS = "bcdfghjkmnpqrtvwxz"


def word(prefix, number):
    """A word that stands nowhere else: prefix, and the number in letters."""
    digits = ""
    for _ in range(4):
        digits, number = LETTERS[number % len(LETTERS)] + digits, number // len(LETTERS)
    return prefix + digits


class Marked:
    """Values for one child, and which marker stands where. `tens` tells its numbers from another's."""

    def __init__(self, prefix, tens):
        self.prefix, self.tens = prefix, tens
        self.things = dict.fromkeys(THINGS, "0" * 32)  # nothing waits about this child
        self.values, self.blob, self.of = {}, {}, {}  # of: marker: Field
        for field in contract.fields():
            if field.word and field.name not in ("origin", "registered", "ethnicity"):
                self.plant(field)
        self.reason = word(prefix, 3)
        self.source, self.ref = word(prefix, 1), word(prefix, 2)
        self.of[self.reason] = next(f for f in contract.fields() if f.name == "shield_reason")
        for marker in (self.source, self.ref):
            self.of[marker] = next(f for f in contract.fields() if f.name == "origin")

    def plant(self, field):
        texts = [self.text(field, slot) for slot in range(field.slots)]
        if field.home == "BLOB":
            self.blob[field.name] = texts
        else:
            self.values[field.name] = texts if field.slots > 1 else texts[0]

    def text(self, field, slot):
        number = 10 * self.tens + slot
        if field.name == "date_of_birth":
            return "2015-03-04"
        if field.name == "person_standing":
            return ("resident", "non_resident", "shared", "unknown")[slot]
        marker = {
            "POSTCODE": f"ZZ{90 + self.tens} {slot}QX",
            "PHONE": f"07700 900{700 + number}",
            "UPRN": f"1009988776{number:02}",
            "UPN": upn(f"672{2000 + field.id}{13 + self.tens}{slot:03}"),
            "EMAIL": word(self.prefix, field.id * 16 + slot) + "@example.org",
        }.get(field.type, word(self.prefix, field.id * 16 + slot))
        self.of[marker] = field
        return marker

    def searches(self):
        values = self.values
        return {
            "name": f"{values['forename']} {values['surname']}",
            "forename": values["forename"],
            "surname": values["surname"],
            "upn": values["upn"],
            "postcode": values["home_postcode"],
            "phone": values["person_phone"][0],
            "email": values["person_email"][0],
            "date_of_birth": values["date_of_birth"],
        }

    def all(self):
        return set(self.of)

    def sheltered(self):
        """Markers that nobody outside the circle may see while the child is contact_protected."""
        return {marker for marker, field in self.of.items() if field.is_sheltered}


def spellings(marker):
    """Byte strings in lower case by which it would be recognised."""
    lower = marker.lower()
    yield lower.encode()
    if " " in lower:
        yield lower.replace(" ", "").encode()
    yield lower.encode("utf-16-le")


def shifts(marker):
    """What stays of it in base64 whatever stands before and after."""
    for text in {marker, marker.lower()}:
        for shift in range(3):
            coded = base64.b64encode(b"\0" * shift + text.encode())
            yield coded[-(-shift * 8 // 6) : (shift + len(text.encode())) * 8 // 6]


def any_of(strings):
    """A pattern for any of them that looks at each byte once: alternatives share their beginnings."""
    tree = {}
    for string in strings:
        at = tree
        for byte in string:
            at = at.setdefault(byte, {})
        at[None] = {}

    def written(at):
        if None in at:  # the shortest will do
            return b""
        parts = [re.escape(bytes([byte])) + written(below) for byte, below in at.items()]
        return parts[0] if len(parts) == 1 else b"(?:" + b"|".join(parts) + b")"

    return re.compile(written(tree) if strings else b"(?!)", re.S)


class Finder:
    """Looks for many markers at once."""

    def __init__(self, markers):
        self.names, lower, exact = {}, [], []
        for marker in markers:
            for spelling in spellings(marker):
                self.names[spelling] = marker
                lower.append(spelling)
            for shift in shifts(marker):
                if len(shift) >= 6:  # a shorter one would be found by chance
                    self.names[shift] = marker
                    exact.append(shift)
        self.lower, self.exact = any_of(lower), any_of(exact)

    def find(self, data):
        return {self.names[hit] for hit in self.lower.findall(data.lower())} | {
            self.names[hit] for hit in self.exact.findall(data)
        }


def files(folder):
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            if os.path.isfile(path):
                yield path


def search_files(folder, finder):
    """[(file, markers found)], and how many files and bytes were looked at."""
    hits, count, size = [], 0, 0
    for path in files(folder):
        with open(path, "rb") as file:
            data = file.read()
        count, size = count + 1, size + len(data)
        found = finder.find(data)
        if found:
            hits.append((os.path.relpath(path, folder), sorted(found)))
    return hits, count, size
