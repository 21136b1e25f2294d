#!/usr/bin/env bash
# Every page (tests/browser/pages.js) in a real browser, in English: see pages_cy.sh.
set -euo pipefail
cd "${SOURCE_DIR:-.}"
command -v chromium >/dev/null || exit 77
exec tests/tools/node tests/browser/run.js pages en
