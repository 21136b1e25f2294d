"""The tour of README.md as a newcomer takes it: its own shell blocks, pasted as they stand, against a
demonstration of our own; and what each of them has to show.

A block without an expectation here fails, so the tour cannot promise what nobody has seen.
"""
import json
import os
import re
import signal
import subprocess
import sys

from service import Demo, Failed, bin_dir, source_dir

# Title of the block: what it has to say.
EXPECTED = {
    "Some short names first": [],
    "One child, four askers": [
        r'"outcome":"(permit|partial)".*"rule":"G-01".*"home_address"',
        r'"form":"age_in_years","rule":"G-03"',
        r'"rule":"F-11".*"missing_steps":\[\{"step"',
        r'"status":403.*"rule":"F-0',
        r"Rhaid|Mae|Nid|Dywedwch|Ni ",
    ],
    "Find, and not find": [r'\{"hits":\[\{"entry":"', r'"type":"/problems/absent"'],
    "Share": [r'"manifest":', r'"content":', r"child_name", r"G-\d\d", r"package is whole"],
    "Protect": [
        r'"level":"contact_protected"',
        r'"status":(403|409)',
        r'"waits":"|"proposal":"',
        r'"withheld":\[|"in_custody"',
    ],
    "Open one shielded value": [r'"home_address"|"value"', r"^0$"],
    "Take in a spreadsheet": [
        r"436C\(2\)",
        r"ethnicity",
        r"s8",
        r"unchanged|not changed|0 taken",
        r"Rhes|rhes",
    ],
    "Check that nothing was touched": [r"changed or damaged|A part of the store"],
}


def blocks():
    """[(title, code)] of the tour's part of README.md; the title is what stands before the first full stop."""
    with open(os.path.join(source_dir(), "README.md"), encoding="utf-8") as file:
        part = file.read().split("## Five minutes", 1)[1].split("\n## ", 1)[0]
    found = []
    for before, code in re.findall(r"([^\n]+)\n\n```sh\n(.*?)```", part, re.S):
        title = re.match(r"\**([^.;:*]+)", before.strip())[1].strip()
        found.append((title, code))
    return found


def script(demo, chosen):
    """One shell for all of them, since a block uses what an earlier one has set."""
    address = f"BIN={bin_dir()} D={demo.dir} A={demo.address}"
    lines = ["exec 2>&1", f"cd {source_dir()}"]
    for title, code in chosen:
        code = code.replace(" build/", f" {demo.path('out')}/")
        code = re.sub(r"^BIN=\S+ D=\S+ A=\S+$", lambda _: address, code, flags=re.M)
        lines += [f"printf '\\n@@@ %s\\n' '{title.replace(chr(39), '')}'", code]
    return "\n".join(lines)


def run(demo, chosen):
    """{title: what its block printed}"""
    os.makedirs(demo.path("out"), exist_ok=True)
    done = subprocess.run(
        ["bash", "-c", script(demo, chosen)],
        capture_output=True,
        text=True,
        check=False,
        env=demo.environment,
        stdin=subprocess.DEVNULL,
        timeout=600,
    )
    said = done.stdout.split("\n@@@ ")[1:]
    return {part.split("\n", 1)[0]: part.split("\n", 1)[1] for part in said}


def judge(title, said):
    if title not in EXPECTED:
        return [f"{title}: nothing here says what it has to show"]
    return [
        f"{title}: {pattern!r} is not in: {said[-1500:]}"
        for pattern in EXPECTED[title]
        if not re.search(pattern, said, re.M)
    ]


def package(demo):
    """What the recipient has, once `age` has opened it, and its proof with the service switched off."""
    path = demo.path("out", "package.json")
    with open(path, encoding="utf-8") as file:
        told = json.load(file)
    content, verify = told["content"], os.path.join(bin_dir(), "cnis-verify")
    wrong = [
        f"the package has no {name}"
        for name in ("policy", "rules", "fields", "expiry", "obligations")
        if not content.get(name)
    ]
    wrong += [
        f"the package's {word} has no {name}"
        for word, field in content["fields"].items()
        for name in ("form", "rule")
        if not field.get(name)
    ]
    if "ethnicity" in content["fields"]:
        wrong.append("the package holds what no rule grants")
    pub = demo.path("custodian", "custodian.pub")
    if (
        subprocess.run(
            [verify, "proof", "--key", pub, "--package", path], capture_output=True, check=False
        ).returncode
        != 0
    ):
        wrong.append("the package does not verify with the service off")
    with open(path, encoding="utf-8") as file, open(
        path + ".changed", "w", encoding="utf-8"
    ) as changed:
        changed.write(file.read().replace('"form":"full"', '"form":"fuel"', 1))
    if (
        subprocess.run(
            [verify, "proof", "--key", pub, "--package", path + ".changed"],
            capture_output=True,
            check=False,
        ).returncode
        == 0
    ):
        wrong.append("a package that was changed verifies")
    return wrong


def examples(demo):
    """The five lines that the demonstration prints, as they stand."""
    done = subprocess.run(
        ["bash", "-c", "\n".join(demo.told["examples"])],
        capture_output=True,
        text=True,
        check=False,
        env=demo.environment,
        timeout=60,
    )
    wanted = (r'"rule":"G-01"', r'"rule":"F-', r'"hits":\[\{', r"/problems/absent")
    return [
        f"the lines that are printed: {pattern!r} is not in {done.stdout[:1500]}{done.stderr[:300]}"
        for pattern in wanted
        if not re.search(pattern, done.stdout)
    ]


def main():
    tour = blocks()
    wrong = [] if len(tour) >= 7 else [f"README.md has {len(tour)} blocks of a tour"]
    with Demo() as demo:
        demo.serve()
        wrong += examples(demo)
        last = "Check that nothing was touched"
        said = run(demo, [block for block in tour if block[0] != last])
        demo.end("serve", signal.SIGINT)
        wrong += package(demo)
        said.update(
            run(demo, [block for block in tour if block[0] in ("Some short names first", last)])
        )
        for title, _ in tour:
            wrong += judge(title, said.get(title, ""))
    for line in wrong:
        print("WRONG", line)
    print(f"tour: {len(tour)} blocks of README.md, {len(wrong)} expectations not met")
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failure:
        print("FAILED", failure)
        sys.exit(1)
