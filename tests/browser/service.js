// Starts the real demonstration (`cnis demo --port 0`) in a temporary folder, and ends it. What a test
// knows of the register, it was told by this program.
'use strict'
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { randomBytes } = require('node:crypto')
const { spawn } = require('node:child_process')

const START_MS = 120000
// Somebody's, made for tests; whoever has its other half is not asked.
const AGE_KEY = 'age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj'

async function startService() {
  const bin = path.join(process.env.BIN_DIR ?? '', 'cnis')
  fs.accessSync(bin, fs.constants.X_OK)
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cnis-browser-'))
  const dir = path.join(folder, 'authority')
  const child = spawn(bin, ['demo', '--dir', dir, '--port', '0', '--json'], {
    stdio: ['ignore', 'pipe', fs.openSync(path.join(folder, 'log'), 'w')],
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
    fs.rmSync(folder, { recursive: true, force: true })
  }
  try {
    return { ...(await told(child, ended)), stop }
  } catch (error) {
    console.error(fs.readFileSync(path.join(folder, 'log'), 'utf8').slice(-2000))
    await stop()
    throw error
  }
}

// The one line of JSON that the demonstration prints when it serves.
function told(child, ended) {
  return new Promise((resolve, reject) => {
    let text = ''
    const timer = setTimeout(() => reject(new Error('cnis demo did not start')), START_MS)
    ended.then(() => reject(new Error('cnis demo ended')))
    child.stdout.on('data', (chunk) => {
      text += chunk
      if (!text.includes('\n')) return
      clearTimeout(timer)
      resolve(JSON.parse(text))
    })
  })
}

// Calls as somebody who is signed in by the API.
function desks(service) {
  const call = async (user, path, body = {}) => {
    const answer = await fetch(service.address + path, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Idempotency-Key': randomBytes(16).toString('hex'),
        ...(user === null ? {} : { Authorization: `Bearer ${await token(user)}` }),
      },
      body: JSON.stringify(body),
    })
    const told = await answer.json()
    if (!answer.ok) throw new Error(`${path}: ${JSON.stringify(told)}`)
    return told
  }
  const tokens = new Map()
  const token = async (user) => {
    if (!tokens.has(user)) {
      const { password } = service.sign_ins.find((one) => one.user === user)
      tokens.set(user, (await call(null, '/v1/sessions', { user, password })).token)
    }
    return tokens.get(user)
  }
  return { call }
}

// What is done at other desks and has no page yet: another authority's safeguarding lead is a recipient
// on whom two people agree, and so is it that this child moves there.
async function receiving(service, child, lang) {
  const { call } = desks(service)
  const { recipient } = await call('data.protection', '/v1/recipients', {
    name: `Rhian Mockbury (${lang})`,
    role: 'other_la_safeguarding_lead',
    organisation: 'Mockbury Council',
    age_key: AGE_KEY,
  })
  await call('data.protection.2', `/v1/recipients/${recipient}/approvals`)
  const { id } = await call('safeguarding.lead', '/v1/relations', {
    id: child, recipient, relation: 'receiving', evidence: 'Llythyr, 2 Tachwedd 2026.',
  })
  await call('safeguarding.deputy', `/v1/relations/${id}/approvals`, { approve: true })
  return recipient
}

// A recipient without a key, to whom this child moves too; there is one of them in a register.
async function onPaper(service, child) {
  const { call } = desks(service)
  const { recipient } = await call('data.protection', '/v1/recipients', {
    name: 'Aled Bapur', role: 'other_la_officer', organisation: 'Aberbapur Council', age_key: '',
  })
  await call('data.protection.2', `/v1/recipients/${recipient}/approvals`)
  const { id } = await call('safeguarding.lead', '/v1/relations', {
    id: child, recipient, relation: 'receiving', evidence: 'Llythyr, 3 Tachwedd 2026.',
  })
  await call('safeguarding.deputy', `/v1/relations/${id}/approvals`, { approve: true })
}

module.exports = { AGE_KEY, onPaper, receiving, startService }
