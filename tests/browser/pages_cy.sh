#!/usr/bin/env bash
# Every page (tests/browser/pages.js) in a real browser, in Welsh: axe, keyboard, 320 px, without a
# script, forced colours, paper. pages_en.sh does the same in English, at the same time.
set -euo pipefail
cd "${SOURCE_DIR:-.}"
command -v chromium >/dev/null || exit 77
exec tests/tools/node tests/browser/run.js pages cy
