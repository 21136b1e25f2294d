"""Takes each guard of base/guards.def away and wants to see a test fail that holds with it.

A row of the table without a test here fails, and so does a test that still passes without its guard:
it would prove nothing. The builds with switchable guards are cnis-guards and cnis-custodian-guards.
"""
import os
import subprocess
import sys
import tempfile

HARNESS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "harness")
sys.path.insert(0, HARNESS)

import contract  # noqa: E402
from checks import PEOPLE  # noqa: E402
from service import STAFF, Register  # noqa: E402


def check(name):
    return ["checks.py", "--only", name]


def page(name):
    return ["pages.py", "--only", name]


def writing(name):
    return ["pages_write.py", "--only", name]


def sharing(name):
    return ["pages_share.py", "--only", name]


def signed(name):
    return ["signed.py", "--only", name]


def tamper(name):
    return ["tamper.py", "--only", name]


# By the API, and by pages where a page would show it.
TESTS = {
    "DECISION_BEFORE_OPEN": [check("only-granted-is-opened")],
    "AUDIT_BEFORE_RELEASE": [["kill.py", "--rounds", "8", "--seed", "3"]],
    "HIDDEN_IS_ABSENT": [check("hidden-is-absent"), page("hidden-is-absent")],
    "GENERIC_ON_TICK": [check("generic-on-tick"), page("generic-on-tick")],
    "UNKNOWN_IS_PROTECTED": [check("unknown-is-protected"), page("unknown-is-protected")],
    "TWO_TO_LOWER": [check("two-to-lower"), writing("lower")],
    "WITHHOLD_WINS": [check("unknown-is-protected"), page("unknown-is-protected")],
    "RELATION_CHECK": [check("relation-needed"), page("relation-needed")],
    "DUTY_BUILT": [check("duty-built")],
    "FIXED_DAY": [check("fixed-day")],
    "TEXT_COMPARED": [check("text-compared")],
    "RETURNS_FOLLOWED": [check("returns-followed")],
    "LEADS_TOLD": [check("leads-told")],
    "TEXT_IN_PACKAGES": [check("text-in-packages")],
    "COMPARED_ALIKE": [check("compared-alike")],
    "COMPARED_PACE": [check("compared-pace")],
    "COMPARED_FIRST": [check("compared-first"), page("compared-first")],
    "NOT_FLATTENED": [check("not-flattened")],
    "WEIGHED_FIRST": [sharing("weighed-first")],
    "NO_SELF_APPROVAL": [check("no-self-approval"), writing("lower")],
    "ROW_SEAL": [tamper("byte-in-a-record")],
    "ROW_VERSION": [check("row-version")],
    "FORM_MARK": [page("form-mark")],
    "SIGN_IN_MARK": [page("sign-in-mark")],
    "LOG_ONLY_GROWS": [tamper("all-of-yesterday")],
    "LOG_WHOLE": [tamper("byte-in-a-leaf")],
    "TICKET_SIGNED": [check("ticket-signed"), page("ticket-signed")],
    "KEY_WITHDRAWN": [check("withdrawn-key")],
    "UNKNOWN_KEY_REFUSED": [check("unknown-key")],
    "SEARCH_BY_GRANTED": [check("search-by-granted"), page("found-by-granted")],
    "IF_MATCH": [check("if-match"), writing("stale")],
    "OWN_PASSWORD": [check("own-password"), page("first-password")],
    "GUESSING_WAITS": [check("guessing-waits"), page("guessing-waits")],
    "RELATION_CONFIRMED": [check("relation-confirmed"), sharing("approvals")],
    "POWER_AT_INTAKE": [check("power-at-intake"), page("sheet-taken-in")],
    "BREAK_GLASS_TOLD": [check("break-glass-told"), page("break-glass")],
    "NAMED_BY_TWO": [check("named-by-two")],
    "NAMED_FOR_WEEKS": [check("named-for-weeks")],
    "ONE_PERSON": [check("one-person"), signed("two-names-of-one-person")],
    "ANOTHER_BROWSER": [writing("one-browser")],
    "DEPUTY_CONFIRMED": [check("deputy-confirmed")],
    "DEPUTY_DATES": [check("deputy-dates")],
    "DEPUTY_IS_ANOTHER": [check("deputy-is-another")],
    "REVIEW_BY_ANOTHER": [check("review-by-another")],
    "POLICY_TWO_SIGN": [signed("two-sign")],
    "POLICY_OFF_BY_TWO": [signed("called-off-by-two")],
    "POLICY_NO_REVEAL": [signed("no-more-of-a-shielded-child")],
    "POLICY_IN_FORCE": [signed("rules-on-disk")],
    "BUDGET_CHARGED": [check("budget-charged")],
    "BUDGET_MISSES_COUNT": [check("budget-misses")],
    "BUDGET_DURABLE": [check("budget-durable")],
    "TLS_BEYOND_LOOPBACK": [["tls.py", "--only", "loopback"]],
    "RECALLED_STAYS": [check("recalled-stays")],
    "EXPIRED_STAYS": [check("expired-stays")],
    "KEY_TWO_PEOPLE": [check("key-two-people")],
    "TLS_KEY_PRIVATE": [["tls.py", "--only", "key-private"]],
}


def run(arguments, like):
    """(whether it held, what it said). A harness that breaks off has shown nothing."""
    done = subprocess.run(
        [sys.executable, "-B", os.path.join(HARNESS, arguments[0]), *arguments[1:], "--like", like],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 1) or "Traceback" in done.stderr:
        raise SystemExit(
            f"FAILED: {' '.join(arguments)} broke off: {done.stdout}{done.stderr[-2000:]}"
        )
    return done.returncode == 0, done.stdout


def whole(tests):
    """The same tests, those of one file in one run."""
    by_file = {}
    for file, *arguments in tests:
        key = file if arguments[0] == "--only" else (file, *arguments)
        runs = by_file.setdefault(key, [file])
        runs += [] if arguments[1] in runs and arguments[0] == "--only" else arguments
    return list(by_file.values())


def held_by_all(chosen, like):
    """What fails with every guard in place."""
    wrong = []
    for test in whole(test for guard in chosen for test in TESTS[guard]):
        held, said = run([*test, "--guard-off", "NONE"], like)
        if not held:
            wrong.append(f"{' '.join(test)} fails with the guards in place: {said[-900:]}")
    return wrong


def missed(guard, like):
    """What passes without it."""
    wrong = []
    for test in TESTS[guard]:
        held, _ = run([*test, "--guard-off", guard], like)
        if held:
            wrong.append(f"{guard}: {' '.join(test)} passes without it")
        else:
            print(f"  {guard}: {' '.join(test)} goes red without it", flush=True)
    return wrong


def main():
    wrong = [f"{guard} has no test" for guard in contract.guards() if guard not in TESTS]
    wrong += [f"{guard} is no guard" for guard in TESTS if guard not in contract.guards()]
    chosen = [guard for guard in sys.argv[1:] or contract.guards() if guard in TESTS]
    with tempfile.TemporaryDirectory(prefix="cnis-guards-") as like:
        with Register(like, guard_off="NONE") as register:
            register.make({user: STAFF[user] for user in PEOPLE})
        wrong += held_by_all(chosen, like)
        wrong += [line for guard in chosen for line in missed(guard, like)]
    for line in wrong:
        print("FAILED", line)
    print(f"guards: {len(chosen)} taken away, {len(wrong)} not missed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
