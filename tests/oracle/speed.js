// speed.js DRIVER REQUESTS   Cedar's processor time for the first requests of the driver: a question, and
//                            the questions that make one decision. As JSON.
'use strict'
const { spawnSync } = require('node:child_process')
const path = require('node:path')
const { Oracle } = require('./decide')

const [driver, count] = process.argv.slice(2)
const { stdout } = spawnSync(driver, ['requests'], { encoding: 'utf8', maxBuffer: 1 << 28 })
const requests = stdout.split('\n').slice(0, Number(count)).map((line) => JSON.parse(line.split('\t')[0]))
const oracle = new Oracle(path.join(__dirname, '../../policy'))
requests.slice(0, 5).forEach((request) => oracle.decide(request)) // warm
oracle.answers.clear()
oracle.asked = 0
let questions = 0
const began = process.cpuUsage()
for (const request of requests) {
  oracle.answers.clear() // each decision stands alone
  oracle.decide(request)
  questions += oracle.answers.size
}
const { user, system } = process.cpuUsage(began)
const us = user + system
console.log(JSON.stringify({ question_ns: us * 1000 / questions, decision_ns: us * 1000 / requests.length }))
