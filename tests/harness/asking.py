"""What the paired run asks: for each class of request, the routes that it covers and how one member of
a pair is asked about. A route that takes an id, searches or creates, and has no class, is found out.
"""
import contract
from children import ENQUIRY, MAINTENANCE, THINGS, ask, weighed
from service import CIRCLE, STAFF

OUTSIDE = [user for user in STAFF if user not in CIRCLE] + ["administrator"]
BREAKS_GLASS = ("social",)  # named by BG, in imminent danger and for one child
AUDITING = ("dpo", "dpo.2")  # in the circle for an audit (C-03), and for nothing else
PURPOSE = {
    "support": "support_provision",
    "aln": "support_provision",
    "attendance": "school_attendance_order",
    "social": "safeguarding_enquiry",
    "dpo": "subject_access",
    "dpo.2": "complaint_or_appeal",
    "auditor": "audit",
}


def asked_by(user, fields=None):
    return ask(PURPOSE.get(user, "register_maintenance"), fields)


# ---- what is asked ----
# Each class: (routes that it covers, function(user, target, n) -> (method, path, body, headers)).
# `target` is the hidden child or nobody; n numbers the pair, so that both of it ask the same thing.

SEARCHED = ("name", "forename", "surname", "date_of_birth", "upn", "postcode", "phone", "email")
FIELDS = [
    "child_name",
    "date_of_birth",
    "home_address",
    "circumstances",
    "case_notes",
    "record_history",
]


def view(user, target, n):
    return (
        "POST",
        f"/v1/entries/{target.id}/views",
        asked_by(user, FIELDS[: 1 + n % len(FIELDS)]),
        None,
    )


def get(user, target, n):
    return "GET", f"/v1/entries/{target.id}", None, None


def patch(user, target, n):
    values = (
        {"circumstances_narrative": ["Newid."]},
        {"forename": "Newydd"},
        {"no_such_field": "x"},
    )[n % 3]
    match = ('"00112233445566778899aabbccddeeff"', None)[n % 2]
    return (
        "PATCH",
        f"/v1/entries/{target.id}",
        {**asked_by(user), "values": values},
        {"If-Match": match},
    )


def search(user, target, n):
    by = SEARCHED[n % len(SEARCHED)]
    return "POST", "/v1/searches", {**asked_by(user), by: target.searches()[by]}, None


def access_log(user, target, n):
    return "GET", f"/v1/entries/{target.id}/access-log", None, None


def safety_review(user, target, n):
    return "GET", f"/v1/entries/{target.id}/safety-review", None, None


def protection(user, target, n):
    level = ("hidden", "contact_protected", "none")[n % 3]
    return "POST", f"/v1/entries/{target.id}/protection", {**ENQUIRY, "level": level}, None


def protection_proposal(user, target, n):
    return "GET", f"/v1/entries/{target.id}/protection/{n:032x}", None, None


def protection_approval(user, target, n):
    return (
        "POST",
        f"/v1/entries/{target.id}/protection/{n:032x}/approvals",
        {**ENQUIRY, "approve": True},
        None,
    )


def first_decision(user, target, n):
    return "POST", "/v1/first-decisions", {**ENQUIRY, "ids": [target.id], "level": "none"}, None


def assignment(user, target, n):
    body = {
        "id": target.id,
        "officer": "officer.b",
        "relation": "assigned",
        "purpose": "register_maintenance",
    }
    return "POST", "/v1/assignments", body, None


def relation(user, target, n):
    body = {
        "id": target.id,
        "recipient": f"{n:032x}",
        "relation": "receiving",
        "evidence": "Llythyr.",
    }
    return "POST", "/v1/relations", body, None


def conflict(user, target, n):
    return (
        "POST",
        "/v1/conflicts",
        {"id": target.id, "officer": (user, "officer.b")[n % 2], "reason": "Perthynas."},
        None,
    )


def named_worker(user, target, n):
    body = {"id": target.id, "officer": (user, "officer.b")[n % 2], "reason": "Angen."}
    return "POST", "/v1/named-workers", body, None


def disclosure(user, target, n):
    body = {
        **ask("transfer_between_las", FIELDS[:2]),
        **weighed(FIELDS[:2]),
        "id": target.id,
        "recipient": RECIPIENT.get("id", "0" * 32),
    }
    return "POST", "/v1/disclosures", body, None


def disclosure_preview(user, target, n):
    _, _, body, _ = disclosure(user, target, n)
    return "POST", "/v1/disclosures/previews", body, None


def by_its_id(path):
    """The id of a child where the id of something else is looked for."""
    method, path = path.split(" ")

    def build(user, target, n):
        return (
            method,
            path.replace("{id}", target.id),
            {"approve": True} if path.endswith("/approvals") and ("disclosures" in path or "relations" in path) else None,
            None,
        )

    return build


def by_its_own(path):
    """The id of something that is about the child, told to somebody outside the circle."""
    method, path = path.split(" ")

    def build(user, target, n):
        asked = path.replace("{entry}", target.id)
        for thing in THINGS:
            asked = asked.replace("{%s}" % thing, target.things[thing])
        body = {"approve": n % 2 == 0} if method == "POST" and "comparison" not in path else None
        if "notices" in path:
            body = {"words": "Nid oedd perygl."}
        return method, asked, {**ENQUIRY, **body} if "protection" in path and body else body, None

    return build


def recipient_key(user, target, n):
    return "POST", f"/v1/recipients/{target.id}/keys", {"age_key": "age1"}, None


def recall(user, target, n):
    return "POST", f"/v1/disclosures/{target.id}/recall", {"reason": "safety"}, None


def telling(user, target, n):
    at = (target.id, target.things["sent"])[n % 2]
    body = {"to": "Mari", "obligations_read": True, "fields": ["child_name"]}
    return "POST", f"/v1/disclosures/{at}/tellings", body, None


def its_recall(user, target, n):
    at = (target.things["disclosure"], target.things["sent"])[n % 2]
    return "POST", f"/v1/disclosures/{at}/recall", {"reason": "safety"}, None


def returned(user, target, n):
    at = (target.id, target.things["sent"])[n % 2]
    return "POST", f"/v1/disclosures/{at}/returns", {"what": "receipt", "how": "Llythyr."}, None


def acknowledgement(user, target, n):
    return "POST", f"/v1/stop-notices/{target.id}/acknowledgement", {"on": "2026-11-02"}, None


def its_acknowledgement(user, target, n):
    at = target.things["stop"]
    return "POST", f"/v1/stop-notices/{at}/acknowledgement", {"on": "2026-11-02"}, None


def create(user, target, n):
    return "POST", "/v1/entries", {**MAINTENANCE, "values": target.values()}, None


CLASSES = {
    "view": (["POST /v1/entries/{id}/views"], view),
    "get": (["GET /v1/entries/{id}"], get),
    "patch": (["PATCH /v1/entries/{id}"], patch),
    "search": (["POST /v1/searches"], search),
    "access-log": (["GET /v1/entries/{id}/access-log"], access_log),
    "safety-review": (["GET /v1/entries/{id}/safety-review"], safety_review),
    "protection": (["POST /v1/entries/{id}/protection"], protection),
    "protection-proposal": (
        ["GET /v1/entries/{id}/protection/{proposal}"],
        protection_proposal,
    ),
    "protection-approval": (
        ["POST /v1/entries/{id}/protection/{proposal}/approvals"],
        protection_approval,
    ),
    "first-decision": (["POST /v1/first-decisions"], first_decision),
    "assignment": (["POST /v1/assignments"], assignment),
    "relation": (["POST /v1/relations"], relation),
    "relation-approval": (
        ["POST /v1/relations/{id}/approvals"],
        by_its_id("POST /v1/relations/{id}/approvals"),
    ),
    "conflict": (["POST /v1/conflicts"], conflict),
    "disclosure": (["POST /v1/disclosures"], disclosure),
    "disclosure-preview": (["POST /v1/disclosures/previews"], disclosure_preview),
    "disclosure-get": (["GET /v1/disclosures/{id}"], by_its_id("GET /v1/disclosures/{id}")),
    "disclosure-approval": (
        ["POST /v1/disclosures/{id}/approvals"],
        by_its_id("POST /v1/disclosures/{id}/approvals"),
    ),
    "package": (
        ["GET /v1/disclosures/{id}/package"],
        by_its_id("GET /v1/disclosures/{id}/package"),
    ),
    "recipient": (["GET /v1/recipients/{id}"], by_its_id("GET /v1/recipients/{id}")),
    "recipient-key": (["POST /v1/recipients/{id}/keys"], recipient_key),
    "recipient-key-stop": (
        ["POST /v1/recipients/{id}/key-stop"],
        by_its_id("POST /v1/recipients/{id}/key-stop"),
    ),
    "recipient-end": (
        ["POST /v1/recipients/{id}/end"],
        by_its_id("POST /v1/recipients/{id}/end"),
    ),
    "paper": (["GET /v1/disclosures/{id}/paper"], by_its_id("GET /v1/disclosures/{id}/paper")),
    "its-paper": (
        ["GET /v1/disclosures/{id}/paper"],
        by_its_own("GET /v1/disclosures/{sent}/paper"),
    ),
    "comparison": (
        ["POST /v1/disclosures/{id}/comparison"],
        by_its_id("POST /v1/disclosures/{id}/comparison"),
    ),
    "its-comparison": (
        ["POST /v1/disclosures/{id}/comparison"],
        by_its_own("POST /v1/disclosures/{disclosure}/comparison"),
    ),
    "its-telling": (["POST /v1/disclosures/{id}/tellings"], telling),
    "recall": (["POST /v1/disclosures/{id}/recall"], recall),
    "stop": (["GET /v1/stop-notices/{id}"], by_its_id("GET /v1/stop-notices/{id}")),
    "stop-package": (
        ["GET /v1/stop-notices/{id}/package"],
        by_its_id("GET /v1/stop-notices/{id}/package"),
    ),
    "stop-acknowledgement": (["POST /v1/stop-notices/{id}/acknowledgement"], acknowledgement),
    "recipient-approval": (
        ["POST /v1/recipients/{id}/approvals"],
        by_its_id("POST /v1/recipients/{id}/approvals"),
    ),
    "named-workers": (
        ["GET /v1/entries/{id}/named-workers"],
        by_its_id("GET /v1/entries/{id}/named-workers"),
    ),
    "relations": (
        ["GET /v1/entries/{id}/relations"],
        by_its_id("GET /v1/entries/{id}/relations"),
    ),
    "relation-end": (
        ["DELETE /v1/relations/{id}"],
        by_its_own("DELETE /v1/relations/{relation}"),
    ),
    "named-worker": (["POST /v1/named-workers"], named_worker),
    "named-worker-approval": (
        ["POST /v1/named-workers/{id}/approvals"],
        by_its_own("POST /v1/named-workers/{named}/approvals"),
    ),
    "named-worker-end": (
        ["DELETE /v1/named-workers/{id}"],
        by_its_own("DELETE /v1/named-workers/{named}"),
    ),
    "deputy-approval": (
        ["POST /v1/deputies/{id}/approvals"],
        by_its_id("POST /v1/deputies/{id}/approvals"),
    ),
    "deputy-end": (["DELETE /v1/deputies/{id}"], by_its_id("DELETE /v1/deputies/{id}")),
    "notice-answer": (
        ["POST /v1/notices/{id}/answers"],
        by_its_id("POST /v1/notices/{id}/answers"),
    ),
    "import-state": (["GET /v1/imports/{id}"], by_its_id("GET /v1/imports/{id}")),
    "import-taking": (
        ["POST /v1/imports/{id}/taking"],
        by_its_id("POST /v1/imports/{id}/taking"),
    ),
    "create": (["POST /v1/entries"], create),
    "its-disclosure": (["GET /v1/disclosures/{id}"], by_its_own("GET /v1/disclosures/{disclosure}")),
    "its-disclosure-approval": (
        ["POST /v1/disclosures/{id}/approvals"],
        by_its_own("POST /v1/disclosures/{disclosure}/approvals"),
    ),
    "its-package": (
        ["GET /v1/disclosures/{id}/package"],
        by_its_own("GET /v1/disclosures/{disclosure}/package"),
    ),
    "its-sent": (["GET /v1/disclosures/{id}"], by_its_own("GET /v1/disclosures/{sent}")),
    "its-sent-package": (
        ["GET /v1/disclosures/{id}/package"],
        by_its_own("GET /v1/disclosures/{sent}/package"),
    ),
    "its-return": (["POST /v1/disclosures/{id}/returns"], returned),
    "its-recall": (["POST /v1/disclosures/{id}/recall"], its_recall),
    "its-stop": (["GET /v1/stop-notices/{id}"], by_its_own("GET /v1/stop-notices/{stop}")),
    "its-stop-package": (
        ["GET /v1/stop-notices/{id}/package"],
        by_its_own("GET /v1/stop-notices/{stop}/package"),
    ),
    "its-stop-acknowledgement": (
        ["POST /v1/stop-notices/{id}/acknowledgement"],
        its_acknowledgement,
    ),
    "its-relation-approval": (
        ["POST /v1/relations/{id}/approvals"],
        by_its_own("POST /v1/relations/{relation}/approvals"),
    ),
    "its-notice-answer": (
        ["POST /v1/notices/{id}/answers"],
        by_its_own("POST /v1/notices/{notice}/answers"),
    ),
    "its-proposal": (
        ["GET /v1/entries/{id}/protection/{proposal}"],
        by_its_own("GET /v1/entries/{entry}/protection/{proposal}"),
    ),
    "its-proposal-approval": (
        ["POST /v1/entries/{id}/protection/{proposal}/approvals"],
        by_its_own("POST /v1/entries/{entry}/protection/{proposal}/approvals"),
    ),
}
RECIPIENT = {}
ELSEWHERE = {"POST /v1/imports": "imports"}  # a sheet is a sequence of answers: see imports()


def uncovered():
    """Routes that take an id, search or create, and that no class covers."""
    covered = {route for routes, _ in CLASSES.values() for route in routes} | set(ELSEWHERE)
    told = {f"{method} {path}" for method, path in contract.routes()}
    asking = {route for route in told if "{id}" in route} | {
        "POST /v1/searches",
        "POST /v1/entries",
        "POST /v1/imports",
        "POST /v1/first-decisions",
        "POST /v1/assignments",
        "POST /v1/relations",
        "POST /v1/conflicts",
        "POST /v1/named-workers",
        "POST /v1/disclosures",
        "POST /v1/disclosures/previews",
    }
    return sorted(asking - covered) + sorted(covered - told)
