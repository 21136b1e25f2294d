#!/usr/bin/env bash
# What holds for every page, without JavaScript: tests/harness/pages.py.
set -euo pipefail
exec python3 -B "${SOURCE_DIR:?}/tests/harness/pages.py"
