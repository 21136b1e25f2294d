// The whole day of an officer, of a safeguarding lead and of a data-protection officer, in both
// languages, as they live it: from page to page by the links and buttons that are there, never by an
// address that a person would have to know. One day leaves to the next what it would leave in an
// authority. After each step there is a picture, and the browser has complained of nothing.
//
// A day gets: as(user) -> { page, step }, lang, service. step(name, run) is one step of the day.
'use strict'
const assert = require('node:assert/strict')
const { press } = require('./browser')

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
}
// Of the officer's sheet; not alike, since who resembles somebody protected is decided alone.
const SURNAME = { cy: 'Dalendaenu', en: 'Worksheet' }
const BORN = { cy: '2014-05-06', en: '2015-11-09' }
const TODAY = { day: '3', month: '11', year: '2026' }
const PATIENCE_MS = 60000

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
    const made = { forename: 'Cadi', surname: lang === 'cy' ? 'Diwrnod' : 'Dydd' }

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
      await fill(page, { text: `Tiwtor gartref (${lang})`, result: 'Derbyniwyd' })
      await fillDay(page, 'since', { day: '31', month: '11', year: '2026' })
      await submit(page)
      assert.ok(await page.locator('.govuk-error-summary a[href="#since"]').isVisible())
      assert.equal(await page.inputValue('main [name=result]'), 'Derbyniwyd')
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
      await follow(page, AT.protect[lang])
      await page.check('main [name=protects][value="0"]')
      await fill(page, { reason: 'Dywedodd y fam ei bod yn ofni.' })
      await submit(page)
    })
    await step('import-tried', async () => {
      await sendSheet(page, lang, 'true')
      assert.ok((await page.locator('main tbody tr', { hasText: 'date_of_birth' }).count()) > 0)
    })
    await step('import-done', () => sendSheet(page, lang, 'false'))
    await step('signed-out', () => signOut(page, lang))
  },

  async 'safeguarding-lead'({ as, lang }) {
    const { page, step } = await as('safeguarding.lead')
    const deputy = await as('safeguarding.deputy')
    let record = null
    let proposal = null

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
      await page.check('main [name=approve][value=yes]')
      await submit(page)
      assert.ok(await page.locator('.govuk-error-summary').isVisible(), 'one person lowers')
    })
    await deputy.step('deputy-agrees', async () => {
      await deputy.page.goto(proposal)
      assert.ok((await seen(deputy.page)).includes('Gwenda Dychmygol'))
      await deputy.page.check('main [name=approve][value=yes]')
      await submit(deputy.page)
      assert.equal(await deputy.page.locator('main form').count(), 0)
    })
    await step('signed-out', () => signOut(page, lang))
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
    await step('signed-out', () => signOut(page, lang))
  },
}

module.exports = { DAYS }
