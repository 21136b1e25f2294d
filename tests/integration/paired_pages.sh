#!/usr/bin/env bash
# A hidden child and nobody: the same pages and entries, for every page, role, language and way to ask.
set -euo pipefail
exec python3 -B "${SOURCE_DIR:?}/tests/harness/paired_pages.py"
