// A person's own Ed25519 key, made in this browser and kept in it (IndexedDB), one for each person who
// signs in here. It cannot be taken out again, by this script or any other.
import { joined, sha256, toBase64, toHex, utf8, wordsIn } from './bytes.js'

const DATABASE = 'cnis'
const KEYS = 'keys'

function promised(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

async function inStore(mode, ask) {
  const opening = indexedDB.open(DATABASE, 1)
  opening.onupgradeneeded = () => opening.result.createObjectStore(KEYS)
  const database = await promised(opening)
  try {
    return await promised(ask(database.transaction(KEYS, mode).objectStore(KEYS)))
  } finally {
    database.close()
  }
}

// { privateKey, publicKey: 32 bytes }; null: none for this person.
export async function keyOf(person) {
  const pair = await inStore('readonly', (store) => store.get(person))
  if (pair === undefined) return null
  const raw = await crypto.subtle.exportKey('raw', pair.publicKey)
  return { privateKey: pair.privateKey, publicKey: new Uint8Array(raw) }
}

// Never in the place of one that is there: what was enrolled is not to be lost by a second press.
async function makeKey(person) {
  const pair = await crypto.subtle.generateKey({ name: 'Ed25519' }, false, ['sign', 'verify'])
  await inStore('readwrite', (store) => store.add(pair, person))
}

function forgetKey(person) {
  return inStore('readwrite', (store) => store.delete(person))
}

// As crypto/sign.c writes them: what `cnis-custodian enrol` takes and asks for.
function publicText(publicKey) {
  return `ed25519:${toBase64(publicKey)}`
}

async function fingerprint(publicKey) {
  const hash = await sha256(joined(utf8('cnis-fingerprint/v1\n'), publicKey))
  return toHex(hash.slice(0, 8)).match(/.{4}/g).join('-')
}

// The page "my signing key".
export function showMyKey() {
  const place = document.getElementById('my-key')
  if (place === null) return
  const words = wordsIn(place)
  const say = (id) => (place.querySelector('[role=status]').textContent = words('say', id))
  const [make, forget] = place.querySelectorAll('button')
  const { person } = place.dataset

  const show = async () => {
    const key = await keyOf(person)
    make.hidden = key !== null
    forget.hidden = key === null
    const rows = place.querySelector('dl')
    rows.replaceChildren()
    say(key === null ? 'none' : 'made')
    if (key === null) return
    const text = publicText(key.publicKey)
    const command = `cnis-custodian enrol --dir DIR --person ${person} --key ${text}`
    row(rows, words('say', 'fingerprint'), await fingerprint(key.publicKey))
    row(rows, words('say', 'public'), text)
    row(rows, words('say', 'person'), person)
    row(rows, words('say', 'command'), command)
  }
  const trying = (run) => () => run().catch(() => say('failed'))
  make.addEventListener('click', trying(async () => {
    await makeKey(person)
    await show()
  }))
  let isSure = false
  forget.addEventListener('click', trying(async () => {
    if (!isSure) {
      isSure = true
      say('forget-sure')
      return
    }
    isSure = false
    await forgetKey(person)
    await show()
  }))
  place.hidden = false
  trying(show)()
}

// <div><dt>key</dt><dd>value</dd></div>
export function row(rows, key, ...values) {
  const made = document.createElement('div')
  made.className = 'govuk-summary-list__row'
  const term = document.createElement('dt')
  term.className = 'govuk-summary-list__key'
  term.textContent = key
  made.append(term)
  for (const value of values) {
    const one = document.createElement('dd')
    one.className = 'govuk-summary-list__value app-wrap'
    one.textContent = value
    made.append(one)
  }
  rows.append(made)
}
