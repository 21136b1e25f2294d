// Opens every page of pages.js in both languages and makes every check on it. One line a check; the
// pictures are in build/screenshots/ for a person to look at. Arguments: names of pages, for all others
// to be left out.
'use strict'
const fs = require('node:fs')
const path = require('node:path')
const { Browser, LANGUAGES } = require('./browser')
const { CHECKS, sameWithoutScript } = require('./checks')
const { PAGES } = require('./pages')
const { startService } = require('./service')

const PICTURES = path.join(process.env.SOURCE_DIR ?? '.', 'build', 'screenshots')

async function main(names) {
  fs.mkdirSync(PICTURES, { recursive: true })
  const service = await startService()
  const browser = await Browser.start(service)
  const count = { passed: 0, failed: 0 }
  try {
    for (const row of PAGES) {
      if (names.length > 0 && !names.includes(row.name)) continue
      for (const lang of LANGUAGES) await look(browser, row, lang, count)
    }
  } finally {
    await browser.stop()
    await service.stop()
  }
  console.log(`${count.passed} checks passed, ${count.failed} failed`)
  return count.failed === 0 && count.passed > 0
}

async function look(browser, row, lang, count) {
  const { service } = browser
  const window = await browser.window(row.who, lang)
  const bare = await browser.window(row.who, lang, { javaScriptEnabled: false })
  const check = async (name, run) => {
    try {
      await run()
      count.passed++
    } catch (error) {
      count.failed++
      console.log(`not so: ${row.name} ${lang} ${name}\n${error.message}`)
    }
  }
  try {
    const answer = await open(window, row, lang, service)
    const { page, complaints } = window
    const picture = (kind) => page.screenshot({
      path: path.join(PICTURES, [row.name, lang, kind, 'png'].filter(Boolean).join('.')),
      fullPage: true,
    })
    await picture('')
    await check('says the same without a script', async () => {
      await open(bare, row, lang, service)
      await sameWithoutScript({ page, bare: bare.page })
    })
    for (const [name, run] of Object.entries(CHECKS)) {
      await check(name, () => run({ page, answer, complaints, picture, lang, service }))
    }
  } catch (error) {
    count.failed++
    console.log(`not so: ${row.name} ${lang} opens\n${error.message}`)
  } finally {
    await window.close()
    await bare.close()
  }
}

// The answer that made the page: to its address, or to what is done there.
async function open({ page }, row, lang, service) {
  const address = row.at[lang]
    .replace('{child}', service.assigned_child)
    .replace('{hidden}', service.hidden_child)
  let answer = await page.goto(address)
  if (row.act !== undefined) {
    page.on('response', (one) => {
      if (one.request().isNavigationRequest()) answer = one
    })
    await row.act(page, service)
  }
  return answer
}

main(process.argv.slice(2)).then(
  (good) => process.exit(good ? 0 : 1),
  (error) => {
    console.error(error)
    process.exit(1)
  },
)
