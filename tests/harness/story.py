"""The document of `cnis demo --story`, in both languages: every scene is there, each differs without
its safeguard as it must, nothing comes from elsewhere, and the same build gives the same citations.

What is expected of a scene stands here; a scene without an expectation fails.
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
GENERIC = r'"status": 404'
PROVEN = {"cy": r"cofnod \d+", "en": r"entry \d+ is in the log"}

# Scene: what its column with the safeguard shows last, what the one without shows; None: has no switch.
EXPECTED = {
    "S-01": (
        r'"field": "home_address",\s*"rule": "F-05"',
        r'"home_address": \{\s*"form": "full",\s*"rule": "G-23"',
    ),
    "S-02": (r'"rule": "F-01"', None),
    "S-03": (GENERIC, r'"rule": "F-02"'),
    "S-04": (r'"approved": false[^§]*"status": 404', r'"approved": true[^§]*"home_address": \{'),
    "S-05": (r'"status": [45]\d\d', r'"in_custody"[^§]*"value": "\d+ '),
    "S-06": (GENERIC, r'"rule": "F-06"'),
    "S-07": (r'"field": "home_address",\s*"rule": "F-05"', r"1 Stryd yr Enghraifft"),
    "S-08": (r'"waits"[^§]*"value": "hidden"', r'"value": "contact_protected"'),
    "S-09": (r'"error": "ERR_', r'"port": |"address": |"socket": '),
    "S-10": (r'"error": "ERR_', None),
    "S-11": (r'"error": "ERR_', r'"port": |"address": |"socket": '),
}


class Document(html.parser.HTMLParser):
    """Well-formed, and divided: the text of each scene's two columns, and its citation."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.wrong, self.ids, self.lang = [], [], [], None
        self.columns, self.cited, self.scene, self.side, self.term = {}, {}, None, None, ""
        self.feed(text)
        self.close()
        if self.open:
            self.wrong.append(f"left open: {self.open}")

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
            self.side = len(self.columns.setdefault(self.scene, []))
            self.columns[self.scene].append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes something else")
        if tag == "section":
            self.scene = self.side = None

    def handle_data(self, data):
        if self.side is not None:
            self.columns[self.scene][self.side] += data
        elif self.scene and re.fullmatch(r"S-\d\d-[0-9a-f]{8}", data):
            self.cited[self.scene] = data


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


def judge(lang, text, has_switch=True):
    page = Document(text)
    wrong = [f"{lang}: {line}" for line in page.wrong]
    wrong += [f"{lang}: not in that language"] if page.lang != lang else []
    wrong += [f"{lang}: from elsewhere"] if re.search(r"url\(|@import|src=", text) else []
    if set(page.cited) != set(EXPECTED):
        wrong.append(f"{lang}: scenes {sorted(page.cited)}")
    for scene, (held, off) in EXPECTED.items():
        columns = page.columns.get(scene, ["", ""])
        if not re.search(held, columns[0]):
            wrong.append(f"{lang} {scene}: {held!r} is not in: {columns[0][-900:]}")
        if not re.search(PROVEN[lang], columns[0]):
            wrong.append(f"{lang} {scene}: its entry is not proven")
        if off is None or not has_switch:
            if "POST" in columns[1]:
                wrong.append(f"{lang} {scene}: something was made without a switch")
        elif not re.search(off, columns[1]) or re.search(held, columns[1]):
            wrong.append(f"{lang} {scene}: {off!r} is not in: {columns[1][-900:]}")
    wrong += addresses(lang, page)
    return wrong, page.cited


def addresses(lang, page):
    """What the custodian opened without the safeguard stands in that column and nowhere else."""
    opened = re.findall(r'"field": "home_address"[^}]*"value": "([^"]+)"', page.columns["S-05"][1])
    where = [
        f"{scene} {side}"
        for scene, columns in page.columns.items()
        for side, text in enumerate(columns)
        for value in opened
        if value in text
    ]
    return (
        [f"{lang}: a hidden child's address stands in {where}"] if set(where) - {"S-05 1"} else []
    )


def without_switch(folder, out, cited):
    """The same program where no guarded ones stand beside it: it says so and makes nothing up."""
    alone = os.path.join(out, "alone")
    os.mkdir(alone)
    for name in ("cnis", "cnis-custodian", "cnis-verify"):
        shutil.copy(os.path.join(bin_dir(), name), alone)
    text = tell(os.path.join(alone, "cnis"), folder, "en", os.path.join(out, "alone.html"))
    wrong, again = judge("en", text, has_switch=False)
    if "this build has no switchable safeguards" not in text:
        wrong.append("without the switch: the document does not say so")
    return wrong + ([] if again == cited else ["without the switch: other citations"])


def digest(folder):
    """Names, sizes and times of what the demonstration keeps."""
    return {
        path: (found.st_size, found.st_mtime_ns)
        for root, _, names in os.walk(os.path.join(folder, "people"))
        for path in (os.path.join(root, name) for name in names)
        for found in (os.stat(path),)
    }


def main():
    wrong, cited = [], {}
    with Demo() as demo, tempfile.TemporaryDirectory(prefix="cnis-story-") as out:
        for lang in ("cy", "en"):
            path = os.path.join(out, lang + ".html")
            found, cited[lang] = judge(lang, tell(demo.cnis, demo.dir, lang, path))
            wrong += found
            if stat.S_IMODE(os.stat(path).st_mode) & 0o077:
                wrong.append(f"{path}: others may read it")
        wrong += [] if cited["cy"] == cited["en"] else [f"other citations in Welsh: {cited}"]
        if os.path.exists(demo.path("story")):
            wrong.append("a copy of the register was left behind")
        with contextlib.suppress(Failed):
            tell(demo.cnis, demo.dir, "cy", os.path.join(out, "cy.html"))
            wrong.append("a file that was there is written over")
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
