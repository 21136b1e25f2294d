// Bytes as text and back, strictly: one spelling for each, as crypto/text.c reads them. null: not such a text.
export function fromBase64(text) {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return null
  const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0))
  return toBase64(bytes) === text ? bytes : null
}

export function toBase64(bytes) {
  return btoa(Array.from(bytes, (one) => String.fromCharCode(one)).join(''))
}

export function toHex(bytes) {
  return Array.from(bytes, (one) => one.toString(16).padStart(2, '0')).join('')
}

export function utf8(text) {
  return new TextEncoder().encode(text)
}

export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
}

// The sentences that a page has for its script: words('say', 'made', slots...), the id itself when none.
export function wordsIn(place) {
  const known = new Map()
  for (const one of place.querySelectorAll('[data-kind]')) {
    known.set(`${one.dataset.kind} ${one.dataset.id}`, one.textContent)
  }
  return (kind, id, ...slots) =>
    (known.get(`${kind} ${id}`) ?? id).replace(/%(\d)/g, (_, n) => slots[n - 1] ?? '')
}
