"""The cases of tests/cases/open.jsonl that no single decision answers are played on a running register,
through the API: searches and budgets. A case that changes is played as it then stands.

Other kinds are other programs'; one that nobody knows fails. The API searches by no school: another
value that locates stands for it.
"""
import json
import os
import secrets
import sys

from children import Children, ask
from service import STAFF, Failed, Register, source_dir

PEOPLE = ("officer.a", "officer.b", "lead", "deputy", "head", "dpo", "social")
ELSEWHERE = ("record", "bulk", "statistic", "action", "policy_change", "metamorphic")
SEEN_AS = {"school_name": "postcode", "resident_parent_contact": "phone"}  # @locating, as they are


def cases():
    with open(os.path.join(source_dir(), "tests", "cases", "open.jsonl"), encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def user_of(role):
    """Somebody of this role; an outsider does not sign in: whoever could be asked in their place."""
    return next((user for user in PEOPLE if STAFF[user] == role), "officer.a")


def fresh_user_of(role):
    """The other one of this role: nobody has been opened by them yet."""
    return [user for user in PEOPLE if STAFF[user] == role][-1]


def expect(case, holds, what):
    if not holds:
        raise Failed(f"{case['id']}: {what}")


# ---- searches ----


def found(register, user, purpose, by, value):
    said = register.sign_in(user).post("/v1/searches", {**ask(purpose), by: value})
    return said, [hit["entry"] for hit in said.json.get("hits", [])]


def play_search(register, children, case):
    """As the case has them: who would match, and at what protection; nobody else has that value."""
    user, purpose = user_of(case["actor"]["role"]), "register_maintenance"
    refs = {}
    for match in case["search"]["would_match"]:
        if match.get("household_shield", "none") == "none":
            refs[match["ref"]] = children.make(match["shield"])
    for by in case["search"]["by"]:
        by = SEEN_AS[by]
        for ref, child in refs.items():
            said, hits = found(register, user, purpose, by, child.searches()[by])
            wanted = ref in case["expected"]["returned"]
            nobody, none = found(register, user, purpose, by, children.nobody().searches()[by])
            expect(case, not none, f"somebody is found who is not there: {nobody}")
            if wanted:
                expect(case, hits == [child.id], f"{ref} is not returned: {said}")
            else:
                expect(case, child.id not in hits, f"{ref} is returned: {said}")
                same = (said.status, said.body) == (nobody.status, nobody.body)
                expect(case, same, f"{ref} is told from nobody: {said} {nobody}")


# ---- budgets ----


def play_budget(register, _, case):
    """So many different children are asked for as the case has used, hour by hour as far as the hour
    allows: what is left of the case's window is raised for the hour by the head of service first."""
    user, budget = fresh_user_of(case["actor"]["role"]), case["budget"]
    limit, purpose = budget["distinct_subjects_limit"], case["purpose"]["codes"][0]
    register.sign_in("head").must(
        "POST",
        "/v1/budgets/raises",
        {"user": user, "purpose": purpose, "window": "hour", "more": budget["used"], "reason": "Achos."},
    )
    client, body = register.sign_in(user), ask(purpose, ["child_name"])
    said = [
        client.post(f"/v1/entries/{secrets.token_hex(16)}/views", body)
        for _ in range(budget["used"] + 1)
    ]
    expect(case, {one.status for one in said[:limit]} == {404}, f"refused before {limit}")
    last = said[-1]
    expect(case, last.json.get("outcome") == case["expected"]["decision"], f"{last}")
    expect(case, last.json["budget"]["window"] == budget["window"], f"{last}")
    expect(case, last.json["budget"]["limit"] == limit, f"{last}")
    told = [one["obligation"] for one in last.json["obligations"]]
    expect(case, told == case["expected"]["obligations"], f"{told}")
    kinds = [one["kind"] for one in register.sign_in("dpo").must("GET", "/v1/notices").json["notices"]]
    expect(case, "budget_over" in kinds, f"the data-protection officer is not told: {kinds}")


PLAYS = {"search": play_search, "budget": play_budget}


def main():
    wrong, played = [], 0
    with Register() as register:
        register.make({user: STAFF[user] for user in PEOPLE})
        children = Children(register)
        for case in cases():
            if case["kind"] in ELSEWHERE:
                continue
            played += 1
            try:
                PLAYS[case["kind"]](register, children, case)
                print(f"  {case['id']}: {case['title']}")
            except Failed as error:
                wrong.append(str(error)[:900])
    for line in wrong:
        print("FAILED", line)
    print(f"cases: {played} played, {len(wrong)} not as they say")
    return 1 if wrong or played == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
