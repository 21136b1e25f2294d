// Decides a request with Cedar, step by step as the policy notes say (section 4), and says what came
// out as the engine's driver does (tests/property/policy_oracle.c). What a request comes to in closed
// facts is worked out here anew, from the notes; every question goes to Cedar with the request
// checked against the schema. An answer that Cedar cannot give ends the run: nothing is passed over.
'use strict'
const cedar = require('@cedar-policy/cedar-wasm/nodejs')
const { ANYTHING, FACTS, contexts, formsOf, readPolicy, schema, statements } = require('./translate')

const STEPS_OF_THE_GATE = { support_offered: 'support_offers', aln_checked: 'aln_check',
  health_checked: 'health_check', child_view_sought: 'child_view',
  circumstances_reviewed: 'circumstances_review', less_intrusive_tried: 'less_intrusive_step',
  provision_in_place: 'provision' }
const IN_BULK = 25
const entity = (type, id) => ({ type, id })
const value = (type, id) => ({ __entity: entity(type, id) })

class Oracle {
  constructor(folder) {
    const policy = readPolicy(folder)
    this.statements = statements(policy)
    this.carries = contexts(policy)
    this.schema = schema(policy)
    this.rules = Object.fromEntries(policy.rules.map((rule) => [rule.id, rule]))
    this.forms = formsOf(policy.vocabulary)
    const rows = (kind) => Object.fromEntries(policy.vocabulary[kind].map((row) => [row.name, row]))
    this.roles = rows('roles')
    this.relations = rows('relations')
    this.order = Object.fromEntries(Object.entries(policy.vocabulary)
      .map(([kind, list]) => [kind, list.map((row) => row.name)]))
    this.fields = policy.vocabulary.fields
    this.asked = 0
    this.answers = new Map() // the same question has the same answer
    this.decided = Object.fromEntries(Object.values(this.statements).flatMap(Object.keys).sort()
      .map((id) => [id, { reasons: 0, alone: 0 }]))
    this.load()
  }

  load() {
    const must = (answer) => {
      const faults = [...(answer.validationErrors ?? []), ...(answer.validationWarnings ?? [])]
      if (answer.type !== 'success' || faults.length > 0) throw new Error(JSON.stringify(answer))
    }
    must(cedar.preparseSchema('words', this.schema))
    for (const [action, staticPolicies] of Object.entries(this.statements)) {
      must(cedar.validate({ schema: this.schema, policies: { staticPolicies }, validationSettings: { mode: 'strict' } }))
      must(cedar.preparsePolicySet(action, { staticPolicies }))
    }
  }

  // Who decided: { allowed, reasons }.
  ask(facts, action, type, id) {
    const context = Object.fromEntries(this.carries[action].map((name) => [name, facts.context[name]]))
    const question = JSON.stringify([facts.principal.id, action, id, context])
    let answer = this.answers.get(question)
    if (answer === undefined) {
      answer = this.answer(facts.principal, entity('Action', action), entity(type, id), context)
      this.answers.set(question, answer)
    }
    this.asked++
    answer.reasons.forEach((rule) => this.decided[rule].reasons++)
    if (answer.reasons.length === 1) this.decided[answer.reasons[0]].alone++
    return answer
  }

  answer(principal, action, resource, context) {
    const answer = cedar.statefulIsAuthorized({ principal, action, resource, context, entities: [],
      preparsedSchemaName: 'words', preparsedPolicySetId: action.id, validateRequest: true })
    const { decision, diagnostics } = answer.response ?? {}
    if (answer.type !== 'success' || diagnostics.errors.length > 0) throw new Error(JSON.stringify(answer))
    return { allowed: decision === 'allow', reasons: diagnostics.reason.sort() }
  }

  /* ---- Facts ---- */

  // The words of one purpose; those of the child are unknown until it is looked at.
  factsFor(request, purpose) {
    const words = Object.fromEntries(Object.entries(FACTS).map(([name, row]) => [name, row[3] ? ['unknown'] : 'unknown']))
    const facts = { principal: entity('Role', request.role ?? 'unknown'), words, request }
    const told = (yes) => (yes ? 'yes' : 'no')
    Object.assign(words, {
      role_kind: this.roles[request.role]?.kind ?? 'unknown',
      purpose: purpose ?? 'unknown',
      basis: request.basis ?? 'unknown',
      urgency: request.urgency ?? 'unknown',
      subjects: request.subjects === 0 ? 'unknown' : request.subjects === 1 ? 'one'
        : request.subjects <= IN_BULK ? 'several' : 'many',
      lacking: lacking(request),
      special_condition: told(request.condition),
      alternative: told(request.alternative),
      conflict: request.conflict,
      relation: request.relation ?? 'unknown',
    })
    facts.approvedBy = decidedBy(request, 'approved')
    facts.refusedBy = decidedBy(request, 'refused')
    this.settle(facts, 'asking')
    words.basis_fits = this.basisFits(facts)
    this.settle(facts, 'asking')
    words.break_glass = told(this.ask(facts, 'break_glass', 'Field', ANYTHING).allowed)
    this.settle(facts, 'asking')
    words.channel = this.channel(facts)
    this.settle(facts, 'asking')
    return facts
  }

  settle(facts, known) {
    const context = Object.fromEntries(Object.entries(facts.words).map(([name, words]) => {
      const type = FACTS[name][0]
      return [name, Array.isArray(words) ? words.map((one) => value(type, one)) : value(type, words)]
    }))
    facts.context = { ...context, known: value('Known', known), own_detail: false, named_by_order: false,
      approved_by: facts.approvedBy.map((role) => value('Role', role)),
      refused_by: facts.refusedBy.map((role) => value('Role', role)) }
  }

  basisFits(facts) {
    if (this.ask(facts, 'rest', 'Bases', 'all').allowed) return 'yes'
    const isSpokenOf = this.order.bases.some((basis) => {
      const other = { ...facts, context: { ...facts.context, basis: value('Basis', basis) } }
      return this.ask(other, 'rest', 'Bases', 'all').allowed
    })
    return isSpokenOf ? 'no' : 'no_rule'
  }

  // Whether a duty that could come with an answer is one that the receiver cannot carry out.
  channel(facts) {
    const { cannot } = facts.request
    if (cannot.length === 0) return 'can'
    if (cannot.includes(null)) return 'cannot'
    const possible = this.ask(facts, 'forget', 'Duties', 'all').reasons.flatMap((id) => this.rules[id].obligations)
    return cannot.some((duty) => possible.includes(duty)) ? 'cannot' : 'can'
  }

  lookAt(facts) {
    const { child, protected_person: isProtected } = facts.request
    const { words } = facts
    const shield = child.shield === 'none' && child.status !== 'none' ? 'contact_protected' : child.shield
    const levels = FACTS.shield[1]
    const both = [shield, child.household]
    Object.assign(words, {
      protected_person: isProtected,
      on_register: child.on_register,
      shield,
      household: child.household,
      any_shield: both.includes('unknown') ? 'unknown' : levels[Math.max(...both.map((one) => levels.indexOf(one)))],
      against_requester: child.against,
      named_worker: child.worker,
      first_decision: { yes: 'made', no: 'waiting', unknown: 'unknown' }[child.first],
      child_agrees: child.agrees,
      gate_missing: gateMissing(child.gate),
    })
    this.settle(facts, 'everything')
    const stands = ['yes', 'once_approved'].find((standing) => this.ask(facts, 'stand', 'Standing', standing).allowed)
    words.in_circle = stands ?? 'no'
    this.settle(facts, 'everything')
  }

  /* ---- The steps ---- */

  decide(request) {
    const all = inOrder(request.purposes, this.order.purposes).map((purpose) => this.factsFor(request, purpose))
    const refused = this.refusedByRequest(request, all)
    if (refused !== null) return this.whole('specific', refused, all, 'refused', 'refused')
    all.forEach((facts) => this.lookAt(facts))
    const byChild = this.refusal(all, 'child') ?? (this.relationSuffices(all) ? null : 'F-02')
    if (byChild !== null) return this.whole('generic', byChild, all, 'refused', 'everything')
    const byGate = this.refusal(all, 'gate')
    if (byGate !== null) return this.whole('specific', byGate, all, 'gate', 'everything')
    return this.byField(request, all)
  }

  // The first by its id of the refusals of a step, over all purposes.
  refusal(all, step) {
    return all.flatMap((facts) => this.ask(facts, 'ask', 'Step', step).reasons).sort()[0] ?? null
  }

  hasGrant(facts, known) {
    this.settle(facts, known)
    return this.ask(facts, 'grant', 'Field', ANYTHING).allowed
  }

  refusedByRequest(request, all) {
    if (all.length === 0) return 'F-01'
    const rule = this.refusal(all, 'request')
    if (rule !== null) return rule
    const tells = request.relation === null || this.relations[request.relation].missing === true
    const granted = all.every((facts) => this.hasGrant(facts, 'asking') && (tells || this.hasGrant(facts, 'relation')))
    return granted ? null : 'F-02'
  }

  relationSuffices(all) {
    const suffices = all.every((facts) => this.hasGrant(facts, 'relation'))
    all.forEach((facts) => this.settle(facts, 'everything'))
    return suffices
  }

  /* ---- The fields ---- */

  byField(request, all) {
    const decision = { fields: {}, waits: new Set(), answer: 'specific' }
    const asked = request.asked === 'all' ? this.order.fields : request.asked
    for (const field of asked) decision.fields[field ?? ''] = field === null ? { by: 'F-14' } : this.field(request, all, field)
    const found = Object.values(decision.fields)
    found.forEach((one) => (one.waits ?? []).forEach((rule) => decision.waits.add(rule)))
    const given = found.filter((one) => one.form !== undefined && one.waits.length === 0)
    const waiting = found.filter((one) => one.form !== undefined && one.waits.length > 0)
    const isWhole = given.length === found.length && given.every((one) => one.rank === 0)
    decision.outcome = given.length > 0 ? (isWhole ? 'permit' : 'partial')
      : waiting.length > 0 ? 'needs_second_person' : 'deny'
    const result = given.length > 0 ? 'released' : waiting.length > 0 ? 'pending' : 'refused'
    return this.withDuties(decision, all, result, 'everything')
  }

  // { form, rank, by, waits } of what may be had, or waits; else { by }: what stands in the way.
  field(request, all, field) {
    const own = (facts) => ({ ...facts, context: { ...facts.context,
      own_detail: this.isOwn(request.relation, field),
      named_by_order: request.order_fields === 'all' || request.order_fields.includes(field) } })
    const asking = all.map(own)
    let best = null
    for (const facts of asking) {
      const grant = this.mostDetailed(facts, field)
      if (grant === null) return { by: 'F-02' }
      if (best === null || grant.rank > best.rank) best = grant
    }
    const place = `${field}@${best.form}`
    const withheld = asking.map((facts) => this.ask(facts, 'read', 'Field', place))
      .filter((answer) => !answer.allowed).flatMap((answer) => answer.reasons).sort()
    if (withheld.length > 0) return { by: withheld[0] }
    const waits = asking.map((facts) => this.ask(facts, 'release', 'Field', place))
      .filter((answer) => !answer.allowed).flatMap((answer) => answer.reasons)
    return { ...best, waits }
  }

  mostDetailed(facts, field) {
    for (const [rank, form] of this.forms[field].entries()) {
      const { allowed, reasons } = this.ask(facts, 'grant', 'Field', `${field}@${form}`)
      if (allowed) return { form, rank, by: reasons[0] }
    }
    return null
  }

  isOwn(relation, field) {
    const own = this.relations[relation]?.own
    const { group } = this.fields.find((one) => one.name === field)
    return own === `[${group}]` || own === field
  }

  /* ---- Acts ---- */

  // The first rule that allows it, and whether one of them wants a second person; null: none does.
  mayAct({ role, relation, purpose, act }) {
    const words = { role_kind: this.roles[role]?.kind ?? 'unknown', relation: relation ?? 'unknown',
      purpose: purpose ?? 'unknown' }
    const facts = { principal: entity('Role', role ?? 'unknown'), words, approvedBy: [], refusedBy: [] }
    this.settle(facts, 'relation')
    const { allowed, reasons } = this.ask(facts, 'act', 'Act', act)
    return allowed ? { by: reasons[0], second: reasons.some((id) => this.rules[id].second_person) } : null
  }

  /* ---- Duties ---- */

  whole(answer, rule, all, result, known) {
    return this.withDuties({ answer, rule, outcome: 'deny', fields: {}, waits: new Set() }, all, result, known)
  }

  withDuties(decision, all, result, known) {
    const owed = new Set([...decision.waits].flatMap((id) => this.rules[id].obligations))
    const first = new Set()
    for (const facts of all) {
      facts.words.result = result
      this.settle(facts, known)
      for (const id of this.ask(facts, 'forget', 'Duties', 'all').reasons) {
        const { obligations, when } = this.rules[id]
        obligations.forEach((duty) => owed.add(duty))
        if (when.result?.join() === 'gate') obligations.forEach((duty) => first.add(duty))
      }
    }
    return { ...decision, owed, first }
  }
}

const inOrder = (names, order) => [...names].sort((a, b) => order.indexOf(a) - order.indexOf(b))

// What an approval comes to: another person's, and in time.
function decidedBy(request, outcome) {
  return [...new Set(request.approvals.filter((one) => one.outcome === outcome && one.by_another && one.in_time)
    .map((one) => one.role).filter((role) => role !== null))]
}

function lacking(request) {
  const lacks = []
  if (request.identity !== 'yes') lacks.push('identity')
  if (request.purposes.length === 0) lacks.push('purpose')
  if (request.basis === null || request.basis === 'none') lacks.push('basis')
  if (!request.necessity) lacks.push('necessity')
  if (request.asked.length === 0) lacks.push('fields')
  return lacks.length === 0 ? ['nothing'] : lacks
}

function gateMissing(gate) {
  const missing = Object.entries(STEPS_OF_THE_GATE).filter(([step]) => gate[step] !== 'yes').map(([, name]) => name)
  return missing.length === 0 ? ['nothing'] : missing
}

module.exports = { Oracle }
