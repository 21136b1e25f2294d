#!/usr/bin/env bash
# No marker of a hidden child on any page, whoever asks for it and however.
set -euo pipefail
exec python3 -B "${SOURCE_DIR:?}/tests/harness/markers_pages.py"
