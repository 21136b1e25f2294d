// The weighing before something is shared, filled in as an officer would: every question answered.
'use strict'

async function weigh(page) {
  const at = (name, value) => (value ? `main [name="weigh-${name}"][value="${value}"]` : `main [name="weigh-${name}"]`)

  for (const [name, value] of [['aim', 'support_education'], ['interference', 'medium'], ['affected', 'child'],
    ['view', 'recorded'], ['more-harm', 'no'], ['safeguards', 'fewer_fields'], ['tried-1', 'yes']])
    await page.check(at(name, value))
  for (const [name, value] of [['aim-text', 'Daw cymorth yn gynt.'], ['option-1', "Gofyn i'r fam."],
    ['why-1', 'Nid oedd ateb.'], ['harm-shared', 'Mwy yn gwybod.'], ['harm-unshared', 'Dim cymorth.'],
    ['review-day', '1'], ['review-month', '1'], ['review-year', '2099']])
    await page.fill(at(name), value)
  for (const question of await page.locator('main [name^="weigh-question-"]').all())
    await question.fill('Ble i gynnig cymorth?')
}

module.exports = { weigh }
