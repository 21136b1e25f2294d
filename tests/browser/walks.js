// What happens between pages, in both languages: what a person typed is never lost, and what a person
// saw does not stay behind.
'use strict'
const assert = require('node:assert/strict')
const { press } = require('./browser')
const { SIGNING } = require('./signing')

const AT = {
  signIn: { cy: '/cy/mewngofnodi', en: '/en/sign-in' },
  find: { cy: '/cy/chwilio', en: '/en/find' },
  record: { cy: '/cy/cofnodion/', en: '/en/entries/' },
}
const TYPED = 'Siân O’Enghraifft'
const SESSION_SECONDS = 900

const path = (page) => new URL(page.url()).pathname
const other = (lang) => (lang === 'cy' ? 'en' : 'cy')
const seen = (page) => page.locator('main').innerText()

const WALKS = {
  ...SIGNING,

  async 'the language button keeps the place and what was typed'({ open, lang }) {
    for (const javaScriptEnabled of [true, false]) {
      const { page } = await open({ javaScriptEnabled })
      await page.goto(AT.find[lang])
      await page.fill('main [name=name]', TYPED)
      await press(page, '.app-toggle')
      assert.equal(path(page), AT.find[other(lang)])
      assert.equal(await page.locator('html').getAttribute('lang'), other(lang))
      assert.equal(await page.inputValue('main [name=name]'), TYPED)
    }
  },

  async 'the language comes before the page, and Enter in a field sends the form'({ open, lang }) {
    for (const javaScriptEnabled of [true, false]) {
      const { page } = await open({ javaScriptEnabled })
      await page.goto(AT.find[lang])
      await page.keyboard.press('Tab') // past the link to the main part
      await page.keyboard.press('Tab')
      await page.locator('.app-toggle:focus').waitFor()
      await page.fill('main [name=name]', TYPED)
      await Promise.all([page.waitForEvent('load'), page.press('main [name=name]', 'Enter')])
      assert.equal(path(page), AT.find[lang])
      await page.locator('.govuk-error-summary').waitFor() // sent, and refused for want of a reason
      assert.equal(await page.inputValue('main [name=name]'), TYPED)
    }
  },

  async 'a fault takes the focus, and its words lead to the field'({ open, lang }) {
    const { page } = await open()
    await page.goto(AT.find[lang])
    await page.fill('main [name$="-day"]', '99')
    await press(page, 'main form [type=submit]')
    const summary = page.locator('.govuk-error-summary')
    assert.ok(await summary.evaluate((one) => one === document.activeElement), 'the summary has no focus')
    const link = summary.locator('a').first()
    const field = (await link.getAttribute('href')).slice(1)
    await link.press('Enter')
    const focused = await page.evaluate(() => document.activeElement.id)
    assert.equal(focused, field)
  },

  // Signed out in another window, in the middle of a form.
  async 'a form outlives its session'({ open, again, lang }) {
    const { page } = await open()
    await page.goto(AT.find[lang])
    await page.fill('main [name=name]', TYPED)
    const second = await page.context().newPage()
    await second.goto(AT.find[lang])
    await press(second, '.app-header__person button')
    await press(page, 'main form [type=submit]')
    assert.ok(await page.locator('main [name=password]').isVisible(), 'no way to sign in again')
    await again(page)
    assert.ok((await page.content()).includes(TYPED), 'what was typed is gone')
    await press(page, 'main form [type=submit]')
    assert.equal(path(page), AT.find[lang])
    assert.equal(await page.inputValue('main [name=name]'), TYPED)
  },

  async 'after signing out, going back shows no child'({ open, service, lang }) {
    const { page } = await open({ user: 'officer.a' })
    await page.goto(AT.record[lang] + service.assigned_child)
    assert.ok((await seen(page)).includes(firstName(service)))
    await press(page, '.app-header__person button')
    assert.equal(path(page), AT.signIn[lang])
    await page.goBack()
    assert.ok(!(await page.content()).includes(firstName(service)), 'the child is still shown')
    // But for the number of the sign-in form that stands there now, which is nobody's.
    const kept = (await page.context().cookies()).filter(({ value }) => value !== '')
    assert.deepEqual(kept.filter(({ name }) => name !== 'cnis-form'), [])
  },

  // The page that it leads to is another's, so nothing is asked of it here.
  async 'Shift three times leaves for another page, and the session is over'({ open, service, lang }) {
    const { page } = await open({ user: 'officer.a' })
    await page.goto(AT.record[lang] + service.assigned_child)
    const left = new Promise((resolve) => {
      page.route((url) => url.origin !== service.address, (route) => {
        resolve(route.request().url())
        return route.fulfill({ status: 200, contentType: 'text/html', body: '<h1>tywydd</h1>' })
      })
    })
    for (let press = 0; press < 3; press++) await page.keyboard.press('Shift')
    const address = await left
    assert.ok(!address.includes(service.assigned_child))
    await page.waitForURL(address)
    await page.goto(AT.record[lang] + service.assigned_child)
    assert.ok(!(await page.content()).includes(firstName(service)), 'the session goes on')
  },

  async 'two minutes before the end the page says so, in its language'({ open, lang }) {
    const { page } = await open()
    await page.clock.install()
    await page.goto(AT.find[lang])
    await page.fill('main [name=name]', TYPED)
    const notice = page.locator('.app-timeout')
    await page.clock.runFor((SESSION_SECONDS - 121) * 1000)
    assert.equal(await notice.count(), 0)
    await page.clock.runFor(2000)
    assert.equal(await notice.getAttribute('role'), 'alert')
    const words = await page.locator('body').getAttribute('data-session-words')
    assert.ok((await notice.innerText()).includes(words))
    assert.equal(await page.inputValue('main [name=name]'), TYPED)
  },
}

const firstName = (service) => service.assigned_child_name.split(' ')[0]

module.exports = { WALKS }
