// Starts the real demonstration (`cnis demo --port 0`) in a temporary folder, and ends it. What a test
// knows of the register, it was told by this program.
'use strict'
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { spawn } = require('node:child_process')

const START_MS = 120000

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

module.exports = { startService }
