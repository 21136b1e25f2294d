// Says two minutes before the session ends that it will, and offers to go on. Words, times and address
// come from <body>, so that a page in Welsh warns in Welsh:
//   data-session-seconds  whole seconds from now until the session ends; no session, no attribute
//   data-session-words    "You will be signed out in two minutes. …"
//   data-session-stay     the button's words
//   data-session-renew    what the button asks for; any answer but a refusal means: still signed in
//   data-session-ended    (optional) "You have been signed out. What you typed is still here: …"
// Without this script the same session ends at the same time; what was typed is kept by the server.
const WARN_SECONDS = 120

export function warnBeforeTimeout(words) {
  const seconds = Number(words.sessionSeconds)
  if (!(seconds > 0)) return
  const notice = element('div', 'app-timeout', '')
  notice.setAttribute('role', 'alert')
  let timers = []

  // Timers sleep with the computer, so the end is a time of day, looked at again when it wakes.
  let endsAt
  const start = () => {
    endsAt = Date.now() + seconds * 1000
    notice.remove()
    look()
  }
  const look = () => {
    timers.forEach(clearTimeout)
    const left = endsAt - Date.now()
    if (left <= 0) {
      show(words.sessionEnded ?? words.sessionWords)
      return
    }
    const untilWarning = left - WARN_SECONDS * 1000
    if (untilWarning <= 0) show(words.sessionWords, stayButton())
    timers = [setTimeout(look, left)]
    if (untilWarning > 0) timers.push(setTimeout(look, untilWarning))
  }
  const show = (sentence, ...more) => {
    notice.replaceChildren(element('p', 'govuk-body', sentence), ...more)
    if (!notice.isConnected) document.body.append(notice)
  }
  const stayButton = () => {
    if (!words.sessionRenew) return ''
    const button = element('button', 'govuk-button', words.sessionStay)
    button.type = 'button'
    button.addEventListener('click', async () => {
      button.disabled = true
      if (await renew(words.sessionRenew)) start()
      else show(words.sessionEnded ?? words.sessionWords)
    })
    return button
  }
  document.addEventListener('visibilitychange', () => document.hidden || look())
  start()
}

// A redirect is the way to the sign-in page: the session is over.
async function renew(address) {
  try {
    const answer = await fetch(address, { redirect: 'manual', cache: 'no-store' })
    return answer.ok
  } catch {
    return false
  }
}

function element(name, className, text) {
  const made = document.createElement(name)
  made.className = className
  made.textContent = text
  return made
}
