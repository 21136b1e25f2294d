"""The document of `cnis demo --story`, in both languages: every scene is there, each differs without
its safeguard as it must, every proof in it verifies with cnis-verify and the key that stands in it,
nothing comes from elsewhere, and the same build gives the same citations.

What is expected of a scene stands here; a scene without an expectation fails. The judge itself is
judged: documents with an empty scene, equal halves or another proof must not pass.
"""
import contextlib
import html.parser
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile

from service import Demo, Failed, bin_dir

VOID = {"meta", "br", "hr", "img", "link", "input"}
GENERIC = r"Byte for byte the same|Beit am feit, yr un"
STARTS = r'"socket": '

# Scene: what its first column shows, what the second shows instead.
EXPECTED = {
    "S-01": (
        r'"field": "home_address",\s*"rule": "F-05"',
        r'"home_address": \{\s*"form": "full",\s*"rule": "G-23"',
    ),
    "S-02": (r'"rule": "F-01"', r'"home_address": \{\s*"form": "full",\s*"rule": "G-01"'),
    "S-03": (GENERIC, r'"rule": "F-02"'),
    "S-04": (r'"approved": false[^§]*"status": 404', r'"approved": true[^§]*"home_address": \{'),
    "S-05": (r'"status": 403', r'"in_custody"[^§]*"value": "\d+ '),
    "S-06": (GENERIC, r'"rule": "F-06"'),
    "S-07": (r'"field": "home_address",\s*"rule": "F-05"', r"1 Stryd yr Enghraifft"),
    "S-08": (r'"waits"[^§]*"value": "hidden"', r'"value": "contact_protected"'),
    "S-09": (r'"error": "ERR_', STARTS),
    "S-10": (r'"error": "ERR_', STARTS),
    "S-11": (r'"error": "ERR_', STARTS),
}


class Document(html.parser.HTMLParser):
    """Well-formed, and divided: each scene's two columns with their outcomes and proofs, and its citation."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.wrong, self.ids, self.lang = [], [], [], None
        self.columns, self.cited, self.scene, self.key = {}, {}, None, ""
        self.feed(text)
        self.close()
        if self.open:
            self.wrong.append(f"left open: {self.open}")

    def column(self, scene, side):
        """A missing one is empty."""
        return (self.columns.get(scene, []) + [Column(), Column()])[side]

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        if tag in ("script", "link", "img", "iframe", "object", "base", "form"):
            self.wrong.append(f"<{tag}>")
        if tag == "a" and not named["href"].startswith("#"):
            self.wrong.append(f"leads elsewhere: {named['href']}")
        if "style" in named or any(name.startswith("on") for name in named):
            self.wrong.append(f"attributes of <{tag}>: {attrs}")
        if tag == "html":
            self.lang = named.get("lang")
        if "id" in named:
            self.wrong += [f"twice: {named['id']}"] if named["id"] in self.ids else []
            self.ids.append(named["id"])
        if tag == "section":
            self.scene = named["id"]
        if tag == "h3" and self.scene:
            self.columns.setdefault(self.scene, []).append(Column())
        if tag not in VOID:
            self.open.append((tag, named.get("class")))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop()[0] != tag:
            self.wrong.append(f"</{tag}> closes something else")
        if tag == "section":
            self.scene = None

    def handle_data(self, data):
        if self.scene == "check" and self.open[-1][0] == "pre":
            self.key = data
        elif self.columns.get(self.scene):
            column = self.columns[self.scene][-1]
            column.text += data
            if ("div", "outcome") in self.open:
                column.outcome += data
            if ("pre", "proof") in self.open:
                column.proof += data
        elif self.scene and re.fullmatch(r"S-\d\d-[0-9a-f]{8}", data):
            self.cited[self.scene] = data


class Column:
    def __init__(self):
        self.text = self.outcome = self.proof = ""


def tell(program, folder, lang, out):
    done = subprocess.run(
        [program, "demo", "--dir", folder, "--story", lang, "--out", out],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        timeout=900,
    )
    if done.returncode != 0:
        raise Failed(f"--story {lang}: exit {done.returncode}: {done.stdout}{done.stderr[-2000:]}")
    with open(out, encoding="utf-8") as file:
        return file.read()


def verifies(page, column, out):
    """As a reader would do it: two files, copied out of the document."""
    names = [os.path.join(out, name) for name in ("read.pub", "read.proof")]
    for name, text in zip(names, (page.key, column.proof)):
        with open(name, "w", encoding="utf-8") as file:
            file.write(text)
    done = subprocess.run(
        [os.path.join(bin_dir(), "cnis-verify"), "proof", "--key", *names],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode == 0


def judge_scene(page, scene, has_switch, out):
    """What is wrong with its columns."""
    held, off = EXPECTED[scene]
    has_second = has_switch or scene == "S-02"
    first, second = page.column(scene, 0), page.column(scene, 1)
    wrong = []
    if not re.search(held, first.text):
        wrong.append(f"{held!r} is not in: {first.text[-900:]}")
    if has_second and (not re.search(off, second.text) or re.search(held, second.text)):
        wrong.append(f"{off!r} is not in: {second.text[-900:]}")
    if has_second and first.outcome == second.outcome:
        wrong.append(f"the two columns come to the same: {first.outcome}")
    if not has_second and "POST" in second.text:
        wrong.append("something was made without a switch")
    for column in (first, second) if has_second else (first,):
        if not column.outcome.strip() or not verifies(page, column, out):
            wrong.append(f"no outcome, or no proof that verifies: {column.outcome}")
    return wrong


def judge(lang, text, out, has_switch=True):
    page = Document(text)
    wrong = list(page.wrong)
    wrong += ["not in that language"] if page.lang != lang else []
    wrong += ["from elsewhere"] if re.search(r"url\(|@import|src=", text) else []
    wrong += [f"scenes {sorted(page.cited)}"] if set(page.cited) != set(EXPECTED) else []
    for scene in EXPECTED:
        wrong += [f"{scene}: {line}" for line in judge_scene(page, scene, has_switch, out)]
    wrong += addresses(page)
    return [f"{lang}: {line}" for line in wrong], page.cited


def addresses(page):
    """What the custodian opened without the safeguard stands in that column and nowhere else."""
    opened = re.findall(r'"field": "home_address"[^}]*"value": "([^"]+)"', page.column("S-05", 1).text)
    where = [
        f"{scene} {side}"
        for scene, columns in page.columns.items()
        for side, column in enumerate(columns)
        for value in opened
        if value in column.text
    ]
    return [f"a hidden child's address stands in {where}"] if set(where) - {"S-05 1"} else []


def doctored(text, scene):
    """Documents that must not pass: the scene emptied, its halves alike, another proof."""
    start = text.index(f'<section id="{scene}">')
    end = text.index("</section>", start)
    whole = text[start:end]
    first = whole[whole.index("<div>\n<h3>") + len("<div>") : whole.index('<div class="off">')]
    off = whole[whole.index('<div class="off">') + len('<div class="off">') :]
    index = re.search(r"\nindex (\d+)\n", whole)
    for name, other in (
        ("empty", whole.replace(first, "\n<h3></h3></div>\n")),
        ("alike", whole.replace(off, first)),
        ("unproven", whole.replace(index[0], f"\nindex {int(index[1]) - 1}\n", 1)),
    ):
        yield f"{scene} {name}", text[:start] + other + text[end:]


def judge_of_judges(text, out):
    return [
        f"passes: {name}"
        for scene in EXPECTED
        for name, other in doctored(text, scene)
        if not judge_scene(Document(other), scene, True, out)
    ]


def without_switch(folder, out, cited):
    """The same program where no guarded ones stand beside it: it says so and makes nothing up."""
    alone = os.path.join(out, "alone")
    os.mkdir(alone)
    for name in ("cnis", "cnis-custodian", "cnis-verify"):
        shutil.copy(os.path.join(bin_dir(), name), alone)
    text = tell(os.path.join(alone, "cnis"), folder, "en", os.path.join(out, "alone.html"))
    wrong, again = judge("en", text, out, has_switch=False)
    if "this build has no switchable safeguards" not in text:
        wrong.append("without the switch: the document does not say so")
    return wrong + ([] if again == cited else ["without the switch: other citations"])


def main():
    if not os.access(os.path.join(bin_dir(), "cnis-guards"), os.X_OK):
        print("skipped: this build has no safeguards that can be switched off")
        return 77
    wrong, cited = [], {}
    with Demo() as demo, tempfile.TemporaryDirectory(prefix="cnis-story-") as out:
        for lang in ("cy", "en"):
            path = os.path.join(out, lang + ".html")
            text = tell(demo.cnis, demo.dir, lang, path)
            found, cited[lang] = judge(lang, text, out)
            wrong += found
            if stat.S_IMODE(os.stat(path).st_mode) & 0o077:
                wrong.append(f"{path}: others may read it")
        wrong += [] if cited["cy"] == cited["en"] else [f"other citations in Welsh: {cited}"]
        if os.path.exists(demo.path("story")):
            wrong.append("a copy of the register was left behind")
        with contextlib.suppress(Failed):
            tell(demo.cnis, demo.dir, "cy", os.path.join(out, "cy.html"))
            wrong.append("a file that was there is written over")
        wrong += judge_of_judges(text, out)
        wrong += without_switch(demo.dir, out, cited["en"])
    for line in wrong:
        print("WRONG", line)
    print(f"story: {len(EXPECTED)} scenes in two languages, {len(wrong)} expectations not met")
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failure:
        print("FAILED", failure)
        sys.exit(1)
