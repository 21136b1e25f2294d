#!/usr/bin/env bash
# `cnis demo --story` in both languages, by the real programs.
set -euo pipefail
exec python3 -B "${SOURCE_DIR:?}/tests/harness/story.py"
