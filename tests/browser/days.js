// The whole day of an officer, of a safeguarding lead and of a data-protection officer, in both
// languages, as they live it: from page to page by the links and buttons that are there, never by an
// address that a person would have to know. One day leaves to the next what it would leave in an
// authority: they follow each other as they stand here, so whoever asks for one gets those before it too
// (run.js). After each step there is a picture, and the browser has complained of nothing.
//
// A day gets: as(user) -> { page, step }, lang, service. step(name, run) is one step of the day.
'use strict'
const assert = require('node:assert/strict')
const { press } = require('./browser')
const { AGE_KEY, receiving } = require('./service')
const { weigh } = require('./weighing')
const { enrolledKey, openWithKey, published, toTicket, verdict, withdrawKey } = require('./signing')

// Ends of addresses, as the links of the pages have them.
const AT = {
  list: { cy: '/cy/fy-rhestr', en: '/en/my-list' },
  find: { cy: '/cy/chwilio', en: '/en/find' },
  newEntry: { cy: '/cy/cofnod-newydd', en: '/en/new-entry' },
  import: { cy: '/cy/mewnforio', en: '/en/import' },
  first: { cy: '/cy/penderfyniadau', en: '/en/first-decisions' },
  signIn: { cy: '/cy/mewngofnodi', en: '/en/sign-in' },
  record: { cy: '/cy/cofnodion/', en: '/en/entries/' },
  ask: { cy: '/gofyn', en: '/ask' },
  note: { cy: '/nodyn', en: '/note' },
  offer: { cy: '/cynnig', en: '/offer' },
  protect: { cy: '/diogelu', en: '/protect' },
  knownAs: { cy: '/newid/known_as/0', en: '/change/known_as/0' },
  lower: { cy: '/gostwng/', en: '/lower/' },
  share: { cy: '/rhannu', en: '/share' },
  release: { cy: '/rhyddhau', en: '/release' },
  disclosure: { cy: '/datgeliadau/', en: '/disclosures/' },
  package: { cy: '/pecyn', en: '/package' },
  approvals: { cy: '/cy/cymeradwyo', en: '/en/approvals' },
  recipients: { cy: '/cy/derbynwyr', en: '/en/recipients' },
  recipientNew: { cy: '/cy/derbynwyr/newydd', en: '/en/recipients/new' },
  checkLog: { cy: '/cy/gwirio-log', en: '/en/check-log' },
}
// Of the officer's sheet; not alike, since who resembles somebody protected is decided alone.
const SURNAME = { cy: 'Dalendaenu', en: 'Worksheet' }
const BORN = { cy: '2014-05-06', en: '2015-11-09' }
const TODAY = { day: '3', month: '11', year: '2026' }
const PATIENCE_MS = 120000

const path = (page) => new URL(page.url()).pathname
const seen = (page) => page.locator('main').innerText()
const plain = (text) => text.normalize('NFD').replace(/[\p{M}'’-]/gu, '').toLowerCase()
const other = (lang) => (lang === 'cy' ? 'en' : 'cy')

const submit = (page) => press(page, 'main form [type=submit]')
const follow = (page, end) => press(page, `main a[href$="${end}"], nav a[href$="${end}"]`)

async function fill(page, values) {
  for (const [name, value] of Object.entries(values)) {
    await page.fill(`main [name="${name}"]`, value)
  }
}

const fillDay = (page, name, { day, month, year }) =>
  fill(page, { [`${name}-day`]: day, [`${name}-month`]: month, [`${name}-year`]: year })

async function because(page, purpose = 'register_maintenance') {
  await page.selectOption('main [name=purposes]', purpose)
  await page.selectOption('main [name=basis]', 'statutory_duty')
  await fill(page, { basis_text: '436B', necessity: 'Ymweliad yfory' })
}

// Finds a child by a name as heard, and opens the record.
async function find(page, lang, name, child) {
  await follow(page, AT.find[lang])
  await fill(page, { name: plain(name) })
  await because(page)
  await submit(page)
  await press(page, `main a[href="${AT.record[lang]}${child}"]`)
}

// A sheet of three rows, the second without a name.
const sheet = (lang) => Buffer.from([
  'ref,forename,surname,date_of_birth,address_1,postcode,parent_1_name',
  `${lang}-1,Nia,${SURNAME[lang]},${BORN[lang]},1 Stryd ${SURNAME[lang]},ZZ99 1AA,Non ${SURNAME[lang]}`,
  `${lang}-2,,,2013-02-30,,ZZ99 1AA,`,
  `${lang}-3,Gwilym,${SURNAME[lang]},2012-07-08,1 Stryd ${SURNAME[lang]},ZZ99 1AA,Non ${SURNAME[lang]}`,
].join('\n'))

async function sendSheet(page, lang, how) {
  await follow(page, AT.import[lang])
  await page.setInputFiles('main [name=file]', { name: 'dalen.csv', mimeType: 'text/csv', buffer: sheet(lang) })
  await fill(page, { source: `dalen-${lang}` })
  await page.check(`main [name=dry_run][value=${how}]`)
  await submit(page)
  const again = page.locator(`main a[href="${path(page)}"]`)
  for (const end = Date.now() + PATIENCE_MS; (await again.count()) > 0; await press(page, `main a[href="${path(page)}"]`)) {
    assert.ok(Date.now() < end, 'the import does not end')
  }
}

async function signOut(page, lang) {
  await press(page, '.app-header__person button')
  assert.equal(path(page), AT.signIn[lang])
}

const DAYS = {
  async officer({ as, lang, service }) {
    const { page, step } = await as('officer.a')
    const name = service.assigned_child_name
    const made = { forename: 'Cadi', surname: lang === 'cy' ? 'Hirddydd' : 'Dydd' }
    let record = null // of the child that is made
    let recipient = null
    let receipt = null

    await step('list', async () => {
      assert.equal(path(page), AT.list[lang])
      assert.ok((await page.locator('main table tbody tr').count()) > 0, 'nobody is on the list')
    })
    await step('find-without-accents', async () => {
      const [heard] = (await page.locator('main tbody a').allInnerTexts()).filter((one) => plain(one) !== one.toLowerCase())
      const address = await page.locator('main tbody a', { hasText: heard }).first().getAttribute('href')
      await find(page, lang, heard, address.slice(AT.record[lang].length))
      assert.ok((await seen(page)).includes(heard))
    })
    await step('record', async () => {
      await find(page, lang, name, service.assigned_child)
      for (const one of name.split(' ')) assert.ok((await seen(page)).includes(one))
    })
    await step('note-in-two-languages', async () => {
      const note = `Ymweliad: croeso cynnes. (${lang})`
      await follow(page, AT.note[lang])
      await fill(page, { text: note })
      for (const to of [other(lang), lang]) {
        await press(page, '.app-toggle')
        assert.equal(await page.locator('html').getAttribute('lang'), to)
        assert.equal(await page.inputValue('main [name=text]'), note)
      }
      await submit(page)
      assert.equal(path(page), AT.record[lang] + service.assigned_child)
      assert.ok(await page.locator('.govuk-notification-banner').isVisible())
      await follow(page, AT.note[lang])
      assert.ok((await seen(page)).includes(note), 'the note is not kept')
      await page.goBack()
    })
    await step('change', async () => {
      await follow(page, AT.knownAs[lang])
      await fill(page, { known_as: `Enw ${lang}` })
      await submit(page)
      assert.ok((await seen(page)).includes(`Enw ${lang}`), 'the change is not on the record')
    })
    await step('offer', async () => {
      await follow(page, AT.offer[lang])
      await fill(page, { text: `Tiwtor gartref (${lang})` })
      await page.selectOption('main [name=outcome]', 'accepted')
      await fillDay(page, 'since', { day: '31', month: '11', year: '2026' })
      await submit(page)
      assert.ok(await page.locator('.govuk-error-summary a[href="#since"]').isVisible())
      assert.equal(await page.inputValue('main [name=outcome]'), 'accepted')
      await fillDay(page, 'since', TODAY)
      await submit(page)
      assert.equal(path(page), AT.record[lang] + service.assigned_child)
    })
    await step('refused', async () => {
      await follow(page, AT.ask[lang])
      await because(page)
      await page.check('main [name=fields][value=suitability_outcome]')
      await page.check('main [name=fields][value=child_name]')
      await submit(page)
      assert.match(await seen(page), /F-02/)
    })
    await step('new-entry', async () => {
      await follow(page, AT.newEntry[lang])
      await fill(page, { ...made, person_name: 'Mam Diwrnod', home_address: '2 Stryd y Diwrnod',
        source: 'Llythyr' })
      await fillDay(page, 'date_of_birth', { day: '3', month: '4', year: '2015' })
      await submit(page)
      await press(page, `main a[href^="${AT.record[lang]}"]`)
      assert.ok((await seen(page)).includes(made.surname))
    })
    await step('protect', async () => {
      record = path(page)
      await follow(page, AT.protect[lang])
      await page.check('main [name=protects][value="0"]')
      await fill(page, { reason: 'Dywedodd y fam ei bod yn ofni.' })
      await submit(page)
    })
    // Nobody outside is told anything before the safety decision.
    const lead = await as('safeguarding.lead')
    await lead.step('decided-first', async () => {
      const row = `main tbody tr:has-text("${made.surname}") input`
      await follow(lead.page, AT.first[lang])
      for (const end = Date.now() + PATIENCE_MS; (await lead.page.locator(row).count()) > 0;) {
        assert.ok(Date.now() < end, 'it is not decided')
        await lead.page.check(row)
        await lead.page.check('main [name=level][value=contact_protected]')
        await submit(lead.page)
        await press(lead.page, `main a[href="${AT.first[lang]}"]`)
      }
    })
    // The family moves: another authority's safeguarding lead asks for what is needed, and no more.
    await step('share-why', async () => {
      recipient = await receiving(service, record.slice(AT.record[lang].length), lang)
      await press(page, `main a[href="${record}"]`)
      await follow(page, AT.share[lang])
      await press(page, `main form:has([name=recipient][value="${recipient}"]) [type=submit]`)
      await page.selectOption('main [name=purposes]', 'transfer_between_las')
      await page.selectOption('main [name=basis]', 'statutory_duty')
      await fill(page, { basis_text: '436B', necessity: 'Ble i gynnig cymorth.' })
      for (const one of ['child_name', 'date_of_birth']) await page.check(`main [name=fields][value=${one}]`)
    })
    await step('share-weigh', async () => {
      await submit(page)
      await weigh(page)
    })
    await step('share-preview', async () => {
      await submit(page)
      const words = await seen(page)
      assert.ok(words.includes(made.surname) && words.includes('G-10') && words.includes('A-05'), words)
    })
    await step('share-waits', async () => {
      await press(page, `main form[action$="${AT.release[lang]}"] [type=submit]`)
      receipt = path(page)
      assert.ok(receipt.includes(AT.disclosure[lang]), receipt)
      assert.equal(await page.locator(`main a[href$="${AT.package[lang]}"]`).count(), 0, 'it has left')
      assert.equal(await page.locator('main [name=approve]').count(), 0, 'one person shares')
    })
    await lead.step('share-agreed', async () => {
      await follow(lead.page, AT.approvals[lang])
      await press(lead.page, `main a[href="${receipt}"]`)
      assert.ok((await seen(lead.page)).includes('Ble i gynnig cymorth.'), 'not told why')
      await press(lead.page, 'main [name=approve][value=yes]')
      await signOut(lead.page, lang)
    })
    await step('share-receipt', async () => {
      await page.goto(receipt)
      assert.ok((await seen(page)).includes('Rhian Mockbury'))
      assert.ok(!(await seen(page)).includes(made.surname), 'a value stands on the receipt')
      assert.equal(await page.locator(`main a[href$="${AT.package[lang]}"]`).count(), 1, 'nothing has left')
    })
    await step('import-tried', async () => {
      await sendSheet(page, lang, 'true')
      assert.ok((await page.locator('main tbody tr', { hasText: 'date_of_birth' }).count()) > 0)
    })
    await step('import-done', () => sendSheet(page, lang, 'false'))
    await step('signed-out', () => signOut(page, lang))
  },

  async 'safeguarding-lead'({ as, lang, service }) {
    const { page, step } = await as('safeguarding.lead')
    const deputy = await as('safeguarding.deputy')
    let record = null
    let proposal = null
    let key = null

    const decide = async (rows, level) => {
      for (const row of await rows.all()) await row.check()
      await page.check(`main [name=level][value=${level}]`)
      await submit(page)
    }
    const waiting = (words) => page.locator(`main tbody tr:has-text("${words}") input`)
    const back = () => press(page, `main a[href="${AT.first[lang]}"]`)

    // The demonstration's rows that were asked about safety and gave no answer.
    await step('protected-one-by-one', async () => {
      await follow(page, AT.first[lang])
      const before = await waiting('?').count()
      await decide(waiting('?'), 'contact_protected')
      assert.ok(await page.locator('main .app-refusal').isVisible())
      await back()
      await decide(waiting('?').first(), 'contact_protected')
      await back()
      assert.equal(await waiting('?').count(), before - 1)
    })
    // The officer's sheet; not before the custodian has compared its rows.
    await step('first-decisions', async () => {
      record = AT.record[lang] + (await waiting(SURNAME[lang]).first().inputValue())
      for (const end = Date.now() + PATIENCE_MS; (await waiting(SURNAME[lang]).count()) > 0; await back()) {
        assert.ok(Date.now() < end, 'not all are decided')
        await decide(waiting(SURNAME[lang]), 'none')
      }
    })
    // Not assigned: the record opens for a purpose only, and says so.
    await step('record-needs-a-purpose', async () => {
      assert.equal((await page.goto(record)).status(), 404)
      await follow(page, AT.ask[lang])
      await because(page, 'safeguarding_enquiry')
      for (const one of ['child_name', 'shield_exists', 'home_address']) {
        await page.check(`main [name=fields][value=${one}]`)
      }
      await submit(page)
      assert.equal(await page.locator('main .app-identity').count(), 1)
    })
    await step('protect-an-adult', async () => {
      await follow(page, AT.protect[lang])
      await page.check('main [name=level][value=hidden]')
      await page.check('main [name=protects][value="0"]')
      await fill(page, { reason: 'Galwad ffôn gan y fam.' })
      await submit(page)
      await press(page, `main a[href="${record}"]`)
    })
    await step('propose-to-lower', async () => {
      await follow(page, AT.protect[lang])
      await page.check('main [name=level][value=contact_protected]')
      await fill(page, { reason: 'Symudodd ymaith.' })
      await submit(page)
      proposal = await page.locator(`main a[href*="${AT.lower[lang]}"]`).getAttribute('href')
      await press(page, `main a[href="${proposal}"]`)
      assert.equal(await page.locator('main [name=approve]').count(), 0, 'one person lowers')
    })
    await deputy.step('deputy-agrees', async () => {
      await deputy.page.goto(proposal)
      assert.ok((await seen(deputy.page)).includes('Gwenda Dychmygol'))
      await deputy.page.check('main [name=approve][value=yes]')
      await submit(deputy.page)
      assert.equal(await deputy.page.locator('main form').count(), 0)
    })
    // With a key of this browser's own, which is withdrawn at the end of the day.
    await step('opens-a-shielded-value', async () => {
      key = await enrolledKey(page, service, lang)
      await toTicket(page, service, lang, record.slice(AT.record[lang].length))
      await openWithKey(page, lang)
      assert.ok((await seen(page)).includes(`1 Stryd ${SURNAME[lang]}`), 'another value')
    })
    await step('checks-the-log', async () => {
      const { pub, proof } = await published(service)
      await press(page, `footer a[href="${AT.checkLog[lang]}"]`)
      assert.equal(await verdict(page, pub, proof), 'good')
    })
    await step('signed-out', async () => {
      withdrawKey(service, key)
      await signOut(page, lang)
    })
  },

  async 'data-protection-officer'({ as, lang, service }) {
    const { page, step } = await as('data.protection')

    // An auditor has no business with the child, and learns nothing.
    await step('record-is-refused', async () => {
      assert.equal((await page.goto(AT.record[lang] + service.assigned_child)).status(), 404)
      assert.ok(!(await page.content()).includes(service.assigned_child_name.split(' ')[0]))
    })
    // Who looked, and what was disclosed, is their business.
    await step('audit', async () => {
      await follow(page, AT.ask[lang])
      await because(page, 'audit')
      for (const one of ['disclosure_history', 'child_name']) {
        await page.check(`main [name=fields][value=${one}]`)
      }
      await submit(page)
    })
    // Whom the authority shares with: one person asks, and another, who has read the key, agrees.
    const second = await as('data.protection.2')
    const name = `Non Heddwas (${lang})`
    await step('recipient-asked-for', async () => {
      await follow(page, AT.recipients[lang])
      await follow(page, AT.recipientNew[lang])
      await fill(page, { name, organisation: 'Heddlu Prawf', age_key: 'age1nothing' })
      await page.selectOption('main [name=role]', 'police_officer')
      await submit(page)
      assert.ok(await page.locator('.govuk-error-summary').isVisible())
      await fill(page, { age_key: AGE_KEY })
      await submit(page)
      assert.equal(path(page), AT.recipients[lang])
    })
    await step('not-one-s-own-approval', async () => {
      await follow(page, AT.approvals[lang])
      assert.ok(!(await seen(page)).includes(name), 'one person agrees with themselves')
    })
    await second.step('second-agrees', async () => {
      await follow(second.page, AT.approvals[lang])
      assert.ok((await seen(second.page)).includes(AGE_KEY), 'the key is not shown')
      await press(second.page, `main dl:has-text("${name}") ~ form [name=approve][value=yes]`)
      assert.ok(!(await seen(second.page)).includes(name), 'what is decided waits on')
      await signOut(second.page, lang)
    })
    await step('recipient-agreed', async () => {
      await follow(page, AT.recipients[lang])
      assert.ok((await page.locator('main tr', { hasText: name }).count()) > 0, 'not on the list')
    })
    await step('signed-out', () => signOut(page, lang))
  },
}

module.exports = { DAYS }
