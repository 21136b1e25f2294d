"""What the marker walk asks: each route of the contract and each verb, as somebody outside the circle
would. It must never ask in a way that the policy opens to them (an audit, breaking the glass).
"""
import contract
from asking import AUDITING
from children import ENQUIRY, MAINTENANCE, ask, weighed
from paired import COLUMNS

BASES = contract.bases()


# ---- what each route is asked ----
# WALKS: route: function(world, user) yielding (path, body, headers). A body of None is none.


def purposes_of(user):
    """Every purpose with a basis that fits; a data-protection officer is in the circle for an audit."""
    for purpose in contract.words("purposes"):
        if not (user in AUDITING and purpose == "audit"):
            yield ask(purpose, basis=BASES.get(purpose))


def nothing(path):
    return lambda world, user: [(path, None, None)]


def views(world, user):
    for marked in world.marked:
        for asked in purposes_of(user):
            yield f"/v1/entries/{marked.id}/views", {
                **asked,
                "fields": contract.words("fields"),
            }, None


def about_each(path, body=None):
    def walk(world, user):
        for marked in world.marked:
            yield path.replace("{id}", marked.id), body and {
                **body,
                **({"id": marked.id} if "id" in body else {}),
            }, None

    return walk


def access_logs(world, user):
    return [] if user in AUDITING else about_each("/v1/entries/{id}/access-log")(world, user)


def changes(world, user):
    for marked in world.marked:
        for asked in (
            ask("register_maintenance"),
            ask("support_provision"),
            ask("safeguarding_enquiry"),
        ):
            for values in ({"sex": "female"}, {"home_address": "Newydd"}, {"no_such": "field"}):
                yield f"/v1/entries/{marked.id}", {**asked, "values": values}, {
                    "If-Match": f'"{32 * "0"}"'
                }


def searches(world, user):
    for marked in world.marked:
        for purpose in ("register_maintenance", "support_provision", "safeguarding_enquiry"):
            for by, value in marked.searches().items():
                yield "/v1/searches", {**ask(purpose), by: value}, None


def creations(world, user):
    for marked in world.marked:
        yield "/v1/entries", {
            **MAINTENANCE,
            "values": {
                "forename": marked.values["forename"],
                "surname": marked.values["surname"],
                "date_of_birth": "2015-03-04",
                "no_such": "x",
            },
        }, None


def decisions(world, user):
    for marked in world.marked:
        yield "/v1/first-decisions", {**ENQUIRY, "ids": [marked.id], "level": "none"}, None


def protections(world, user):
    """Raising what is hidden already is no change; the protected one must stay what it is."""
    for marked, levels in (
        (world.hidden, ("hidden", "contact_protected", "none")),
        (world.protected, ("none",)),
    ):
        for level in levels:
            yield f"/v1/entries/{marked.id}/protection", {**ENQUIRY, "level": level}, None


def disclosures(path):
    def walk(world, user):
        for marked in world.marked:
            for purpose in ("transfer_between_las", "safeguarding_enquiry", "crime_investigation"):
                yield path, {
                    **ask(purpose, contract.words("fields")[:20]),
                    **weighed(contract.words("fields")[:20]),
                    "id": marked.id,
                    "recipient": "0" * 32,
                }, None

    return walk


def signing_in(world, user):
    return (
        [("/v1/sessions", {"user": user, "password": "nid hwn, nid hwn"}, None)]
        if user == "officer.b"
        else []
    )


def sheet_of(marked):
    row = {
        "upn": marked.values["upn"],
        "forename": marked.values["forename"],
        "surname": marked.values["surname"],
        "date_of_birth": "2015-03-04",
        "postcode": marked.values["home_postcode"],
        "parent_1_phone": marked.values["person_phone"][0],
        "ref": "1",
        "officer": "officer.a",
    }
    return (",".join(COLUMNS) + "\r\n" + ",".join(row[name] for name in COLUMNS) + "\r\n").encode()


def sheets(world, user):
    for marked in world.marked:
        yield f"/v1/imports?dry_run=true&on=2026-11-02&source=w{user}", sheet_of(marked), {
            "Content-Type": "text/csv"
        }


WALKS = {
    "GET /livez": nothing("/livez"),
    "GET /readyz": nothing("/readyz"),
    "GET /metrics": nothing("/metrics"),
    "GET /openapi.json": nothing("/openapi.json"),
    "POST /v1/sessions": signing_in,
    "DELETE /v1/sessions/current": lambda world, user: [],  # in end_sessions(), after all else
    "GET /v1/entries": nothing("/v1/entries"),
    "POST /v1/entries": creations,
    "GET /v1/entries/{id}": about_each("/v1/entries/{id}"),
    "PATCH /v1/entries/{id}": changes,
    "POST /v1/entries/{id}/views": views,
    "GET /v1/entries/{id}/access-log": access_logs,
    "GET /v1/entries/{id}/safety-review": about_each("/v1/entries/{id}/safety-review"),
    "POST /v1/searches": searches,
    "POST /v1/imports": sheets,
    "GET /v1/imports/{id}": about_each("/v1/imports/{id}"),
    "POST /v1/imports/{id}/taking": about_each("/v1/imports/{id}/taking"),
    "GET /v1/quarantine": nothing("/v1/quarantine"),
    "GET /v1/first-decisions": nothing("/v1/first-decisions"),
    "POST /v1/first-decisions": decisions,
    "POST /v1/entries/{id}/protection": protections,
    "GET /v1/entries/{id}/protection/{proposal}": about_each(
        "/v1/entries/{id}/protection/" + "0" * 32
    ),
    "POST /v1/entries/{id}/protection/{proposal}/approvals": about_each(
        "/v1/entries/{id}/protection/" + "0" * 32 + "/approvals", {**ENQUIRY, "approve": True}
    ),
    "POST /v1/assignments": about_each(
        "/v1/assignments", {"id": "", "officer": "nobody", "relation": "assigned"}
    ),
    "POST /v1/relations": about_each(
        "/v1/relations", {"id": "", "recipient": "0" * 32, "relation": "receiving", "evidence": "x"}
    ),
    "POST /v1/relations/{id}/approvals": about_each(
        "/v1/relations/{id}/approvals", {"approve": True}
    ),
    "POST /v1/conflicts": about_each(
        "/v1/conflicts", {"id": "", "officer": "nobody", "reason": "x"}
    ),
    "GET /v1/approvals": nothing("/v1/approvals"),
    "GET /v1/entries/{id}/named-workers": about_each("/v1/entries/{id}/named-workers"),
    "POST /v1/named-workers": about_each(
        "/v1/named-workers", {"id": "", "officer": "nobody", "reason": "x"}
    ),
    "POST /v1/named-workers/{id}/approvals": about_each(
        "/v1/named-workers/{id}/approvals", {"approve": True}
    ),
    "DELETE /v1/named-workers/{id}": about_each("/v1/named-workers/{id}"),
    "GET /v1/entries/{id}/relations": about_each("/v1/entries/{id}/relations"),
    "DELETE /v1/relations/{id}": about_each("/v1/relations/{id}"),
    "GET /v1/budgets": nothing("/v1/budgets"),
    "POST /v1/budgets/raises": lambda world, user: [
        ("/v1/budgets/raises", {"purpose": "x", "window": "x", "more": 1, "reason": "x"}, None)
    ],
    "GET /v1/deputies": nothing("/v1/deputies"),
    "POST /v1/deputies": lambda world, user: [
        ("/v1/deputies", {"deputy": "nobody", "until": "2099-01-01"}, None)
    ],
    "POST /v1/deputies/{id}/approvals": about_each("/v1/deputies/{id}/approvals", {"approve": True}),
    "DELETE /v1/deputies/{id}": about_each("/v1/deputies/{id}"),
    "GET /v1/notices": nothing("/v1/notices"),
    "POST /v1/notices/{id}/answers": about_each("/v1/notices/{id}/answers", {"words": "x"}),
    "GET /v1/recipients": nothing("/v1/recipients"),
    "POST /v1/recipients": lambda world, user: [
        ("/v1/recipients", {"name": "x", "role": "x", "organisation": "x", "age_key": "x"}, None)
    ],
    "GET /v1/recipients/{id}": about_each("/v1/recipients/{id}"),
    "POST /v1/recipients/{id}/approvals": about_each("/v1/recipients/{id}/approvals"),
    "POST /v1/recipients/{id}/keys": about_each("/v1/recipients/{id}/keys", {"age_key": "age1"}),
    "POST /v1/recipients/{id}/key-stop": about_each("/v1/recipients/{id}/key-stop"),
    "POST /v1/recipients/{id}/end": about_each("/v1/recipients/{id}/end"),
    "POST /v1/disclosures": disclosures("/v1/disclosures"),
    "POST /v1/disclosures/previews": disclosures("/v1/disclosures/previews"),
    "GET /v1/disclosures/{id}": about_each("/v1/disclosures/{id}"),
    "POST /v1/disclosures/{id}/approvals": about_each(
        "/v1/disclosures/{id}/approvals", {"approve": True}
    ),
    "POST /v1/disclosures/{id}/comparison": about_each("/v1/disclosures/{id}/comparison"),
    "GET /v1/disclosures/{id}/package": about_each("/v1/disclosures/{id}/package"),
    "GET /v1/disclosures/{id}/paper": about_each("/v1/disclosures/{id}/paper"),
    "POST /v1/disclosures/{id}/tellings": about_each(
        "/v1/disclosures/{id}/tellings",
        {"to": "x", "obligations_read": True, "fields": ["child_name"]},
    ),
    "POST /v1/disclosures/{id}/recall": about_each(
        "/v1/disclosures/{id}/recall", {"reason": "safety"}
    ),
    "POST /v1/disclosures/{id}/returns": about_each(
        "/v1/disclosures/{id}/returns", {"what": "receipt", "how": "x"}
    ),
    "GET /v1/stop-notices": nothing("/v1/stop-notices"),
    "GET /v1/stop-notices/{id}": about_each("/v1/stop-notices/{id}"),
    "GET /v1/stop-notices/{id}/package": about_each("/v1/stop-notices/{id}/package"),
    "POST /v1/stop-notices/{id}/acknowledgement": about_each(
        "/v1/stop-notices/{id}/acknowledgement", {"on": "2026-11-02"}
    ),
    "POST /v1/openings": lambda world, user: [
        ("/v1/openings", {"ticket": "AQAB", "signature": "AQAB"}, None)
    ],
    "POST /v1/users": lambda world, user: [
        ("/v1/users", {"user": "x", "name": "x", "password": "x", "roles": ["x"]}, None)
    ],
    "POST /v1/users/{name}/approvals": nothing("/v1/users/nobody/approvals"),
    "GET /v1/users": nothing("/v1/users"),
    "PATCH /v1/users/{name}": lambda world, user: [
        ("/v1/users/nobody", {"add": ["case_officer"]}, None)
    ],
    "POST /v1/users/{name}/password": lambda world, user: [
        ("/v1/users/nobody/password", {"old": "x", "password": "x"}, None)
    ],
    "POST /v1/users/{name}/resets": lambda world, user: [
        ("/v1/users/nobody/resets", {"password": "x"}, None)
    ],
    "DELETE /v1/users/{name}": nothing("/v1/users/nobody"),
    "GET /v1/policy": nothing("/v1/policy"),
    "GET /v1/policy/text": nothing("/v1/policy/text"),
    "GET /v1/policy/book": nothing("/v1/policy/book"),
    "POST /v1/policy/activations": lambda world, user: [
        ("/v1/policy/activations", b"cnis-policy/v1\n", {"Content-Type": "text/plain"})
    ],
    "DELETE /v1/policy/activations/{version}": nothing("/v1/policy/activations/" + "0" * 64),
    "GET /v1/audit/checkpoint": nothing("/v1/audit/checkpoint"),
    "GET /v1/audit/checkpoint/{size}": nothing("/v1/audit/checkpoint/1"),
    "GET /v1/audit/proof/inclusion": nothing("/v1/audit/proof/inclusion?index=1&size=8"),
    "GET /v1/audit/proof/consistency": nothing("/v1/audit/proof/consistency?from=4&to=8"),
    "GET /v1/audit/tile/{level}/{number}/{width}": nothing("/v1/audit/tile/0/0/8"),
}


# ---- verbs ----


def asking_calls(register, here):
    """The verbs of cli/verb_ask.c, about nobody."""
    nobody, words = "0" * 32, ["--words", register.path("password")]
    calls = {
        "approval give": [nobody],
        "approval refuse": [nobody],
        "disclosure recall": [nobody, "--reason", "safety"],
        "stop told": [nobody, "--on", "2026-11-02"],
        "notice answer": [nobody, *words],
        "worker list": [nobody],
        "worker propose": [nobody, "--officer", "officer.b", *words],
        "worker end": [nobody],
        "relation add": [nobody, "--recipient", nobody, "--relation", "named_case", *words],
        "relation list": [nobody],
        "relation end": [nobody],
        "budget raise": [
            *["--purpose", "register_maintenance", "--window", "day", "--more", "1", *words]
        ],
    }
    lists = {verb: [] for verb in ("approval list", "stop list", "notice list", "budget list")}
    return {verb: [[*verb.split(), *more, *here]] for verb, more in {**lists, **calls}.items()}


def verb_calls(register):
    """Each verb, as somebody outside the circle can call it while the service runs."""
    password = ["--password-file", register.path("password")]
    here = ["--dir", register.dir, "--as", "officer.a", *password]
    return {
        "policy export": [["policy", "export", "/nonexistent/policy", *here]],
        "policy sign": [
            ["policy", "sign", register.dir, "--key", "/dev/null", "--role", "safeguarding_lead"]
        ],
        "policy activate": [["policy", "activate", register.dir, *here, "--dry-run"]],
        "policy call-off": [["policy", "call-off", *here]],
        **asking_calls(register, here),
        "demo": [["demo", "--dir", register.dir, "--once", "--json"]],
        "init": [
            [
                "init",
                "--dir",
                register.dir,
                "--custodian",
                register.path("custodian", "custodian.pub"),
                "--authority",
                "X",
                "--code",
                "672",
                *password,
            ]
        ],
        "serve": [["serve", "--dir", register.dir, "--port", "0"]],
        "import": [
            [
                "import",
                "--dir",
                register.dir,
                "--as",
                "officer.b",
                *password,
                "--on",
                "2026-11-02",
                *more,
                register.path("hidden.csv"),
            ]
            for more in (["--dry-run"], ["--source", "verbs"], ["--json"])
        ],
        "user add": [
            [
                "user",
                "add",
                "x.y",
                "--dir",
                register.dir,
                "--roles",
                "case_officer",
                "--as",
                "officer.b",
                "--new-password-file",
                register.path("password"),
                *password,
            ]
        ],
        "user confirm": [
            ["user", "confirm", "x.y", "--dir", register.dir, "--as", "officer.b", *password]
        ],
        "user disable": [
            ["user", "disable", "x.y", "--dir", register.dir, "--as", "officer.b", *password]
        ],
        "user list": [["user", "list", "--dir", register.dir, "--as", "officer.b", *password]],
        "user roles": [
            [
                *["user", "roles", "x.y", "--dir", register.dir, "--as", "officer.b"],
                *["--add", "support_officer", *password],
            ]
        ],
        "user reset": [
            [
                *["user", "reset", "x.y", "--dir", register.dir, "--as", "officer.b"],
                *["--new-password-file", register.path("password"), *password],
            ]
        ],
        "user password": [
            [
                *["user", "password", "officer.b", "--dir", register.dir],
                *["--new-password-file", register.path("password"), *password],
            ]
        ],
        "sign": [["sign", "--key", register.path("x.key"), "--new"]],
        "policy check": [["policy", "check", "tests/cases/open.jsonl"]],
        "policy matrix": [["policy", "matrix"]],
        "policy explain": [["policy", "explain", "F-06"]],
        "policy book": [["policy", "book"]],
        "audit fsck": [["audit", "fsck", "--dir", register.dir]],
        "keys status": [["keys", "status", "--dir", register.dir]],
        "doctor": [["doctor", "--dir", register.dir]],
    }
