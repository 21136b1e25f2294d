#!/usr/bin/env bash
# Every sentence is there in Welsh and in English, they differ, and they have the same slots. A word
# that is the same in both languages has a comment "same in both" on its line.
set -euo pipefail
cd "${SOURCE_DIR:-.}"

cat base/text/*.def | python3 -c '
import re, sys
text = sys.stdin.read()
string = r"\"(?:[^\"\\]|\\.)*\""
row = re.compile(r"^T\(\s*(\w+)\s*,\s*((?:%s\s*)+),\s*((?:%s\s*)+)\)(.*)$" % (string, string), re.M)
rows = [(m[1], *("".join(s[1:-1] for s in re.findall(string, m[n])) for n in (2, 3)), m[4])
        for m in row.finditer(text)]
bad, seen = [], set()
for name, cy, en, comment in rows:
    if name in seen: bad.append(name + ": stands twice")
    seen.add(name)
    if name == "NONE": continue
    if not cy.strip(): bad.append(name + ": no Welsh")
    if not en.strip(): bad.append(name + ": no English")
    if cy == en and re.search("[^\W\d]", re.sub("%[1-4]", "", cy)) and "same in both" not in comment: bad.append(name + ": the same in both languages")
    slots = [sorted(set(re.findall(r"%[1-4]", s))) for s in (cy, en)]
    if slots[0] != slots[1]: bad.append(name + ": other slots in Welsh than in English")
begun = len(re.findall(r"^\s*T\(", text, re.M))
if begun != len(rows): bad.append("%d rows begin with T( but %d can be read" % (begun, len(rows)))
print("\n".join(bad) or "%d sentences" % len(rows))
sys.exit(bool(bad) or not rows)
'
