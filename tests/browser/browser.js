// Debian's own Chromium, driven by playwright-core, as a person at the authority: signs in through the
// page, in Welsh or in English, and opens pages. It must never reach the service in another way.
'use strict'
const assert = require('node:assert/strict')
const { chromium } = require('playwright-core')

// Nothing is asked of anybody but the service: no updates, no first-run pages, no sync.
const ARGS = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-gpu',
  '--disable-sync',
  '--no-first-run',
  ...(process.getuid() === 0 ? ['--no-sandbox'] : []),
]
const LANGUAGES = ['cy', 'en']
const SIGN_IN = { cy: '/cy/mewngofnodi', en: '/en/sign-in' }
const WAIT_MS = 60000 // only ever waited for when something is wrong, or the machine busy

// Presses the first `selector`, and waits until the page that comes of it is whole.
async function press(page, selector) {
  await Promise.all([page.waitForEvent('load'), page.locator(selector).first().click()])
}

class Browser {
  static async start(service) {
    const browser = new Browser()
    browser.service = service
    browser.chromium = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGS })
    browser.cookies = new Map() // by user and language
    browser.kept = new Map() // windows, by user, language and options
    return browser
  }

  async stop() {
    await this.chromium.close()
  }

  // A new window of `user` (null: nobody is signed in), with what its pages complained about.
  async window(user, lang, options = {}) {
    const context = await this.context(user, lang, options)
    return { ...(await this.tab(context)), close: () => context.close() }
  }

  // A page in a window that is kept for the next who looks with the same eyes: what pages share is
  // loaded once.
  async tabOf(user, lang, options = {}) {
    const key = JSON.stringify([user, lang, options])
    if (!this.kept.has(key)) this.kept.set(key, await this.context(user, lang, options))
    const tab = await this.tab(this.kept.get(key))
    return { ...tab, close: () => tab.page.close() }
  }

  async context(user, lang, options) {
    const context = await this.chromium.newContext({
      baseURL: this.service.address,
      locale: `${lang}-GB`,
      viewport: { width: 1280, height: 1024 },
      storageState: user === null ? undefined : await this.signedIn(user, lang),
      ...options,
    })
    context.setDefaultTimeout(WAIT_MS)
    return context
  }

  async tab(context) {
    const page = await context.newPage()
    const complaints = []
    page.on('console', (message) => {
      // That a page is a refusal is no complaint; that something it needs is not there is one.
      const isPage = !new URL(message.location().url || page.url()).pathname.startsWith('/assets/')
      const refused = isPage && message.text().startsWith('Failed to load')
      if (['error', 'warning'].includes(message.type()) && !refused) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('request', (request) => {
      if (!request.url().startsWith(this.service.address)) complaints.push(`asked ${request.url()}`)
    })
    return { page, complaints }
  }

  // Signs in once; hashing a password is slow on purpose.
  async signedIn(user, lang) {
    const key = `${user} ${lang}`
    if (!this.cookies.has(key)) {
      const { page, close } = await this.window(null, lang)
      await this.signIn(page, user, lang)
      this.cookies.set(key, await page.context().storageState())
      await close()
    }
    return this.cookies.get(key)
  }

  async signIn(page, user, lang) {
    await page.goto(SIGN_IN[lang])
    await this.fillSignIn(page, user)
    assert.notEqual(new URL(page.url()).pathname, SIGN_IN[lang], `${user} is not let in`)
  }

  // On a page that asks for it.
  async fillSignIn(page, user) {
    const { password } = this.service.sign_ins.find((one) => one.user === user)
    await page.fill('input[name=user]', user)
    await page.fill('input[name=password]', password)
    await press(page, 'main form button[type=submit]')
  }
}

module.exports = { Browser, LANGUAGES, press }
