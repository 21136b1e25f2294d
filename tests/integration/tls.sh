#!/usr/bin/env bash
# TLS from outside, with curl, openssl and a browser: tests/harness/tls.py.
set -euo pipefail
exec python3 -B "${SOURCE_DIR:?}/tests/harness/tls.py"
