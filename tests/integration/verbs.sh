#!/usr/bin/env bash
# The verbs by which a person does at a shell what the API offers: tests/harness/verbs.py.
set -euo pipefail
exec python3 -B "${SOURCE_DIR:?}/tests/harness/verbs.py"
