// labels/log, labels/offline.py
import { attempt, decoded, hex, holds, inUse, keysFor, need, shardOf, statusList, utf8, verify } from './verify.js'

const unbase64 = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (one) => one.charCodeAt())
const sha256 = async (...parts) =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.from(parts.flatMap((part) => [...part]))))

function bytesIn(text, length) {
  need(btoa(atob(text)) === text)
  const bytes = unbase64(text)
  need(!length || bytes.length === length)
  return bytes
}

function number(text) {
  need(/^(0|[1-9]\d{0,18})$/.test(text) && BigInt(text) < 2n ** 63n)
  return BigInt(text)
}

// c2sp.org/tlog-proof
function proofIn(bytes) {
  need(bytes.length <= 100000)
  const text = decoded(bytes), end = text.indexOf('\n\n'), [header, extra, index, ...hashes] = text.slice(0, end).split('\n')
  need(end > 0 && header === 'c2sp.org/tlog-proof@v1' && /^extra ./.test(extra) && /^index /.test(index) && hashes.length < 64)
  return {
    entry: bytesIn(extra.slice(6)), index: number(index.slice(6)), note: text.slice(end + 2),
    hashes: hashes.map((one) => bytesIn(one, 32))
  }
}

// In its one spelling, with every member
function isIssue(bytes, id, token) {
  const text = decoded(bytes), entry = JSON.parse(text)
  need(JSON.stringify(entry) === text && entry.statements.length < 3 && /^digest,statements$/.test(Object.keys(entry)))
  return entry.statements.some((one) => one.kind === 'label_issued' && one.label === id && one.token === token &&
    /^decision,expires_at,holder,issued_at,kind,label,(prolongs,)?token$/.test(Object.keys(one)))
}

// c2sp.org/signed-note, tlog-checkpoint
function checkpointIn(note) {
  const end = note.lastIndexOf('\n\n'), text = note.slice(0, end + 1), lines = note.slice(end + 2, -1).split('\n')
  need(note.length <= 65536 && !/[\0-\x09\x0b-\x1f]/.test(note) && end > 0 && note.endsWith('\n') && lines.length <= 32)
  const signatures = lines.map((line) => {
    const [, name, encoded] = line.match(/^— ([!-*,-~]+) ([^ ]+)$/), raw = bytesIn(encoded)
    need(raw.length > 4)
    return { name, id: hex(raw.subarray(0, 4)), raw: raw.subarray(4) }
  })
  const [origin, size, root, ...rest] = text.split('\n')
  need(origin && rest.length === 1)
  return { text, signatures, origin, size: number(size), root: bytesIn(root, 32) }
}

const LOG = 1, WITNESS = 4

// When each key signed first. Nobody's line is passed over; a false one refuses all
async function times({ text, signatures, origin }, keys, kind) {
  const found = new Map(), skip = kind === LOG ? 0 : 8
  for (const key of keys) {
    for (const { name, id, raw } of signatures) {
      const own = await sha256(utf8.encode(name), [10, kind], unbase64(key.x))
      if (id !== hex(own.subarray(0, 4)) || (kind === LOG && name !== origin)) continue
      const time = BigInt('0x0' + hex(raw.subarray(0, skip)))
      const message = kind === LOG ? text : `cosignature/v1\ntime ${time}\n${text}`
      need(raw.length > skip, 'malformed')
      need(await holds(key, raw.subarray(skip), utf8.encode(message)), 'bad_signature')
      need(time < 253402214400n, 'malformed')  // 9999-12-31
      const moment = Number(time) * 1000
      if ((kind === LOG || inUse(key, moment)) && !(found.get(key.x) <= moment)) found.set(key.x, moment)
    }
  }
  return [...found.values()].sort((a, b) => a - b)
}

// RFC 9162, 2.1.3.2
async function rootFrom(leaf, index, size, hashes) {
  let place = index, last = size - 1n, found = leaf
  const rise = () => { place >>= 1n; last >>= 1n }
  for (const sibling of hashes) {
    if (!last) return []
    const isRight = place & 1n || place === last
    found = await sha256([1], ...(isRight ? [sibling, found] : [found, sibling]))
    while (isRight && place && !(place & 1n)) rise()
    rise()
  }
  return last ? [] : found
}

// When the quorum had seen its issue; throws why not
async function witnessedAt(bytes, { id, token, keys, origin, quorum = 1 }) {
  const proof = attempt(() => proofIn(bytes))
  need(proof, 'malformed')
  need(attempt(() => isIssue(proof.entry, id, token)), 'not_in_log')
  const seen = attempt(() => checkpointIn(proof.note))
  need(seen, 'malformed')
  need(seen.origin === origin, 'other_log')
  const witnesses = await times(seen, keysFor(keys, 'witness').filter((key) => !key.compromised_at), WITNESS)
  need(witnesses.length >= quorum, 'not_witnessed')
  const moment = new Date(witnesses[quorum - 1])
  const logs = keysFor(keys, 'log').filter((key) => inUse(key, moment))
  need((await times(seen, logs, LOG)).length, 'bad_signature')
  need(proof.index < seen.size, 'not_in_log')
  const root = await rootFrom(await sha256([0], proof.entry), proof.index, seen.size, proof.hashes)
  need(hex(root) === hex(seen.root), 'not_in_log')
  return moment
}

// The register looks closer
export const isNumber = (text) => /^([- ]*[0-9A-Z]){16,17}[- ]*$/i.test(text)

// labels/addresses.py
function scanned(text) {
  const typed = text.replace(/^[\t-\r ]+|[\t-\r ]+$/g, ''), [, scheme, host, path] =
    typed.match(/^(https?:\/\/)?(?:[^/?#]*@)?([a-z0-9.-]*)(?::\d+)?(\/(?!\/)[^?#]*)(?:[?#].*)?$/i) ?? []
  const isAddress = typed.includes('/'), [token, step] = (isAddress ? path ?? '' : typed).toUpperCase().split('/').reverse()
  need((isAddress ? /^[!-[\]-~]+$/ : /^[ -~]*$/).test(typed), 'malformed')
  need(step === 'C' || !isNumber(token), 'number_only')
  need(step === 'C' || !isAddress, 'malformed')
  return { token, host: scheme || host?.includes('.') ? host.toLowerCase() : '' }
}

export async function answerFor(text, { bundle: { keys, origin, status }, proof, at, knownVersion = () => 0, quorum }) {
  const { token, host } = scanned(text)
  let seen, refusal, list, code = 'no_list'
  const witnessed = async ({ id }) => {
    if (proof) try { seen = await witnessedAt(proof, { id, token, keys, origin, quorum }) } catch ({ message }) { refusal = message }
    return seen
  }
  const answer = await verify(token, keys, { at, witnessed }), shard = shardOf(answer.statement?.status_index)
  // The newest that holds; else what is wrong with it
  for (const packed of Object.values(status)) try {
    const found = await statusList(unbase64(packed), keys, { shard, at, knownVersion: knownVersion(shard) })
    if (!(list?.version >= found.version)) list = found
  } catch ({ message }) { if (code === 'no_list' || !message.endsWith('address')) code = message }
  const standing = answer.statement && standingOf(answer, list, refusal)
  const hosts = [origin.split('/')[0].toLowerCase(), list && new URL(list.address).hostname]
  code = refusal ?? (standing === 'could_not_check' ? code : standing === 'in_force' && !seen ? 'no_proof' : null)
  return { ...answer, standing, code, seen, list, host, isOther: host && !hosts.includes(host) }
}

function standingOf({ statement, expired }, list, refusal) {
  const told = list ? list.value(statement.status_index) : 0
  const ended = [, 'withdrawn', , 'superseded'][told]
  return ended ?? (expired ? 'expired' : told ? 'suspended' : list && !refusal ? 'in_force' : 'could_not_check')
}
