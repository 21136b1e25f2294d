#!/usr/bin/env bash
# Every file that holds Welsh is listed in docs/welsh-review.md until a translator has read it.
set -euo pipefail
cd "${SOURCE_DIR:-.}"
missing=0
for file in base/text/*.def; do
  [ "$file" = base/text/all.def ] && continue
  grep -qF "\`$file\`" docs/welsh-review.md || { echo "not listed in docs/welsh-review.md: $file"; missing=1; }
done
for place in policy/vocabulary.json policy/budgets.json policy/rules/ policy/regimes/ README.cy.md; do
  grep -qF "\`$place\`" docs/welsh-review.md || { echo "not listed in docs/welsh-review.md: $place"; missing=1; }
done
exit $missing
