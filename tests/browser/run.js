// run.js pages [name...]  opens every page of pages.js in both languages and makes every check on it;
//                         the pictures are in build/screenshots/ for a person to look at
// run.js days [name...]   lives the days of days.js in both languages, up to the last one named;
//                         pictures of them too
// run.js walks [name...]  goes every way of walks.js in both languages
// Only what is not so is printed. Names leave all others out; cy or en among them, the other language.
'use strict'
const assert = require('node:assert/strict')
const fs = require('node:fs')
const path = require('node:path')
const { Browser, LANGUAGES } = require('./browser')
const { CHECKS, sameWithoutScript } = require('./checks')
const { DAYS } = require('./days')
const { NOT_LOOKED_AT, PAGES } = require('./pages')
const { startService } = require('./service')
const { WALKS } = require('./walks')

// Signing in too often is held back, account by account.
const FOR_WALKS = { cy: 'officer.b', en: 'officer.c' }
const PICTURES = path.join(process.env.SOURCE_DIR ?? '.', 'build', 'screenshots')

async function main(what, names) {
  fs.mkdirSync(PICTURES, { recursive: true })
  const service = await startService()
  const browser = await Browser.start(service)
  const count = { passed: 0, failed: 0 }
  const check = async (name, run) => {
    try {
      await run()
      count.passed++
    } catch (error) {
      count.failed++
      console.log(`not so: ${name}\n${error.stack}`)
    }
  }
  const languages = LANGUAGES.filter((lang) => names.includes(lang) || !LANGUAGES.some((one) => names.includes(one)))
  names = names.filter((name) => !LANGUAGES.includes(name))
  const wanted = (name) => names.length === 0 || names.includes(name)
  try {
    for (const lang of languages) {
      if (what === 'pages') {
        const seen = []
        for (const row of PAGES) if (wanted(row.name)) seen.push(await look(browser, row, lang, check))
        if (names.length === 0) await check(`${lang}: every page has a row`, () => assert.deepEqual(unseen(seen, lang), []))
      } else if (what === 'days') {
        const days = Object.keys(DAYS)
        const last = names.length === 0 ? days.length : 1 + Math.max(...names.map((name) => days.indexOf(name)))
        for (const name of days.slice(0, last)) await live(browser, name, lang, check)
      } else {
        for (const name of Object.keys(WALKS)) if (wanted(name)) await walk(browser, name, lang, check)
      }
    }
  } finally {
    await browser.stop()
    await service.stop()
  }
  console.log(`${count.passed} checks passed, ${count.failed} failed`)
  return count.failed === 0 && count.passed > 0
}

// Each walk may end its session, so each has its own.
async function walk(browser, name, lang, check) {
  const windows = []
  const open = async ({ user = FOR_WALKS[lang], ...options } = {}) => {
    const window = await browser.window(null, lang, options)
    windows.push(window)
    await browser.signIn(window.page, user, lang)
    return window
  }
  const again = (page) => browser.fillSignIn(page, FOR_WALKS[lang])
  await check(`${lang}: ${name}`, () => WALKS[name]({ open, again, lang, service: browser.service }))
  for (const window of windows) await window.close()
}

// A day ends at the first step that is not so: the next would not find what it needs.
async function live(browser, name, lang, check) {
  const windows = []
  let count = 0
  const as = async (user) => {
    const window = await browser.window(null, lang)
    const { page, complaints } = window
    windows.push(window)
    await browser.signIn(page, user, lang)
    const step = async (what, run) => {
      const number = String(++count).padStart(2, '0')
      const picture = path.join(PICTURES, `day.${name}.${lang}.${number}-${what}.png`)
      try {
        await run()
        assert.deepEqual(complaints, [])
      } catch (error) {
        error.stack = `${what}, at ${page.url()}: ${error.stack}`
        throw error
      } finally {
        await page.screenshot({ path: picture, fullPage: true })
      }
    }
    return { page, step }
  }
  await check(`${lang}: the day of the ${name}`, () => DAYS[name]({ as, lang, service: browser.service }))
  for (const window of windows) await window.close()
}

// Returns the address at which it has looked.
async function look(browser, row, lang, check) {
  const { service } = browser
  const window = await browser.tabOf(row.who, lang)
  const bare = await browser.tabOf(row.who, lang, { javaScriptEnabled: false })
  const { page, complaints } = window
  const picture = (kind) => page.screenshot({
    path: path.join(PICTURES, [row.name, lang, kind, 'png'].filter(Boolean).join('.')),
    fullPage: true,
  })
  let answer = null
  await check(`${row.name} ${lang}: opens`, async () => {
    answer = await open(window, row, lang, service)
    await picture('')
  })
  if (answer !== null) {
    await check(`${row.name} ${lang}: says the same without a script`, async () => {
      if (row.hasAddress) await bare.page.goto(page.url())
      else await open(bare, row, lang, service)
      if (!row.tellsOfLooks) await sameWithoutScript({ page, bare: bare.page })
    })
    for (const [name, run] of Object.entries(CHECKS)) {
      await check(`${row.name} ${lang}: ${name}`, () =>
        run({ page, answer, complaints, picture, lang, service }))
    }
  }
  const address = new URL(page.url()).pathname
  await window.close()
  await bare.close()
  return address
}

// Pages of the table (console/pages.def) that a person opens, and at which nobody has looked.
function unseen(addresses, lang) {
  const table = fs.readFileSync(path.join(process.env.SOURCE_DIR ?? '.', 'console', 'pages.def'), 'utf8')
  const rows = [...table.matchAll(/^PAGE\((\w+),\s*GET,\s*"([^"]+)",\s*"([^"]+)"/gm)]
  assert.ok(rows.length > 0, 'no table of pages')
  return rows
    .map(([, name, cy, en]) => [name, new RegExp(`^${{ cy, en }[lang].replace(/{\w+}/g, '[^/]+')}$`)])
    .filter(([name, address]) => !(name in NOT_LOOKED_AT) && !addresses.some((one) => address.test(one)))
    .map(([name]) => name)
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

main(process.argv[2], process.argv.slice(3)).then(
  (good) => process.exit(good ? 0 : 1),
  (error) => {
    console.error(error)
    process.exit(1)
  },
)
