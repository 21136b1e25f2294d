"""How fast a decision is, beside another engine's on the same requests, and what decisions and budgets
are of a read. Engines take turns, several rounds; a ratio is taken within a round and then the median
over the rounds, so that the drift of a shared machine cancels out. Of a read, the service itself says
how long its calls into policy and budgets took (tests/bench/spent.c), in the same run as its whole
processor time. This file must never judge: it measures and writes.

usage: BIN_DIR=... policy.py --programs DIR --page FILE [--rounds N] [--requests N] [--seconds S]
BIN_DIR holds the service whose calls are timed.
"""
import argparse
import datetime
import json
import os
import pathlib
import statistics
import tempfile

from run import Service, cpu_seconds, priority, run_json

CONNECTIONS = 8
SOURCE = pathlib.Path(__file__).resolve().parents[2]


def a_round(driver, requests):
    ours = run_json(driver, "speed", str(requests))
    theirs = run_json(str(SOURCE / "tests/tools/node"), str(SOURCE / "tests/oracle/speed.js"), driver, str(requests))
    return {**ours, **theirs, "times": theirs["decision_ns"] / ours["as_asked_ns"]}


def spent(service):
    """What the service has said last."""
    text = pathlib.Path(service.place.log("serve")).read_text(encoding="utf-8")
    return json.loads([line for line in text.splitlines() if line.startswith('{"policy_ns"')][-1])


def reads(programs, rounds, milliseconds):
    """Some runs of reads: in each, what went into policy and budgets, of the processor time of all."""
    found = []
    with tempfile.TemporaryDirectory(prefix="cnis-bench-") as work:
        service = Service(work, os.path.join(programs, "bench_load"))
        try:
            for _ in range(rounds):
                before, began = spent(service), cpu_seconds(service.pid)
                service.measure("read", CONNECTIONS, milliseconds)
                whole, after = (cpu_seconds(service.pid) - began) * 1e9, spent(service)
                took = {key: after[key] - before[key] for key in after}
                inside = took["policy_ns"] + took["budget_ns"]
                found.append({"policy": took["policy_ns"] / (whole - inside) * 100,
                              "budget": took["budget_ns"] / (whole - inside) * 100})
        finally:
            service.stop()
    return found


def page(rounds, requests, found, load):
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

## Of a read

{len(found)} runs of reads over {CONNECTIONS} connections, each asking for every word that the officer is granted. The service is linked
with its calls into policy and budgets taken at their door (`tests/bench/spent.c`); what the threads spent inside is set
against the rest of the service's processor time in the same run, HTTP included; asking the clock twice a call is counted
with it. Medians: the decision and its explanations add **{statistics.median(row["policy"] for row in found):.1f} %**, budgets (counting, sealing and keeping the
charge) **{statistics.median(row["budget"] for row in found):.1f} %**. Opening the entry and finding the facts are not policy's: a read without rules would need them.
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", required=True, help="folder of property_policy_oracle and bench_load")
    parser.add_argument("--page", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=3)
    given = parser.parse_args()
    driver, before = os.path.join(given.programs, "property_policy_oracle"), os.getloadavg()[0]
    rounds = [a_round(driver, given.requests) for _ in range(given.rounds)]
    found = reads(given.programs, given.rounds, int(given.seconds * 1000))
    text = page(rounds, given.requests, found, [before, os.getloadavg()[0]])
    pathlib.Path(given.page).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
