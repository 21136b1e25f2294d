// Walks through a page with the Tab key alone. Every control has to be reached, once, in an order that
// does not jump about; while it has the focus it is in view, not under anything else, and it looks
// otherwise than before.
'use strict'

const MOST_STEPS = 400

// What is not so, in words; empty when all is well. The page has the same focus as before: none.
async function walk(page) {
  const wanted = await page.evaluate(mark)
  const found = []
  const reached = new Set()
  let ends = 0
  for (let step = 0; step < MOST_STEPS; step++) {
    await page.keyboard.press('Tab')
    const at = await page.evaluate(look)
    // A page with a fault begins at its error summary, and so comes to its end twice.
    if (at === null && ++ends < 2) continue
    if (at === null || reached.has(at.number)) break
    reached.add(at.number)
    found.push(...at.wrong)
  }
  for (const { number, name } of wanted) {
    if (!reached.has(number)) found.push(`the Tab key does not reach ${name}`)
  }
  await page.evaluate(() => {
    document.activeElement?.blur()
    scrollTo(0, 0)
  })
  return found
}

// Numbers what has to be reached, and remembers what each looks like without the focus. Of a group of
// radio buttons one is reached: the chosen one, or else the first.
function mark() {
  document.activeElement?.blur()
  getSelection().removeAllRanges()
  window.looks = new Map()
  const look = (one) => {
    const parts = [one, ...(one.labels ?? []), one.parentElement]
    return parts.map((part) => ['', '::before', '::after'].map((pseudo) => {
      const style = getComputedStyle(part, pseudo)
      return [style.outlineStyle, style.outlineColor, style.outlineWidth, style.boxShadow,
        style.backgroundColor, style.color, style.borderColor, style.clipPath].join()
    })).join()
  }
  window.lookOf = look
  const all = [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')]
    .filter((one) => !one.disabled && one.tabIndex >= 0 && one.checkVisibility())
  const wanted = all.filter((one) => {
    if (one.type !== 'radio') return true
    const group = all.filter((other) => other.type === 'radio' && other.name === one.name && other.form === one.form)
    return one === (group.find((other) => other.checked) ?? group[0])
  })
  return wanted.map((one, number) => {
    window.looks.set(one, { number, before: look(one) })
    return { number, name: one.outerHTML.slice(0, 120) }
  })
}

// The control that has the focus: its number, and what is wrong with it. null: none has.
function look() {
  const one = document.activeElement
  if (one === null || one === document.body || one === document.documentElement) return null
  const name = one.outerHTML.slice(0, 120)
  const known = window.looks.get(one)
  const wrong = []
  if (known === undefined) return { number: name, wrong: [`the Tab key reaches ${name}, which is no control`] }
  if (window.lookOf(one) === known.before) wrong.push(`the focus is not seen on ${name}`)
  // A radio button or a check box is under its own drawing, which is its label's.
  const box = one.getBoundingClientRect()
  const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1)
  const y = Math.min(Math.max(box.top + Math.min(box.height / 2, 12), 0), innerHeight - 1)
  if (box.bottom < 1 || box.top > innerHeight - 1) wrong.push(`out of view with the focus: ${name}`)
  const top = document.elementFromPoint(x, y)
  const mine = [one, ...(one.labels ?? [])]
  if (top !== null && !mine.some((part) => part.contains(top) || top.contains(part))) {
    wrong.push(`under something else with the focus: ${name}: ${top.outerHTML.slice(0, 80)}`)
  }
  return { number: known.number, wrong }
}

module.exports = { walk }
