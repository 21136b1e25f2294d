// What holds on every page (pages.js), whoever opens it, in both languages. Each check gets an open
// page and throws words that say what is not so; it leaves the page as it found it.
'use strict'
const assert = require('node:assert/strict')
const fs = require('node:fs')
const { walk } = require('./keyboard')

const AXE = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')
const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

const CHECKS = {
  // The page is in the language of its address, is kept by nobody, and its title and address name no
  // child.
  async 'is in one language, kept by nobody, and names nobody'({ page, answer, lang, service }) {
    const headers = answer.headers()
    assert.equal(headers['content-language'], lang)
    assert.equal(headers['cache-control'], 'no-store')
    assert.equal(await page.locator('html').getAttribute('lang'), lang)
    const told = `${await page.title()} ${page.url()}`.toLowerCase()
    for (const word of service.assigned_child_name.toLowerCase().split(/\s+/)) {
      assert.ok(!decodeURIComponent(told).includes(word), `title or address: ${told}`)
    }
  },

  async 'has no violation that axe finds'({ page }) {
    assert.equal(await violations(page), '')
  },

  async 'is reached wholly by keyboard, and the focus is seen'({ page }) {
    assert.deepEqual(await walk(page), [])
  },

  // WCAG 1.4.10; 320 CSS pixels are also a window of 1280 at 400 %.
  async 'needs no sideways scrolling at 320 px and at 400 %'({ page, picture }) {
    await page.setViewportSize({ width: 320, height: 256 })
    const wide = await tooWide(page)
    const found = await violations(page)
    await picture('320')
    await page.setViewportSize({ width: 1280, height: 1024 })
    assert.deepEqual(wide, [])
    assert.equal(found, '')
  },

  // WCAG 1.4.12: a reader's own spacing cuts nothing off.
  async 'bears wider spacing of text'({ page }) {
    const cut = await page.evaluate(() => {
      const sheet = new CSSStyleSheet()
      sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
        word-spacing: 0.16em !important } p { margin-bottom: 2em !important }`)
      document.adoptedStyleSheets.push(sheet)
      const found = [...document.querySelectorAll('main *, header *, footer *')]
        .filter((one) => getComputedStyle(one).overflowX === 'hidden' && one.scrollWidth > one.clientWidth + 1)
        .filter((one) => !one.className.includes('visually-hidden'))
        .map((one) => one.outerHTML.slice(0, 120))
      if (document.documentElement.scrollWidth > innerWidth) found.push('the page scrolls sideways')
      document.adoptedStyleSheets.pop()
      return found
    })
    assert.deepEqual(cut, [])
  },

  // Grounds vanish: what looks like a button keeps an edge.
  async 'keeps its edges in forced colours'({ page, picture }) {
    await page.emulateMedia({ forcedColors: 'active' })
    const bare = await page.evaluate(() =>
      [...document.querySelectorAll('.govuk-button, .govuk-input, .govuk-textarea, .govuk-select, .govuk-tag')]
        .filter((one) => one.checkVisibility())
        .filter((one) => {
          const { borderTopWidth, borderTopStyle, outlineStyle, outlineWidth } = getComputedStyle(one)
          const border = borderTopStyle !== 'none' && parseFloat(borderTopWidth) > 0
          return !border && !(outlineStyle !== 'none' && parseFloat(outlineWidth) > 0)
        })
        .map((one) => one.outerHTML.slice(0, 120)))
    await picture('forced')
    await page.emulateMedia({ forcedColors: null })
    assert.deepEqual(bare, [])
  },

  async 'moves nothing for who wants no movement'({ page }) {
    await page.emulateMedia({ reducedMotion: 'reduce' })
    const moving = await page.evaluate(() => document.getAnimations().length)
    await page.emulateMedia({ reducedMotion: null })
    assert.equal(moving, 0)
  },

  // On paper: no menu and no buttons, everything unfolded, black on white.
  async 'prints what it says and nothing else'({ page, picture }) {
    await page.emulateMedia({ media: 'print' })
    const seen = await page.evaluate(() => ({
      pressed: [...document.querySelectorAll('nav, button, .govuk-button, .govuk-exit-this-page')]
        .filter((one) => one.checkVisibility())
        .map((one) => one.outerHTML.slice(0, 120)),
      folded: [...document.querySelectorAll('details > :not(summary)')]
        .filter((one) => !one.checkVisibility({ contentVisibilityAuto: true }) || one.clientHeight === 0)
        .map((one) => one.textContent.slice(0, 60)),
      inked: [...document.querySelectorAll('body *')]
        .filter((one) => one.checkVisibility() && one.closest('svg, img') === null)
        .map((one) => [one, getComputedStyle(one).backgroundColor.match(/[\d.]+/g).map(Number)])
        .filter(([, [r, g, b, a = 1]]) => a > 0 && r + g + b < 600)
        .map(([one]) => one.outerHTML.slice(0, 120)),
    }))
    await picture('print')
    await page.emulateMedia({ media: null })
    assert.deepEqual(seen, { pressed: [], folded: [], inked: [] })
  },

  async 'makes the browser complain of nothing'({ complaints }) {
    assert.deepEqual(complaints, [])
  },
}

// Without a script the same words and the same controls are there.
async function sameWithoutScript({ page, bare }) {
  const [with_, without] = await Promise.all([page, bare].map((one) => one.evaluate(said)))
  assert.deepEqual(without, with_)
}

function said() {
  const shown = (one) => one.checkVisibility()
  // The number of a request is another one each time.
  const text = (one) => one.innerText.replace(/\s+/g, ' ').replace(/urn:cnis:[0-9a-f]+/, 'urn:cnis').trim()
  return {
    words: [...document.querySelectorAll('main h1, main h2, main h3, main p, main li, main td, main dd')]
      .filter(shown).map(text),
    controls: [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
      .filter((one) => shown(one) && one.closest('[data-script=only]') === null).map((one) => `${one.localName} ${one.name ?? ''} ${text(one)}`)
      .filter((one) => !one.startsWith('button  ')), // a button that only a script can use
  }
}

async function violations(page) {
  if (!(await page.evaluate(() => 'axe' in window))) {
    // Through the debugger, since the page's own policy lets no foreign script in.
    await page.evaluate(AXE)
  }
  // No rule of these needs the style sheets read again (preload).
  const found = await page.evaluate(
    (values) => window.axe.run({ runOnly: { type: 'tag', values }, resultTypes: ['violations'], preload: false }),
    AXE_TAGS,
  )
  return found.violations
    .map(({ id, help, nodes }) => `${id}: ${help}\n` +
      nodes.map(({ html, failureSummary }) => `    ${html.slice(0, 160)}\n    ${failureSummary}`).join('\n'))
    .join('\n')
}

// The elements that stick out, so that the words say where to look.
function tooWide(page) {
  return page.evaluate(() => {
    if (document.documentElement.scrollWidth <= innerWidth) return []
    return [...document.querySelectorAll('body *')]
      .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
      .map((one) => one.outerHTML.slice(0, 120))
      .slice(-3)
  })
}

module.exports = { CHECKS, sameWithoutScript }
