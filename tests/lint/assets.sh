#!/usr/bin/env bash
# The console's style sheet and script: nothing of another look, nothing from elsewhere, nothing that
# the pages' Content-Security-Policy refuses, colours that can be read, and small.
set -euo pipefail
cd "${SOURCE_DIR:-.}"
command -v npm >/dev/null || [ -f build/assets/assets.c ] || exit 77
[ -f build/assets/assets.c ] || console/assets/make
found=0

# none WHY PATTERN FILE...
none() {
  local why=$1 pattern=$2
  shift 2
  if grep -oEi "$pattern" "$@"; then echo "$why"; found=1; fi
}
css=build/assets/console.css
js=build/assets/console.js
none 'this looks like GOV.UK' 'GDS Transport|crown|crest|#1d70b8|#00703c|#fd0\b|#ffdd00' "$css"
none 'loaded from elsewhere' 'url\(|@import|@font-face|https?://[a-z0-9]' "$css" "$js"
none 'refused by the Content-Security-Policy' 'innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function' "$js"
none 'names a file that is not built in' 'sourceMappingURL' "$css" "$js"
none 'the lock records where a package was fetched' '"resolved"' console/assets/package-lock.json

bytes=$(cat build/assets/console.{css,js}.gz | wc -c)
if [ "$bytes" -gt 40000 ]; then
  echo "$bytes bytes, gzipped, before the first word of a page"
  found=1
fi

# WCAG 2.2: 1.4.3 (text 4.5:1) and 1.4.11 (what shows a control, and the focus, 3:1).
python3 - console/assets/_look.scss <<'END' || found=1
import re, sys
colours = dict(re.findall(r"^\$([\w-]+): (#[0-9a-f]{6});", open(sys.argv[1]).read(), re.M))
pairs = """
4.5 ink           white paper brand-pale caution-pale family-pale error-pale success-pale
4.5 quiet         white paper brand-pale family-pale
4.5 link          white paper brand-pale caution-pale
4.5 link-hover    white paper
4.5 link-visited  white paper
4.5 brand-deep    white paper brand-pale
4.5 white         brand brand-deep error error-deep focus caution
4.5 caution       caution-pale
4.5 success       white success-pale
4.5 error         white error-pale
4.5 error-deep    error-pale
3.0 edge          white paper brand-pale
3.0 brand         white paper
3.0 focus         white paper brand-pale caution-pale family-pale error-pale success-pale
"""

def light(name):
    parts = [int(colours[name][n:n + 2], 16) / 255 for n in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b

bad = False
for least, front, *grounds in (row.split() for row in pairs.split("\n") if row):
    for ground in grounds:
        a, b = sorted((light(front), light(ground)))
        ratio = (b + 0.05) / (a + 0.05)
        if ratio < float(least):
            print(f"{front} on {ground}: {ratio:.2f}, wanted {least}")
            bad = True
sys.exit(bad)
END
exit $found
