#!/usr/bin/env bash
# Every page (tests/browser/pages.js) in a real browser, in both languages: axe, keyboard, 320 px,
# without a script, forced colours, paper. Pictures in build/screenshots.
set -euo pipefail
cd "${SOURCE_DIR:-.}"
command -v chromium >/dev/null || exit 77
exec tests/tools/node tests/browser/run.js pages
