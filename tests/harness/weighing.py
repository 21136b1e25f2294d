"""What a form of sharing says of its weighing, as it is typed."""

WEIGHED = {
    "weigh-aim": "support_education",
    "weigh-aim-text": "Bydd <cymorth> yn dod yn gynt.",
    "weigh-option-1": "gofyn i'r teulu",
    "weigh-tried-1": "yes",
    "weigh-why-1": "nid oes ateb",
    "weigh-interference": "medium",
    "weigh-affected": ["child", "resident_parent"],
    "weigh-view": "recorded",
    "weigh-harm-shared": "Mwy o bobl yn gwybod.",
    "weigh-harm-unshared": "Dim cymorth.",
    "weigh-more-harm": "no",
    "weigh-safeguards": ["fewer_fields"],
    "weigh-review-day": "1",
    "weigh-review-month": "1",
    "weigh-review-year": "2099",
}


def weighing(fields):
    return {**WEIGHED, **{f"weigh-question-{one}": "Ble i gynnig cymorth?" for one in fields}}
