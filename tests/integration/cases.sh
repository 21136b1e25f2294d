#!/usr/bin/env bash
# Searches and budgets of tests/cases/open.jsonl, played through the API.
set -euo pipefail
exec python3 -B "${SOURCE_DIR:?}/tests/harness/cases.py"
