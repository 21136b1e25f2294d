// Tickets as crypto/ticket.c writes them, read as strictly, and signed over the very bytes that were
// read. What it shows comes from the ticket; only the words for numbers and code words are the page's.
import { fromBase64, joined, toBase64, toHex, utf8, wordsIn } from './bytes.js'
import { keyOf, row } from './key.js'

const VERSION = 1
const WORD = 48
const RULE = 12
const RULES_MAX = 8
const REQUESTS = 1
const APPROVES = 2
const HEAD = 3 + 16 + 16 + 16 + 32 + 8 + 8 + 32 + 16 + WORD + WORD + 1

// A word, then nothing but zeroes; null: anything else.
function word(bytes) {
  const end = bytes.indexOf(0)
  if (end < 1 || bytes.slice(end).some((one) => one !== 0)) return null
  const text = bytes.slice(0, end)
  return text.some((one) => one <= 0x20 || one > 0x7e) ? null : String.fromCharCode(...text)
}

function bits(bytes) {
  return Array.from({ length: 8 * bytes.length }, (_, n) => n).filter((n) => (bytes[n >> 3] >> (n & 7)) & 1)
}

// null: no ticket, or not a whole one.
export function readTicket(text) {
  const bytes = fromBase64(text.trim())
  if (bytes === null || bytes.length < HEAD) return null
  const view = new DataView(bytes.buffer)
  let at = 3
  const take = (n) => bytes.slice(at, (at += n))
  const ticket = {
    bytes,
    act: bytes[2],
    authority: toHex(take(16)),
    person: toHex(take(16)),
    record: toHex(take(16)),
    fields: bits(take(32)),
    expiresMs: Number(view.getBigInt64(at, true) / 1000n),
  }
  at += 16 // the expiry, and the index of the entry
  ticket.recipient = take(32)
  take(16) // the nonce
  ticket.purpose = word(take(WORD))
  ticket.basis = word(take(WORD))
  const count = take(1)[0]
  const fits = count > 0 && count <= RULES_MAX && bytes.length === HEAD + count * RULE
  ticket.rules = fits ? Array.from({ length: count }, () => word(take(RULE))) : [null]
  const isWhole = view.getUint16(0, true) === VERSION && ticket.act >= 1 && ticket.act <= 3 &&
    ticket.fields.length > 0 && ticket.expiresMs > 0 &&
    [ticket.purpose, ticket.basis, ...ticket.rules].every((one) => one !== null)
  return isWhole ? ticket : null
}

// One line, as `cnis sign` prints it.
async function signTicket(ticket, role, key) {
  const message = joined(utf8('cnis-ticket/v1\n'), [role], ticket.bytes)
  const signature = await crypto.subtle.sign('Ed25519', key.privateKey, message)
  return toBase64(joined([role], key.publicKey, new Uint8Array(signature)))
}

function show(rows, ticket, words) {
  const field = (id) => `${words('field', String(id))} (${id})`
  const named = (kind, name) => `${words(kind, name)} (${name})`
  const toSelf = ticket.recipient.every((one) => one === 0)
  rows.replaceChildren()
  row(rows, words('say', 'act'), words('say', `act-${ticket.act}`))
  row(rows, words('say', 'fields'), ticket.fields.map(field).join(', '))
  row(rows, words('say', 'purpose'), named('purpose', ticket.purpose))
  row(rows, words('say', 'basis'), named('basis', ticket.basis))
  row(rows, words('say', 'rules'), ticket.rules.join(', '))
  row(rows, words('say', 'record'), ticket.record)
  row(rows, words('say', 'person'), ticket.person)
  row(rows, words('say', 'recipient'), toSelf ? words('say', 'to-self') : toHex(ticket.recipient))
  row(rows, words('say', 'expiry'),
    new Date(ticket.expiresMs).toLocaleString(`${document.documentElement.lang}-GB`))
}

// The page on which a ticket is signed and sent.
export function showSigning() {
  const place = document.getElementById('signing')
  if (place === null) return
  const words = wordsIn(place)
  const { form } = document.getElementById('ticket')
  const button = place.querySelector('button')
  const rows = place.querySelector('dl')
  const say = (id) => (place.querySelector('[role=status]').textContent = words('say', id))
  let ticket = null
  let key = null

  const look = async () => {
    const text = form.elements.ticket.value
    ticket = readTicket(text)
    place.hidden = text.trim() === ''
    button.hidden = true
    rows.replaceChildren()
    if (ticket === null) {
      say('unread')
      return
    }
    show(rows, ticket, words)
    const own = await keyOf(place.dataset.person)
    if (form.elements.ticket.value !== text) return // another one has been put there meanwhile
    key = own
    if (ticket.expiresMs <= Date.now()) say('expired')
    else if (key === null) say('no-key')
    else {
      button.hidden = false
      say(ticket.person === place.dataset.person ? 'request' : 'approve')
    }
  }
  const sign = async () => {
    const isMine = ticket.person === place.dataset.person
    const line = await signTicket(ticket, isMine ? REQUESTS : APPROVES, key)
    const typed = form.elements.signature
    typed.value = isMine ? [line, typed.value.trim()].filter(Boolean).join('\n') : line
    say('signed')
    // A lowering waits for the other person's line; whoever approves hands theirs over.
    if (isMine && ticket.act !== 2) form.requestSubmit()
  }
  const trying = (run) => () => run().catch(() => say('failed'))
  form.elements.ticket.addEventListener('input', trying(look))
  button.addEventListener('click', trying(sign))
  trying(look)()
}
