#!/usr/bin/env bash
# The custodian goes and comes back while the register serves.
set -euo pipefail
exec python3 -B "${SOURCE_DIR:?}/tests/harness/custodian_gone.py"
