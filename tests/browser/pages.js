// Every page that a person can open, once: its address in both languages and who opens it. A row more
// is a page more that gets every check of checks.js, in Welsh and in English.
//   name  of the screenshots
//   who   user of the demonstration; null: nobody is signed in
//   at    addresses; {child} is the demonstration's assigned child, {hidden} its hidden one
//   tellsOfLooks  each look at it adds to it, so no two are the same
//   act   what is done there before looking, if the page is an answer to a form
//   hasAddress  what `act` comes to is opened by its address without a script, and not done again
// A page of console/pages.def that is opened by GET and at which no row looks is found out (run.js).
'use strict'
const { press } = require('./browser')
const { onPaper } = require('./service')
const { weigh } = require('./weighing')

const fill = (name, value) => (page) => page.fill(`main [name="${name}"]`, value)
const submit = () => (page) => press(page, 'main form [type=submit]')
const steps = (...all) => async (page, service) => {
  for (const step of all) await step(page, service)
}

// Chosen as the first of those to whom something can be sent, with what is asked of every sharing.
const asked = [
  (page) => page.selectOption('[name=purposes]', 'transfer_between_las'),
  fill('necessity', 'Where to offer help.'),
  (page) => page.check('[value=child_name]'),
  (page) => page.check('[value=home_address]'),
  submit(),
]
const toWeigh = steps((page) => press(page, 'main form:has([name=means][value=package]) [type=submit]'), ...asked)
const toPreview = steps(toWeigh, weigh, submit())

const toReceipt = steps(toPreview, (page) =>
  press(page, 'main form[action$="/rhyddhau"] [type=submit], main form[action$="/release"] [type=submit]'))
const toRecall = steps(toReceipt, (page) =>
  press(page, 'main a[href$="/recall"], main a[href$="/galw-yn-ol"]'))
const recalled = steps(toRecall, (page) => page.check('main [value=not_correct]'), submit())
const toStops = (page) => press(page, 'a[href="/en/stop-notices"], a[href="/cy/hysbysiadau-peidio"]')

const NOT_LOOKED_AT = {
  EXIT: 'leads away',
  PACKAGE: 'a file to keep, and no page',
  STOP_PACKAGE: 'a file to keep, and no page',
}

const PAGES = [
  { name: 'sign-in', who: null, at: { cy: '/cy/mewngofnodi', en: '/en/sign-in' } },
  {
    name: 'sign-in-refused',
    who: null,
    at: { cy: '/cy/mewngofnodi', en: '/en/sign-in' },
    act: steps(fill('user', 'officer.a'), fill('password', 'not the password'), submit()),
  },
  { name: 'password', who: 'officer.a', at: { cy: '/cy/cyfrinair', en: '/en/password' } },
  { name: 'my-list', who: 'officer.a', at: { cy: '/cy/fy-rhestr', en: '/en/my-list' } },
  { name: 'policy', who: 'officer.a', at: { cy: '/cy/polisi', en: '/en/policy' } },
  { name: 'find', who: 'officer.a', at: { cy: '/cy/chwilio', en: '/en/find' } },
  {
    name: 'record',
    who: 'officer.a',
    at: { cy: '/cy/cofnodion/{child}', en: '/en/entries/{child}' },
  },
  {
    name: 'record-absent',
    who: 'officer.a',
    at: { cy: '/cy/cofnodion/{hidden}', en: '/en/entries/{hidden}' },
  },
  {
    name: 'record-ask',
    who: 'officer.a',
    at: { cy: '/cy/cofnodion/{child}/gofyn', en: '/en/entries/{child}/ask' },
  },
  {
    name: 'protect',
    who: 'officer.a',
    at: { cy: '/cy/cofnodion/{child}/diogelu', en: '/en/entries/{child}/protect' },
  },
  {
    name: 'note',
    who: 'officer.a',
    at: { cy: '/cy/cofnodion/{child}/nodyn', en: '/en/entries/{child}/note' },
  },
  {
    name: 'offer',
    who: 'officer.a',
    at: { cy: '/cy/cofnodion/{child}/cynnig', en: '/en/entries/{child}/offer' },
  },
  { name: 'import', who: 'officer.a', at: { cy: '/cy/mewnforio', en: '/en/import' } },
  {
    name: 'import-state',
    who: 'officer.a',
    at: { cy: '/cy/mewnforio', en: '/en/import' },
    act: steps(
      (page) => page.setInputFiles('main [name=file]', {
        name: 'dalen.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from('ref,forename,surname,date_of_birth\n1,Nia,Prawf,2014-05-06\n2,,,2013-02-30\n'),
      }),
      submit(),
      async (page) => {
        const again = `main a[href="${new URL(page.url()).pathname}"]`
        while ((await page.locator(again).count()) > 0) await press(page, again)
      },
    ),
    hasAddress: true,
  },
  {
    name: 'first-decisions',
    who: 'safeguarding.lead',
    at: { cy: '/cy/penderfyniadau', en: '/en/first-decisions' },
  },
  { name: 'open', who: 'safeguarding.lead', at: { cy: '/cy/agor', en: '/en/open' } },
  { name: 'my-key', who: 'safeguarding.lead', at: { cy: '/cy/fy-allwedd', en: '/en/my-key' } },
  {
    name: 'review',
    who: 'safeguarding.lead',
    at: { cy: '/cy/cofnodion/{hidden}/adolygiad', en: '/en/entries/{hidden}/review' },
    tellsOfLooks: true,
  },
  { name: 'check-log', who: null, at: { cy: '/cy/gwirio-log', en: '/en/check-log' } },
  {
    name: 'share',
    who: 'officer.a',
    at: { cy: '/cy/cofnodion/{child}/rhannu', en: '/en/entries/{child}/share' },
  },
  {
    name: 'share-ask',
    who: 'officer.a',
    at: { cy: '/cy/cofnodion/{child}/rhannu', en: '/en/entries/{child}/share' },
    act: submit(),
  },
  {
    name: 'share-weigh',
    who: 'officer.a',
    at: { cy: '/cy/cofnodion/{child}/rhannu', en: '/en/entries/{child}/share' },
    act: toWeigh,
  },
  {
    name: 'share-preview',
    who: 'officer.a',
    at: { cy: '/cy/cofnodion/{child}/rhannu', en: '/en/entries/{child}/share' },
    act: toPreview,
  },
  {
    name: 'receipt',
    who: 'officer.a',
    at: { cy: '/cy/cofnodion/{child}/rhannu', en: '/en/entries/{child}/share' },
    act: toReceipt,
    hasAddress: true,
  },
  {
    name: 'recall',
    who: 'officer.a',
    at: { cy: '/cy/cofnodion/{child}/rhannu', en: '/en/entries/{child}/share' },
    act: toRecall,
    hasAddress: true,
  },
  {
    name: 'stop-notices',
    who: 'officer.a',
    at: { cy: '/cy/cofnodion/{child}/rhannu', en: '/en/entries/{child}/share' },
    act: steps(recalled, toStops),
    hasAddress: true,
  },
  {
    name: 'stop-notice',
    who: 'officer.a',
    at: { cy: '/cy/cofnodion/{child}/rhannu', en: '/en/entries/{child}/share' },
    act: steps(recalled, toStops, (page) => press(page, 'main table a')),
    hasAddress: true,
  },
  {
    name: 'paper',
    who: 'officer.a',
    at: { cy: '/cy/cofnodion/{child}/rhannu', en: '/en/entries/{child}/share' },
    act: steps(
      async (page, service) => {
        if (!service.on_paper) await onPaper(service, service.assigned_child)
        service.on_paper = true
        await page.reload()
        await press(page, 'main form:has([name=means][value=paper]) [type=submit]')
      },
      ...asked,
      weigh,
      submit(),
      (page) => press(page, 'main form[action$="/rhyddhau"] [type=submit], main form[action$="/release"] [type=submit]'),
      (page) => press(page, 'main a[href$="/paper"], main a[href$="/papur"]'),
    ),
    hasAddress: true,
  },
  {
    name: 'recipient',
    who: 'data.protection',
    at: { cy: '/cy/derbynwyr', en: '/en/recipients' },
    act: (page) => press(page, 'main table a'),
    hasAddress: true,
  },
  {
    name: 'approvals',
    who: 'data.protection',
    at: { cy: '/cy/cymeradwyo', en: '/en/approvals' },
  },
  {
    name: 'danger',
    who: 'safeguarding.lead',
    at: { cy: '/cy/cofnodion/{child}/perygl', en: '/en/entries/{child}/danger' },
  },
  {
    name: 'danger-refused',
    who: 'safeguarding.lead',
    at: { cy: '/cy/cofnodion/{child}/perygl', en: '/en/entries/{child}/danger' },
    act: submit(),
  },
  {
    name: 'named-workers',
    who: 'safeguarding.lead',
    at: { cy: '/cy/cofnodion/{child}/gweithwyr', en: '/en/entries/{child}/named-workers' },
  },
  {
    name: 'named-worker-refused',
    who: 'safeguarding.lead',
    at: { cy: '/cy/cofnodion/{child}/gweithwyr', en: '/en/entries/{child}/named-workers' },
    act: submit(),
  },
  {
    name: 'relations',
    who: 'safeguarding.lead',
    at: { cy: '/cy/cofnodion/{child}/perthnasoedd', en: '/en/entries/{child}/relations' },
  },
  {
    name: 'relation-refused',
    who: 'safeguarding.lead',
    at: { cy: '/cy/cofnodion/{child}/perthnasoedd', en: '/en/entries/{child}/relations' },
    act: (page) => press(page, '#main-form [type=submit]'), // not the one that ends a relation
  },
  { name: 'notices', who: 'safeguarding.deputy', at: { cy: '/cy/hysbysiadau', en: '/en/notices' } },
  {
    name: 'notice-review',
    who: 'safeguarding.deputy',
    at: { cy: '/cy/hysbysiadau/{child}/adolygu', en: '/en/notices/{child}/review' },
  },
  {
    name: 'notice-again',
    who: 'officer.a',
    at: { cy: '/cy/hysbysiadau/{child}/eto', en: '/en/notices/{child}/again' },
  },
  { name: 'deputies', who: 'safeguarding.lead', at: { cy: '/cy/dirprwyon', en: '/en/deputies' } },
  {
    name: 'deputy-refused',
    who: 'safeguarding.lead',
    at: { cy: '/cy/dirprwyon', en: '/en/deputies' },
    act: submit(),
  },
  { name: 'budgets', who: 'data.protection', at: { cy: '/cy/cyllidebau', en: '/en/budgets' } },
  { name: 'budget-raise', who: 'data.protection', at: { cy: '/cy/cyllidebau/codi', en: '/en/budgets/raise' } },
  { name: 'recipients', who: 'data.protection', at: { cy: '/cy/derbynwyr', en: '/en/recipients' } },
  {
    name: 'recipient-new',
    who: 'data.protection',
    at: { cy: '/cy/derbynwyr/newydd', en: '/en/recipients/new' },
  },
  {
    name: 'note-refused',
    who: 'officer.a',
    at: { cy: '/cy/cofnodion/{child}/nodyn', en: '/en/entries/{child}/note' },
    act: submit(),
  },
  {
    name: 'change-day',
    who: 'officer.a',
    at: {
      cy: '/cy/cofnodion/{child}/newid/date_of_birth/0',
      en: '/en/entries/{child}/change/date_of_birth/0',
    },
  },
  {
    name: 'change-code',
    who: 'officer.a',
    at: { cy: '/cy/cofnodion/{child}/newid/sex/0', en: '/en/entries/{child}/change/sex/0' },
  },
  {
    name: 'change-address',
    who: 'officer.a',
    at: {
      cy: '/cy/cofnodion/{child}/newid/home_address/0',
      en: '/en/entries/{child}/change/home_address/0',
    },
  },
  {
    name: 'change-refused',
    who: 'officer.a',
    at: {
      cy: '/cy/cofnodion/{child}/newid/known_as/0',
      en: '/en/entries/{child}/change/known_as/0',
    },
    act: steps(fill('since-day', '31'), submit()),
  },
  {
    name: 'add-adult',
    who: 'officer.a',
    at: {
      cy: '/cy/cofnodion/{child}/ychwanegu/person_name',
      en: '/en/entries/{child}/add/person_name',
    },
  },
  {
    name: 'add-circumstance',
    who: 'officer.a',
    at: {
      cy: '/cy/cofnodion/{child}/ychwanegu/circumstances',
      en: '/en/entries/{child}/add/circumstances',
    },
  },
  {
    name: 'protect-lead',
    who: 'safeguarding.lead',
    at: { cy: '/cy/cofnodion/{hidden}/diogelu', en: '/en/entries/{hidden}/protect' },
  },
  {
    name: 'protected',
    who: 'safeguarding.lead',
    at: { cy: '/cy/cofnodion/{hidden}/diogelu', en: '/en/entries/{hidden}/protect' },
    act: steps((page) => page.check('main [name=level][value=hidden]'), submit()),
  },
  {
    name: 'lowering-proposed',
    who: 'safeguarding.lead',
    at: { cy: '/cy/cofnodion/{hidden}/diogelu', en: '/en/entries/{hidden}/protect' },
    act: submit(),
  },
  {
    name: 'lowering',
    who: 'safeguarding.lead',
    at: { cy: '/cy/cofnodion/{hidden}/diogelu', en: '/en/entries/{hidden}/protect' },
    act: steps(submit(), (page) =>
      press(page, 'main a[href*="/lower/"], main a[href*="/gostwng/"]'),
    ),
  },
  { name: 'new-entry', who: 'officer.a', at: { cy: '/cy/cofnod-newydd', en: '/en/new-entry' } },
  {
    name: 'new-entry-refused',
    who: 'officer.a',
    at: { cy: '/cy/cofnod-newydd', en: '/en/new-entry' },
    act: submit(),
  },
  {
    name: 'new-entry-made',
    who: 'officer.a',
    at: { cy: '/cy/cofnod-newydd', en: '/en/new-entry' },
    act: steps(fill('surname', 'Enghraifft'), fill('upn', 'dim'), submit()),
  },
]

module.exports = { NOT_LOOKED_AT, PAGES }
