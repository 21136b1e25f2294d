#!/usr/bin/env bash
# Whole days (tests/browser/days.js) in a real browser, in both languages: an officer's, a safeguarding
# lead's, a data-protection officer's. Pictures in build/screenshots.
set -euo pipefail
cd "${SOURCE_DIR:-.}"
command -v chromium >/dev/null || exit 77
exec tests/tools/node tests/browser/run.js days
