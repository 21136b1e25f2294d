// Checks that an entry is in a signed log (c2sp.org/tlog-proof, signed-note; RFC 6962), as crypto/note.c and
// crypto/tree_proof.c do, in this browser. It must never ask anybody anything, nor say that a proof holds
// because one part of it could not be read.
import { fromBase64, joined, sha256, toHex, utf8, wordsIn } from './bytes.js'

const FIRST_LINE = 'c2sp.org/tlog-proof@v1'
const SIZE_MAX = 2n ** 53n
const HASHES_MAX = 64
const ED25519 = 1
const SIGNED_BYTES = 4 + 64 // a key's id and its signature; other kinds have longer ones

class Verdict extends Error {
  constructor(id, ...slots) {
    super(id)
    Object.assign(this, { id, slots })
  }
}

function number(text) {
  if (!/^(0|[1-9][0-9]{0,15})$/.test(text ?? '')) throw new Verdict('malformed')
  return BigInt(text)
}

// custodian.pub, a verifier key, or a line "log KEY".
export async function readKey(text) {
  const line = text.split('\n').map((one) => one.trim()).find((one) => /^(log )?\S+\+[0-9a-f]{8}\+\S+$/.test(one))
  const found = /^(?:log )?([!-*,-~]+)\+([0-9a-f]{8})\+(\S+)$/.exec(line ?? '')
  const typed = found && fromBase64(found[3])
  if (!typed || typed.length !== 33 || typed[0] !== ED25519) throw new Verdict('key')
  const [, name, id] = found
  const hash = await sha256(joined(utf8(`${name}\n`), typed))
  if (toHex(hash.slice(0, 4)) !== id) throw new Verdict('key')
  return { name, id, bytes: typed.slice(1) }
}

// Text that ends before it should is told apart from text that is something else.
export function readProof(text) {
  if (text.startsWith('{')) throw new Verdict('package')
  if (FIRST_LINE.startsWith(text.trim()) || text === '') throw new Verdict(text.trim() === '' ? 'malformed' : 'cut')
  const [head, ...note] = text.split('\n\n')
  const lines = head.split('\n')
  if (lines.shift() !== FIRST_LINE) throw new Verdict('malformed')
  let leaf = null
  const extra = lines[0]?.startsWith('extra ') ? lines.shift().slice(6) : null
  if (lines[0] === undefined) throw new Verdict('cut')
  if (extra !== null && (leaf = fromBase64(extra)) === null) throw new Verdict('malformed')
  if (!lines[0].startsWith('index ')) throw new Verdict(note.length === 0 ? 'cut' : 'malformed')
  const index = number(lines.shift().slice(6))
  if (note.length === 0) throw new Verdict('cut')
  const hashes = lines.map(fromBase64)
  if (hashes.length > HASHES_MAX || hashes.some((one) => one === null || one.length !== 32)) {
    throw new Verdict('malformed')
  }
  const [body, signatures] = note
  if (note.length > 2) throw new Verdict('malformed')
  if (signatures === undefined || signatures === '') throw new Verdict('cut')
  return { index, hashes, leaf, ...readHead(`${body}\n`, signatures) }
}

function readHead(body, signatures) {
  const lines = body.split('\n')
  const root = fromBase64(lines[2] ?? '')
  if (lines.length !== 4 || lines[0] === '' || root === null || root.length !== 32) throw new Verdict('malformed')
  // A last line break gets lost in copying; a last line that is not whole was cut off.
  const unread = signatures.endsWith('\n') ? 'malformed' : 'cut'
  const signed = signatures.trimEnd().split('\n').map((line) => {
    const found = /^— ([^ +]+) (\S+)$/.exec(line)
    const bytes = found && fromBase64(found[2])
    if (!bytes || bytes.length < SIGNED_BYTES) throw new Verdict(unread)
    return { name: found[1], id: toHex(bytes.slice(0, 4)), bytes: bytes.slice(4) }
  })
  return { body, origin: lines[0], size: number(lines[1]), root, signed }
}

async function checkSignature(proof, key) {
  const mine = proof.signed.filter(({ name, id }) => name === key.name && id === key.id)
  if (mine.length === 0 || proof.origin !== key.name) throw new Verdict('other-log', proof.origin)
  const imported = await crypto.subtle.importKey('raw', key.bytes, { name: 'Ed25519' }, false, ['verify'])
  for (const { bytes } of mine) {
    if (!(await crypto.subtle.verify('Ed25519', imported, bytes, utf8(proof.body)))) throw new Verdict('signature')
  }
}

// RFC 9162 section 2.1.3.2: the way up from the leaf, sibling by sibling.
async function checkInclusion({ index, size, hashes, leaf, root }) {
  if (index >= size || size > SIZE_MAX) throw new Verdict('not-in')
  let at = index
  let last = size - 1n
  let hash = await sha256(joined([0], leaf))
  for (const sibling of hashes) {
    if (last === 0n) throw new Verdict('not-in')
    if (at % 2n === 1n || at === last) {
      hash = await sha256(joined([1], sibling, hash))
      while (at % 2n === 0n && at !== 0n) {
        at >>= 1n
        last >>= 1n
      }
    } else {
      hash = await sha256(joined([1], hash, sibling))
    }
    at >>= 1n
    last >>= 1n
  }
  if (last !== 0n || toHex(hash) !== toHex(root)) throw new Verdict('not-in')
}

// { id, slots } of the sentence that says what was found.
export async function checkProof(keyText, proofText) {
  try {
    const key = await readKey(keyText)
    const proof = readProof(proofText.replaceAll('\r\n', '\n'))
    await checkSignature(proof, key)
    if (proof.leaf === null) throw new Verdict('no-leaf')
    await checkInclusion(proof)
    return { id: 'good', slots: [proof.index, proof.origin, proof.size].map(String) }
  } catch (error) {
    return error instanceof Verdict ? error : { id: 'unable', slots: [] }
  }
}

function takesFiles(area) {
  area.addEventListener('dragover', (event) => event.preventDefault())
  area.addEventListener('drop', async (event) => {
    const [file] = event.dataTransfer.files
    if (file === undefined) return
    event.preventDefault()
    area.value = await file.text()
  })
}

// The page "check a proof from the log".
export function showCheckLog() {
  const form = document.getElementById('check-log')
  if (form === null) return
  const words = wordsIn(form)
  const said = form.querySelector('[role=status]')
  for (const area of form.querySelectorAll('textarea')) takesFiles(area)
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const { id, slots } = await checkProof(form.elements.key.value, form.elements.proof.value)
    said.textContent = words('say', id, ...slots)
    said.dataset.verdict = id
    said.hidden = false
  })
  form.hidden = false
}
