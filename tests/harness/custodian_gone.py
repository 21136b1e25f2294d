"""The custodian goes away while the register serves: casework goes on, openings answer "ask
safeguarding", heads wait and catch up when it is back.
"""
import sys
import time

from children import ENQUIRY, Children, ask
from service import STAFF, Failed, Register


def expect(holds, what):
    if not holds:
        raise Failed(what)


def signed_size(register):
    told = register.sign_in("officer.a").get("/v1/audit/checkpoint")
    return int(told.body.split(b"\n")[1]) if told.status == 200 else 0


def wait_for_head(register, seconds):
    """True once a head of at least what is in the log now is signed."""
    size, end = register.entries(), time.monotonic() + seconds
    while time.monotonic() < end:
        if signed_size(register) >= size:
            return True
        time.sleep(0.1)
    return False


def view(register, user, child, purpose, *fields):
    return register.sign_in(user).post(f"/v1/entries/{child.id}/views", ask(purpose, list(fields)))


def opening(register, key, child):
    """Asks for one shielded value with a signature of one's own."""
    ticket = view(register, "lead", child, "safeguarding_enquiry", "home_address").json["ticket"]
    signature = register.run(register.cnis, "sign", "--key", key, "-", text=ticket).stdout.strip()
    return register.sign_in("lead").post("/v1/openings", {"ticket": ticket, "signature": signature})


def outcome(register, child, level):
    body = {**ENQUIRY, "ids": [child.id], "level": level}
    said = register.sign_in("lead").must("POST", "/v1/first-decisions", body).json["decisions"][0]
    expect(
        (said["outcome"] == "not_compared") == ("custodian" in said.get("why", "")),
        f"without the sentence: {said}",
    )
    return said["outcome"]


def undecided(register, late, other):
    expect(outcome(register, late, "none") == "not_compared", "none without a comparison")
    expect(outcome(register, other, "hidden") == "decided", "protecting waits for the custodian")


def away(register, children, made, plain, sheltered, key):
    before = signed_size(register)
    expect(
        view(register, "officer.a", plain, "register_maintenance", "child_name").status == 200,
        "no view without the custodian",
    )
    asked = ask("register_maintenance", ["child_name"])
    tag = (
        register.sign_in("officer.a")
        .must("POST", f"/v1/entries/{made.id}/views", asked)
        .header("ETag")
    )
    changed = register.sign_in("officer.a").request(
        "PATCH",
        f"/v1/entries/{made.id}",
        {**asked, "values": {"known_as": "Mabli"}},
        {"If-Match": tag},
    )
    expect(changed.status == 200, f"no change without the custodian: {changed}")
    children.protect(made.id, "hidden")
    expect(
        view(register, "officer.a", made, "register_maintenance", "child_name").status == 404,
        "raising waits for the custodian",
    )
    answer = opening(register, key, sheltered)
    expect(
        answer.status == 503
        and answer.json["type"] == "/problems/custodian"
        and "safeguarding" in answer.json["detail"],
        f"an opening without the custodian: {answer}",
    )
    expect(sheltered.street.encode() not in answer.body, "the value came out without the custodian")
    expect(
        not wait_for_head(register, 2) and signed_size(register) <= before + 1,
        "a head was signed without the custodian",
    )


def main():
    with Register() as register:
        register.make({user: STAFF[user] for user in ("officer.a", "lead")})
        children = Children(register)
        plain, sheltered = children.make("none"), children.make("contact_protected")
        made, early = children.make("none"), children.make("unknown")
        key = register.enrol("lead")
        expect(wait_for_head(register, 15), "no head while the custodian is there")
        given = opening(register, key, sheltered)
        expect(
            given.status == 200 and sheltered.street.encode() in given.body,
            f"no opening while the custodian is there: {given}",
        )
        print("  there: heads are signed, a value opens")
        register.end("custodian", 9)
        away(register, children, made, plain, sheltered, key)
        late = children.make("unknown")
        undecided(register, late, children.make("unknown"))
        undecided(register, early, children.make("unknown"))
        print("  away: nobody is decided to be unprotected; protecting goes on")
        print("  away: views, changes and raising go on; openings say whom to ask; heads wait")
        register.custodian_start()
        expect(wait_for_head(register, 60), "heads do not catch up")
        children.decide([late.id])
        for _ in range(10):  # on a busy machine the first head after it may come late
            given = opening(register, key, sheltered)
            if given.status != 503:
                break
        expect(
            given.status == 200 and sheltered.street.encode() in given.body,
            f"no opening after its return: {given}",
        )
        print("  back: heads have caught up, a value opens")
        register.end("custodian", 9)
        register.end("serve")
        register.tokens = {}
        refused_start(register)
    print("custodian_gone: all as it has to be")
    return 0


def refused_start(register):
    """A start needs the custodian's word on the head."""
    register.processes["custodian"] = None  # serve() is to start no other
    try:
        register.serve()
    except Failed as error:
        expect("custodian" in str(error), f"refused in other words: {error}")
        print("  a start without it is refused")
        return
    finally:
        del register.processes["custodian"]
    raise Failed("started without the custodian's word")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failure:
        print("FAILED", failure)
        sys.exit(1)
