#!/usr/bin/env bash
# Two linters find nothing in the HTTP contract.
set -euo pipefail
cd "${SOURCE_DIR:-.}"
[ -f api/openapi.json ] || exit 77
tools=$(tests/tools/install) || exit 77
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true

tests/tools/node "$tools/node_modules/@redocly/cli/bin/cli.js" lint --config tests/tools/redocly.yaml api/openapi.json
tests/tools/node "$tools/node_modules/@stoplight/spectral-cli/dist/index.js" lint \
  --ruleset tests/tools/spectral.yaml --fail-severity=warn api/openapi.json
