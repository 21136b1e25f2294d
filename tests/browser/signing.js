// Signing and checking in a real browser, in both languages: a key that the browser makes and the custodian
// enrols opens a shielded value, once; and a proof from the log holds or does not, in words.
'use strict'
const assert = require('node:assert/strict')
const fs = require('node:fs')
const path = require('node:path')
const { execFileSync } = require('node:child_process')
const { press } = require('./browser')

const AT = {
  key: { cy: '/cy/fy-allwedd', en: '/en/my-key' },
  open: { cy: '/cy/agor', en: '/en/open' },
  check: { cy: '/cy/gwirio-log', en: '/en/check-log' },
  ask: { cy: (id) => `/cy/cofnodion/${id}/gofyn`, en: (id) => `/en/entries/${id}/ask` },
}
// The custodian has room for one key more of each.
const KEYLESS = { cy: 'safeguarding.lead', en: 'safeguarding.deputy' }
const ONCE = { cy: 'Dangosir hyn unwaith', en: 'This is shown once' }

const program = (name, ...args) =>
  execFileSync(path.join(process.env.BIN_DIR ?? '', name), args, { encoding: 'utf8', stdio: 'pipe' }).trim()
const folder = (service) => path.dirname(service.people)

// As far as the page that has the ticket.
async function toTicket(page, service, lang, child = service.hidden_child) {
  await page.goto(AT.ask[lang](child))
  await page.selectOption('main [name=purposes]', 'safeguarding_enquiry')
  await page.selectOption('main [name=basis]', 'statutory_duty')
  await page.fill('main [name=basis_text]', 'Children Act 2004 s28')
  await page.fill('main [name=necessity]', 'ymholiad prawf')
  await page.check('main [name=fields][value=home_address]')
  await press(page, 'main #main-form [type=submit]')
  await press(page, `main form[action="${AT.open[lang]}"] [type=submit]`)
  return page.inputValue('main [name=ticket]')
}

async function enrolledKey(page, service, lang) {
  await page.goto(AT.key[lang])
  await page.click('#my-key [data-does=make]')
  await page.locator('#my-key dd').nth(3).waitFor()
  const [fingerprint, key, person] = await page.locator('#my-key dd').allInnerTexts()
  program('cnis-custodian', 'enrol', '--dir', path.join(folder(service), 'custodian'),
    '--person', person, '--key', key, '--fingerprint', fingerprint)
  return { person, fingerprint }
}

const withdrawKey = (service, { person, fingerprint }) =>
  program('cnis-custodian', 'withdraw', '--dir', path.join(folder(service), 'custodian'),
    '--person', person, '--key', fingerprint)

// Signs with the browser's own key, as far as the page that shows what came out.
async function openWithKey(page, lang) {
  await page.locator('#signing button').waitFor()
  await page.click('#signing button')
  await page.getByText(ONCE[lang]).waitFor()
}

// What the page says of a proof.
async function verdict(page, key, proof) {
  await page.fill('[name=key]', key)
  await page.fill('[name=proof]', proof)
  await page.locator('#check-log [role=status]').evaluate((one) => { delete one.dataset.verdict })
  await page.click('#check-log [type=submit]')
  await page.locator('#check-log [data-verdict]').waitFor()
  return page.locator('#check-log [data-verdict]').getAttribute('data-verdict')
}

// A proof as the log publishes it, and the key that checks it.
async function published(service) {
  const head = await told(service, 'checkpoint')
  const proof = await told(service, `proof/inclusion?index=1&size=${head.split('\n')[1]}`)
  return { proof, pub: fs.readFileSync(path.join(folder(service), 'custodian', 'custodian.pub'), 'utf8') }
}

const SIGNING = {
  async "the browser's own key opens a shielded value, once"({ open, service, lang }) {
    const { page, complaints } = await open({ user: KEYLESS[lang] })
    await toTicket(page, service, lang)
    await page.locator('#signing [role=status]:not(:empty)').waitFor()
    assert.ok(!(await page.locator('#signing button').isVisible()), 'signs without a key')
    await enrolledKey(page, service, lang)
    const ticket = await toTicket(page, service, lang)
    await page.locator('#signing button').waitFor()
    const told = await page.locator('#signing dl').innerText()
    assert.ok(told.includes(service.hidden_child) && told.includes('(safeguarding_enquiry)'), told)
    const sent = page.waitForRequest((request) => request.method() === 'POST')
    await page.click('#signing button')
    const form = new URLSearchParams((await sent).postData())
    await page.getByText(ONCE[lang]).waitFor()
    assert.match(await page.locator('main .app-text').first().innerText(), /\S/)
    assert.equal(form.get('ticket'), ticket)
    assert.equal(await page.locator('.app-toggle').count(), 0, 'the language asks for it again')
    // The same signature again: used up.
    await page.goto(AT.open[lang])
    await page.fill('main [name=ticket]', ticket)
    await page.fill('main [name=signature]', form.get('signature'))
    await press(page, 'main #main-form > button[type=submit]')
    await page.locator('.govuk-error-summary, .app-refusal').waitFor()
    assert.deepEqual(complaints, [])
  },

  async 'a ticket that was touched is not signed'({ open, service, lang }) {
    const { page } = await open({ user: 'safeguarding.lead' })
    const ticket = await toTicket(page, service, lang)
    await page.locator('#signing dl:not(:empty)').waitFor({ state: 'attached' }) // the script has read it
    for (const wrong of [ticket.slice(0, -8), `${ticket}AAAA`, `B${ticket.slice(1)}`, 'no ticket']) {
      await page.fill('main [name=ticket]', wrong)
      await page.locator('#signing dl:empty').waitFor({ state: 'attached' })
      assert.ok(!(await page.locator('#signing button').isVisible()), `offers to sign ${wrong}`)
    }
  },

  async 'without a script the ticket is signed with cnis sign'({ open, service, lang }) {
    const { page } = await open({ user: 'safeguarding.deputy', javaScriptEnabled: false })
    const ticket = await toTicket(page, service, lang)
    assert.ok((await page.locator('main pre').first().innerText()).includes(`"${ticket}"`), 'no command')
    await page.fill('main [name=signature]',
      program('cnis', 'sign', '--key', path.join(service.people, 'safeguarding.deputy.key'), ticket))
    await press(page, 'main #main-form > button[type=submit]')
    await page.getByText(ONCE[lang]).waitFor()
  },

  async 'a proof from the log is checked in the page, asking nobody'({ open, service, lang }) {
    const { page } = await open()
    const { proof, pub } = await published(service)
    const line = proof.split('\n')
    const at = line.indexOf('')
    const changed = (n, how) => line.map((text, i) => (i === n ? how(text) : text)).join('\n')
    const swap = (text) => text.replace(/[A-Za-z]/, (one) => (one === 'A' ? 'B' : 'A'))
    const KEY = await anotherKey(page)
    await page.goto(AT.check[lang])
    const asked = []
    page.on('request', (request) => request.url().includes('/assets/icon') || asked.push(request.url()))
    assert.equal(await verdict(page, pub, proof), 'good')
    assert.equal(await verdict(page, pub.match(/^log (.*)$/m)[1], proof.trimEnd()), 'good')
    for (const n of [0, 10, 40, proof.length / 2, proof.length - 60, proof.length - 2]) {
      assert.equal(await verdict(page, pub, proof.slice(0, n)), n === 0 ? 'malformed' : 'cut', `cut at ${n}`)
    }
    assert.equal(await verdict(page, pub, changed(1, (text) => `extra ${swap(text.slice(6))}`)), 'not-in')
    assert.equal(await verdict(page, pub, changed(2, () => 'index 0')), 'not-in')
    assert.equal(await verdict(page, pub, changed(3, swap)), 'not-in')
    assert.equal(await verdict(page, pub, changed(at + 3, swap)), 'signature')
    assert.equal(await verdict(page, pub, changed(at + 2, (text) => `${text}1`)), 'signature')
    assert.equal(await verdict(page, KEY, proof), 'other-log')
    assert.equal(await verdict(page, swap(pub.match(/^log (.*)$/m)[1]), proof), 'key')
    assert.equal(await verdict(page, pub, 'not a proof'), 'malformed')
    assert.deepEqual(asked, [])
  },
}

const told = async (service, what) => (await fetch(`${service.address}/v1/audit/${what}`)).text()

// Another log's verifier key, made as c2sp.org/signed-note says.
function anotherKey(page) {
  return page.evaluate(async () => {
    const pair = await crypto.subtle.generateKey({ name: 'Ed25519' }, true, ['sign', 'verify'])
    const typed = [1, ...new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))]
    const named = [...new TextEncoder().encode('another.example/audit/1\n'), ...typed]
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(named)))
    const id = Array.from(hash.slice(0, 4), (one) => one.toString(16).padStart(2, '0')).join('')
    return `another.example/audit/1+${id}+${btoa(String.fromCharCode(...typed))}`
  })
}

module.exports = { SIGNING, enrolledKey, openWithKey, published, toTicket, verdict, withdrawKey }
