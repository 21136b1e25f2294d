"""How fast a decision is, beside another engine's on the same requests. The two take turns, several
rounds; a ratio is taken within a round and then the median over the rounds, so that the drift of a
shared machine cancels out. Processor time only. This file must never judge: it measures and writes.

usage: policy.py --programs DIR --page FILE [--rounds N] [--requests N]
"""
import argparse
import datetime
import os
import pathlib
import statistics

from run import priority, run_json

SOURCE = pathlib.Path(__file__).resolve().parents[2]


def a_round(driver, requests):
    ours = run_json(driver, "speed", str(requests))
    theirs = run_json(str(SOURCE / "tests/tools/node"), str(SOURCE / "tests/oracle/speed.js"), driver, str(requests))
    return {**ours, **theirs, "times": theirs["decision_ns"] / ours["as_asked_ns"]}


def page(rounds, requests, load):
    def middle(name):
        return statistics.median(row[name] for row in rounds)

    return f"""# The speed of a decision

`cmake --build --preset release --target bench-policy` measures and writes this page; nothing is judged by it. That a
decision allocates nothing is a check of its own (`tests/lint/decision_is_still.sh`: the objects that decide call
nothing that could).

{len(rounds)} rounds, the two engines in turn, over the same {requests} requests (`tests/property/policy_requests.h`); processor
time, medians. Taken on {datetime.date.today().isoformat()}: {os.cpu_count()} cores, load average {load[0]:.1f} before and {load[1]:.1f} after, priority {priority()}.

| | Time |
|---|---|
| one decision, over the fields asked for | {middle("as_asked_ns"):.0f} ns |
| one decision, over all fields | {middle("all_fields_ns"):.0f} ns |
| Cedar: one question (one field in one form, one step) | {middle("question_ns") / 1000:.0f} us |
| Cedar: the questions of one decision, none asked before | {middle("decision_ns") / 1000:.0f} us |
| Cedar's decision against this one's | {middle("times"):.0f} times |

Cedar runs here as WebAssembly under Node, with policies and schema parsed beforehand and every request checked against
the schema; it answers yes or no, so a decision over fields is many questions. It is the oracle for what is right
(`policy-oracle.md`), and was never meant for this use.
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", required=True, help="folder of property_policy_oracle")
    parser.add_argument("--page", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=50)
    given = parser.parse_args()
    driver, before = os.path.join(given.programs, "property_policy_oracle"), os.getloadavg()[0]
    rounds = [a_round(driver, given.requests) for _ in range(given.rounds)]
    text = page(rounds, given.requests, [before, os.getloadavg()[0]])
    pathlib.Path(given.page).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
