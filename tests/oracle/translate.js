// The rules of policy/ as Cedar: one statement a rule, and a schema whose words are closed. Written
// from the rule files, the vocabulary and the policy notes (sections 3 to 6); it knows nothing of the
// engine, its parser or its tables, since it is there to disagree with them.
//
// What an effect becomes
//   fit       permit  action "rest"     the basis suits the purpose
//   grant     permit  actions "grant", "read" and "release" of a field in a form, and those of its
//                     lesser forms; break-glass also action "break_glass"
//   circle    permit  action "stand"    in the circle, at once or once approved
//   act       permit  action "act"
//   withhold  forbid  actions "read" and "release"
//   approve   forbid  action "release"  until somebody entitled agrees
//   refuse    forbid  action "ask"      of its step
//   oblige    forbid  action "forget"   so that every duty stands in the reasons of one refusal
//   otherwise nothing: a sentence for where no rule speaks
//
// What is not yet known when a step is decided counts as met (`context.known`). A missing fact would
// drop a forbid without a word, so each fact has the word "unknown", which every closing rule lists.
'use strict'
const fs = require('node:fs')
const path = require('node:path')

// name: [entity type, kind of the vocabulary or its own words, when it is known, is a set]
const FACTS = {
  role_kind: ['RoleKind', ['staff', 'body', 'family'], 'asking'],
  purpose: ['Purpose', 'purposes', 'asking'],
  basis: ['Basis', 'bases', 'asking'],
  basis_fits: ['Fits', ['no', 'no_rule', 'yes'], 'asking'],
  urgency: ['Urgency', 'urgencies', 'asking'],
  subjects: ['Subjects', ['one', 'several', 'many'], 'asking'],
  lacking: ['Lacking', ['identity', 'purpose', 'basis', 'necessity', 'fields', 'nothing'], 'asking', true],
  special_condition: ['Truth', ['no', 'yes'], 'asking'],
  alternative: ['Truth', ['no', 'yes'], 'asking'],
  channel: ['Channel', ['cannot', 'can'], 'asking'],
  break_glass: ['Truth', ['no', 'yes'], 'asking'],
  conflict: ['Truth', ['no', 'yes'], 'asking'],
  relation: ['Relation', 'relations', 'relation'],
  protected_person: ['Truth', ['no', 'yes'], 'child'],
  on_register: ['Truth', ['no', 'yes'], 'child'],
  shield: ['Level', ['none', 'contact_protected', 'hidden'], 'child'],
  household: ['Level', ['none', 'contact_protected', 'hidden'], 'child'],
  any_shield: ['Level', ['none', 'contact_protected', 'hidden'], 'child'],
  against_requester: ['Truth', ['no', 'yes'], 'child'],
  named_worker: ['Truth', ['no', 'yes'], 'child'],
  in_circle: ['Circle', ['no', 'once_approved', 'yes'], 'child'],
  first_decision: ['First', ['waiting', 'made'], 'child'],
  child_agrees: ['Truth', ['no', 'yes'], 'child'],
  gate_missing: ['Gate', ['support_offers', 'aln_check', 'health_check', 'child_view',
    'circumstances_review', 'less_intrusive_step', 'provision', 'nothing'], 'child', true],
  result: ['Result', ['refused', 'gate', 'pending', 'released'], 'result'],
}
// How much is known: of the request alone, of the relation too, or of everything. "refused" is
// everything that there is after a refusal before the look-up: the child was not looked at.
const KNOWN = ['asking', 'relation', 'everything', 'refused']
const IS_KNOWN = {
  relation: ['relation', 'everything', 'refused'],
  child: ['everything', 'refused'],
  result: ['everything', 'refused'],
}
const OPENS = new Set(['fit', 'grant', 'circle', 'act'])
const ANYTHING = '*' // as a field: whether there is any grant at all

const word = (type, name) => `${type}::"${name}"`
const set = (type, names) => `[${names.map((name) => word(type, name)).join(', ')}]`

function readPolicy(folder) {
  const read = (name) => JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8'))
  const rules = fs.readdirSync(path.join(folder, 'rules')).sort()
    .map((name) => read(path.join('rules', name)))
  rules.sort((a, b) => (a.id < b.id ? -1 : 1))
  return { vocabulary: read('vocabulary.json'), rules }
}

/* ---- Fields ---- */

function formsOf(vocabulary) {
  return Object.fromEntries(vocabulary.fields.map((field) => [field.name, field.forms]))
}

function named(vocabulary, name) {
  const is = name.startsWith('[') ? (field) => `[${field.group}]` === name
    : name === '@everything' ? (field) => !field.new
      : name.startsWith('@') ? (field) => field.category === name
        : (field) => field.name === name
  const found = vocabulary.fields.filter(is).map((field) => field.name)
  if (found.length === 0) throw new Error(`no such field or group: ${name}`)
  return found
}

// Each field that a rule speaks of, with its forms. `except` takes names out of groups only.
function fieldsOf(vocabulary, rule) {
  const forms = formsOf(vocabulary)
  if (rule.fields === undefined) return forms
  const isGroup = (name) => /^[[@]/.test(name)
  const except = new Set((rule.except ?? []).flatMap((name) => named(vocabulary, name)))
  const found = {}
  for (const name of rule.fields.filter(isGroup).flatMap((one) => named(vocabulary, one))) {
    if (!except.has(name)) found[name] = forms[name]
  }
  for (const entry of rule.fields.filter((name) => !isGroup(name))) {
    const [name, form] = entry.split(':')
    const at = form === undefined ? 0 : forms[name].indexOf(form)
    if (at < 0) throw new Error(`${rule.id}: no such form: ${entry}`)
    found[name] = forms[name].slice(at)
  }
  return found
}

function places(vocabulary, rule) {
  return Object.entries(fieldsOf(vocabulary, rule))
    .flatMap(([name, forms]) => forms.map((form) => `${name}@${form}`))
}

/* ---- Conditions ---- */

function holds(fact, values, isClosing) {
  const listed = isClosing ? [...values, 'unknown'] : values
  if (fact === 'role') return `${set('Role', listed)}.contains(principal)`
  const [type, , , isSet] = FACTS[fact] ?? (() => { throw new Error(`no such fact: ${fact}`) })()
  return isSet ? `context.${fact}.containsAny(${set(type, listed)})`
    : `${set(type, listed)}.contains(context.${fact})`
}

const isOfTheRequest = (fact) => fact === 'role' || FACTS[fact][2] === 'asking'

function isKnown(fact) {
  return `${set('Known', IS_KNOWN[FACTS[fact][2]])}.contains(context.known)`
}

// A field's own fact is a truth of the question, not a word.
const OF_THE_FIELD = new Set(['own_detail', 'named_by_order'])

function when(rule, fact, values) {
  if (fact === 'named_by_order') {
    return `(context.known != ${word('Known', 'everything')} || context.named_by_order)`
  }
  const met = holds(fact, values, !OPENS.has(rule.effect))
  if (isOfTheRequest(fact)) return met
  const counted = `(!${isKnown(fact)} || ${met})`
  // A duty that asks about the child does not come with a refusal that never looked.
  if (rule.effect !== 'oblige' || FACTS[fact]?.[2] !== 'child') return counted
  return `(context.known != ${word('Known', 'refused')} && ${counted})`
}

function unless(fact, values) {
  if (OF_THE_FIELD.has(fact)) return `!context.${fact}`
  const met = holds(fact, values, false)
  return isOfTheRequest(fact) ? `!${met}` : `!(${isKnown(fact)} && ${met})`
}

function approved(roles) {
  const some = set('Role', roles)
  return `(context.approved_by.containsAny(${some}) && !context.refused_by.containsAny(${some}))`
}

/* ---- Statements ---- */

const RESOURCES = { rest: 'Bases', grant: 'Field', read: 'Field', release: 'Field', break_glass: 'Field',
  stand: 'Standing', act: 'Act', ask: 'Step', forget: 'Duties' }

function actionsOf(rule) {
  return { fit: ['rest'], grant: ['grant', 'read', 'release', ...(rule.break_glass ? ['break_glass'] : [])],
    circle: ['stand'], act: ['act'], withhold: ['read', 'release'], approve: ['release'], refuse: ['ask'],
    oblige: ['forget'], otherwise: [] }[rule.effect] ??
    (() => { throw new Error(`${rule.id}: an effect that cannot be translated: ${rule.effect}`) })()
}

// What the effect asks beside the conditions.
function own(vocabulary, rule) {
  const field = () => `${set('Field', [...places(vocabulary, rule), ANYTHING])}.contains(resource)`
  switch (rule.effect) {
    case 'grant': case 'withhold': return [field()]
    case 'approve': return [field(), `!${approved(rule.by)}`]
    case 'act': return [`${set('Act', rule.acts)}.contains(resource)`]
    case 'refuse': return [`resource == Step::"${rule.step}"`]
    case 'circle': return rule.once_approved_by === undefined ? []
      : [`(resource == Standing::"once_approved" || ${approved(rule.once_approved_by)})`]
    default: return []
  }
}

function statement(vocabulary, rule) {
  const actions = actionsOf(rule).map((name) => `Action::"${name}"`)
  const scope = actions.length === 1 ? `action == ${actions[0]}` : `action in [${actions.join(', ')}]`
  const conditions = [
    ...Object.entries(rule.when ?? {}).map(([fact, values]) => when(rule, fact, values)),
    ...Object.entries(rule.unless ?? {}).map(([fact, values]) => unless(fact, values)),
    ...own(vocabulary, rule)]
  return `${OPENS.has(rule.effect) ? 'permit' : 'forbid'} (principal, ${scope}, resource)
when {\n  ${conditions.join(' &&\n  ')}\n};`
}

// By action, then by rule id: a question meets the statements that name its action, and no others.
function statements({ vocabulary, rules }) {
  return Object.fromEntries(Object.keys(RESOURCES).map((action) => [action,
    Object.fromEntries(rules.filter((rule) => actionsOf(rule).includes(action))
      .map((rule) => [rule.id, statement(vocabulary, rule)]))]))
}

// What the statements of an action read, and so what its questions carry.
function contexts(policy) {
  const texts = Object.entries(statements(policy)).map(([action, rules]) => [action, Object.values(rules).join()])
  return Object.fromEntries(texts.map(([action, text]) => [action,
    [...Object.keys(FACTS), ...Object.keys(OTHERS)].filter((name) => text.includes(`context.${name}`) &&
      new RegExp(`context\\.${name}\\b`).test(text))]))
}

// What a question carries beside the facts.
const OTHERS = { known: 'Known', approved_by: 'Set<Role>', refused_by: 'Set<Role>', own_detail: 'Bool',
  named_by_order: 'Bool' }

function schema(policy) {
  const { vocabulary } = policy
  const names = (kind) => vocabulary[kind].map((row) => row.name)
  const types = { Role: names('roles'), Act: names('acts'), Known: KNOWN,
    Standing: ['once_approved', 'yes'], Step: ['request', 'child', 'gate'], Duties: ['all'], Bases: ['all'],
    Field: [ANYTHING, ...vocabulary.fields.flatMap(({ name, forms }) => forms.map((form) => `${name}@${form}`))] }
  for (const [type, values] of Object.values(FACTS)) {
    types[type] = typeof values === 'string' ? names(values) : values
  }
  const typeOf = (name) => OTHERS[name] ?? (FACTS[name][3] ? `Set<${FACTS[name][0]}>` : FACTS[name][0])
  return [
    ...Object.entries(types).map(([type, values]) =>
      `entity ${type} enum [${[...new Set([...values, 'unknown'])].map((name) => JSON.stringify(name)).join(', ')}];`),
    ...Object.entries(contexts(policy)).map(([action, facts]) =>
      `action ${action} appliesTo { principal: Role, resource: ${RESOURCES[action]}, context: {
${facts.map((name) => `  ${name}: ${typeOf(name)}`).join(',\n')}\n} };`),
  ].join('\n')
}

module.exports = { ANYTHING, FACTS, contexts, formsOf, readPolicy, schema, statements }
