#!/usr/bin/env bash
# packaging/haproxy.cfg in front of the service, with Debian's haproxy: tests/harness/proxy.py.
set -euo pipefail
exec python3 -B "${SOURCE_DIR:?}/tests/harness/proxy.py"
