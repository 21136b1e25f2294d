// run.js DRIVER [POLICY]   decides the driver's requests with Cedar and compares each verdict with the
//                          engine's. All the same: writes verdicts.txt, which ./test replays, and the
//                          page docs/evidence/policy-oracle.md. Else: the first few that differ.
// DRIVER is property_policy_oracle; POLICY another folder than policy/, and then nothing is written.
'use strict'
const { spawnSync } = require('node:child_process')
const crypto = require('node:crypto')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads')
const cedar = require('@cedar-policy/cedar-wasm/nodejs')
const { Oracle } = require('./decide')

const SHOWN = 5
const A_LINE = 11
const POLICY = path.join(__dirname, '../../policy')
const RECORD = path.join(__dirname, 'verdicts.txt')
const PAGE = path.join(__dirname, '../../docs/evidence/policy-oracle.md')

function lines(driver, what) {
  const { stdout, status } = spawnSync(driver, [what], { encoding: 'utf8', maxBuffer: 1 << 28 })
  if (status !== 0) throw new Error(`${driver} ${what}: exit ${status}`)
  return stdout.trimEnd().split('\n')
}

/* ---- In words, as the driver writes them ---- */

function ofField([name, { form, by, waits }]) {
  return form === undefined ? ` ${name}=!${by}` : ` ${name}=${waits.length > 0 ? '?' : ''}${form}:${by}`
}

function text(oracle, decision) {
  const duties = (what, set) => (set.size === 0 ? ''
    : ` ${what} ${oracle.order.obligations.filter((duty) => set.has(duty)).join(' ')}`)
  return `${decision.outcome} ${decision.answer}` +
    (decision.rule === undefined ? Object.entries(decision.fields).map(ofField).join('') : ` ${decision.rule}`) +
    (decision.waits.size === 0 ? '' : ` waits ${[...decision.waits].sort().join(' ')}`) +
    duties('owes', decision.owed) + duties('first', decision.first)
}

function textOfAct(permission) {
  return permission === null ? 'act no' : `act ${permission.by}${permission.second ? ' second' : ''}`
}

// A line is a request and, after a tab, perhaps an act; so is its verdict.
function verdictOn(oracle, line) {
  const [request, act] = line.split('\t')
  const verdict = text(oracle, oracle.decide(JSON.parse(request)))
  return act === undefined ? verdict : `${verdict}\t${textOfAct(oracle.mayAct(JSON.parse(act)))}`
}

const withoutAct = (line) => line.split('\t')[0]
const digest = (request, verdict) => crypto.createHash('sha256')
  .update(`${withoutAct(request)}\n${withoutAct(verdict)}`).digest('hex').slice(0, 8)

/* ---- The run ---- */

// One share of the requests: those of some roles, whose questions are often the same.
function compare({ folder, requests, engine, share, shares }) {
  const oracle = new Oracle(folder)
  const found = { digests: [], mismatches: [], unanswered: [] }
  requests.forEach((request, number) => {
    if ((oracle.order.roles.indexOf(JSON.parse(withoutAct(request)).role) + 1) % shares !== share) return
    let verdict
    try {
      verdict = verdictOn(oracle, request)
    } catch (error) {
      found.unanswered.push({ number, request, why: error.message })
      return
    }
    if (verdict !== engine[number]) found.mismatches.push({ number, request, verdict, engine: engine[number] })
    found.digests.push([number, digest(request, verdict)])
    if (found.digests.length % 1000 === 0) console.error(`share ${share}: ${found.digests.length} requests`)
  })
  return { ...found, asked: oracle.asked, different: oracle.answers.size, decided: oracle.decided }
}

function together(shares) {
  const all = { asked: 0, different: 0, decided: {}, digests: [], mismatches: [], unanswered: [] }
  for (const share of shares) {
    for (const list of ['digests', 'mismatches', 'unanswered']) all[list].push(...share[list])
    all.asked += share.asked
    all.different += share.different
    for (const [id, { reasons, alone }] of Object.entries(share.decided)) {
      all.decided[id] ??= { reasons: 0, alone: 0 }
      all.decided[id].reasons += reasons
      all.decided[id].alone += alone
    }
  }
  all.digests = all.digests.sort(([a], [b]) => a - b).map(([, one]) => one)
  return all
}

function inShares(work) {
  const shares = os.availableParallelism()
  return Promise.all(Array.from({ length: shares }, (_, index) => new Promise((resolve, reject) => {
    const worker = new Worker(__filename, { workerData: { ...work, share: index, shares } })
    worker.on('message', resolve)
    worker.on('error', reject)
  })))
}

function show(found) {
  found.mismatches.slice(0, SHOWN).forEach((one) =>
    console.log(`request ${one.number} ${one.request}\nCedar:  ${one.verdict}\nengine: ${one.engine}`))
  found.unanswered.slice(0, SHOWN).forEach((one) =>
    console.log(`request ${one.number} ${one.request}\nno answer: ${one.why}`))
}

function record(digests) {
  const rows = Array.from({ length: Math.ceil(digests.length / A_LINE) },
    (_, row) => digests.slice(row * A_LINE, (row + 1) * A_LINE).join(' '))
  fs.writeFileSync(RECORD, `# What Cedar ${cedar.getCedarVersion()} decided of the requests of tests/property/policy_requests.h: a digest of each
# request with its verdict, in their order. Written by the target "oracle"; replayed by
# tests/property/policy_oracle.c.
${rows.join('\n')}\n`)
}

function page(rules, count, found) {
  const rows = Object.entries(found.decided).map(([id, { reasons, alone }]) =>
    `| ${id} | ${rules[id].effect} | ${reasons} | ${alone} |`)
  fs.writeFileSync(PAGE, `# Another engine's verdicts

\`cmake --build --preset release --target oracle\` writes this page (it needs npm). A script that shares nothing with
the engine but the rule files and the vocabulary (\`tests/oracle/\`) makes one Cedar statement of each rule, and a
schema of closed words; every question is checked against it. ${count} requests, made from their numbers
(\`tests/property/policy_requests.h\`), are decided by both and compared: outcome, specific or generic, the rule of a
whole refusal; for each field its form, who gives it, who withholds it, whether it waits; what is waited for, and
the duties. Beside every fourth request an act is asked for.

Cedar ${cedar.getCedarVersion()} (npm \`@cedar-policy/cedar-wasm\`), language ${cedar.getCedarLangVersion()}: ${count} requests, ${found.asked} questions (${found.different}
different). **${found.mismatches.length} verdicts differ; ${found.unanswered.length} requests could not be put to it.** \`tests/oracle/verdicts.txt\` keeps a digest of
each request with its verdict, and \`./test\` replays them without npm (\`property/policy_oracle\`); acts are held
there by the agreed matrix.

${rows.length} statements. *Decided*: how often it stood among the reasons of an answer. *Alone*: how often it was the
only reason, so that without it Cedar would have answered otherwise. Duties are gathered from all reasons, so there
it is enough to be one of them.

What this cannot show: that the rules are right; only that two engines read them alike. The steps of a decision
(request, child, gate, fields), what a request comes to in facts, and how several purposes join are written twice, not
left to Cedar. A duty is there a refusal to forget it, so its conditions are compared, not its being carried out.
Budgets, the bytes of an answer and time are beyond it: the service's own tests and the paired runs are for those.

| Rule | Effect | Decided | Alone |
|---|---|---|---|
${rows.join('\n')}
`)
}

async function main(driver, folder) {
  const requests = lines(driver, 'requests')
  const work = { folder: folder ?? POLICY, requests, engine: lines(driver, 'verdicts') }
  const found = together(await inShares(work))
  const { rules } = new Oracle(work.folder)
  const idle = Object.entries(found.decided).filter(([id, { reasons, alone }]) =>
    (rules[id].effect === 'oblige' ? reasons : alone) === 0).map(([id]) => id)
  show(found)
  console.log(`${requests.length} requests, ${found.asked} questions, ${found.different} different: ` +
    `${found.mismatches.length} differ, ${found.unanswered.length} without an answer; ` +
    `${Object.keys(found.decided).length} statements, never decisive: ${idle.join(' ') || 'none'}`)
  if (found.mismatches.length + found.unanswered.length + idle.length > 0) return 1
  if (folder === undefined) {
    record(found.digests)
    page(rules, requests.length, found)
  }
  return 0
}

if (isMainThread) main(...process.argv.slice(2)).then((status) => { process.exitCode = status })
else parentPort.postMessage(compare(workerData))
