#!/usr/bin/env bash
# What happens between pages (tests/browser/walks.js) in a real browser, in both languages: nothing
# typed is lost, nothing seen stays behind.
set -euo pipefail
cd "${SOURCE_DIR:-.}"
command -v chromium >/dev/null || exit 77
exec tests/tools/node tests/browser/run.js walks
