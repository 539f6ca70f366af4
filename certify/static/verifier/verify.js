// Verifies a label in a browser, without the register: docs/label-format.md says what each step is for.
// verify(token, keys, at) answers whether it is authentic; standing(...) what a signed status list says of it.

const bytes = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]))
const same = (a, b) => a.length === b.length && a.every((byte, place) => byte === b[place])
const hex = (a) => [...a].map((byte) => byte.toString(16).padStart(2, '0')).join('')
export const unbase64 = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt())
const utf8 = new TextEncoder()
export const MALFORMED = 'malformed'
const need = (holds, code = MALFORMED) => { if (!holds) throw new Error(code) }

const LENGTHS = Array.from({ length: 32 }, (_, n) => Math.ceil(n * 8 * Math.log(2) / Math.log(36)))

export function fromBase36(text) {
  need(/^[0-9A-Z]+$/.test(text) && text.length <= 600)
  return bytes(...text.match(/.{1,48}/g).map((block) => {
    const count = LENGTHS.indexOf(block.length)
    need(count > 0)
    let value = 0n
    for (const digit of block) value = value * 36n + BigInt(parseInt(digit, 36))
    need(value < 256n ** BigInt(count))
    return Uint8Array.from({ length: count }, (_, place) => Number(value >> BigInt(8 * (count - 1 - place)) & 255n))
  }))
}

// Deterministic CBOR: shortest lengths, definite, keys in order and once, nothing after the end.
export function cbor(data) {
  let at = 0
  const take = (count) => { need(at + count <= data.length); return data.subarray(at, at += count) }
  const head = () => {
    const [first] = take(1), size = first & 31
    if (size < 24) return [first >> 5, size]
    need(size < 28)
    const value = take(1 << (size - 24)).reduce((sum, byte) => sum * 256 + byte, 0)
    need(value <= Number.MAX_SAFE_INTEGER && value >= [24, 256, 65536, 2 ** 32][size - 24])
    return [first >> 5, value]
  }
  const item = (depth) => {
    need(depth < 9)
    const [type, value] = head()
    if (type === 0) return value
    if (type === 1) return -1 - value
    if (type === 2) return take(value)
    if (type === 3) return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(take(value))
    if (type === 4) { need(value <= data.length); return Array.from({ length: value }, () => item(depth + 1)) }
    if (type === 6) return { tag: value, value: item(depth + 1) }
    need(type === 5 && value <= data.length)
    const map = new Map()
    let last = ''
    for (let count = 0; count < value; count++) {
      const start = at, key = item(depth + 1), spelt = hex(data.subarray(start, at))
      need(map.size === 0 || spelt.length > last.length || (spelt.length === last.length && spelt > last))
      map.set(key, item(depth + 1))
      last = spelt
    }
    return map
  }
  const value = item(0)
  need(at === data.length)
  return value
}

const long = (type, length) => length < 24 ? [type | length] : length < 256 ? [type | 24, length]
  : length < 65536 ? [type | 25, length >> 8, length & 255] : [type | 26, length >>> 24, length >> 16 & 255, length >> 8 & 255, length & 255]

const toBeSigned = (protectedHeader, aad, payload) => bytes([0x84, 0x6a], utf8.encode('Signature1'),
  ...[protectedHeader, utf8.encode(aad), payload].flatMap((part) => [long(0x40, part.length), part]))

// COSE_Sign1 taken apart (RFC 9052, 4.2); the header may hold nothing but what the format says.
export function unseal(data, isHeader) {
  const { tag, value } = cbor(data)
  need(tag === 18 && Array.isArray(value) && value.length === 4)
  const [header, bare, payload, signature] = value
  need(header instanceof Uint8Array && bare instanceof Map && !bare.size && payload instanceof Uint8Array)
  need(signature instanceof Uint8Array && signature.length === 64)
  const fields = cbor(header)
  need(fields instanceof Map && fields.get(1) === -19 && isHeader(fields))
  return { header, kid: hex(fields.get(4)), payload, signature }
}

export async function signedBy(keys, { header, payload, signature }, aad) {
  const message = toBeSigned(header, aad, payload)
  for (const key of keys) {
    const imported = await crypto.subtle.importKey('raw', unbase64(key.x), 'Ed25519', false, ['verify'])
    if (await crypto.subtle.verify('Ed25519', imported, signature, message)) return key
  }
}

export const keysFor = (jwks, use) => jwks.keys.filter((key) => key.crv === 'Ed25519' && (key.purpose || 'label') === use)

const isKid = (kid) => kid instanceof Uint8Array && kid.length === 4
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const numberOf = (cti) => cti.reduce((text, byte) => text + byte.toString(2).padStart(8, '0'), '')
  .match(/.{5}/g).map((five) => CROCKFORD[parseInt(five, 2)]).join('')

function statementIn(payload) {
  const claims = cbor(payload)
  need(claims instanceof Map && claims.size === 3)
  const exp = claims.get(4), cti = claims.get(7), label = claims.get(-65537)
  need(Number.isInteger(exp) && exp >= -62135596800 && exp <= 253402300799 && cti instanceof Uint8Array && cti.length === 10)
  need(Array.isArray(label) && (label.length === 4 || label.length === 5))
  const [tier, index, digest, name, holder] = label
  const text = (value, most) => typeof value === 'string' && value.length > 0 && [...value].length <= most
  need(Number.isInteger(tier) && tier >= 0 && tier < 4 && Number.isInteger(index) && index >= 0 && index < 2 ** 32)
  need(digest instanceof Uint8Array && digest.length === 12 && text(name, 120) && (label.length === 4 || text(holder, 200)))
  return { id: numberOf(cti), expires_at: new Date(exp * 1000), tier: ['low', 'medium', 'high', 'critical'][tier],
    status_index: index, subject_digest: hex(digest), name_version: name, holder: holder ?? null }
}

// The key's last day and the longest validity of the scheme bound what it can have signed.
function latestEnd(key, months) {
  const [year, month, day] = key.to.split('-').map(Number)
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate()
  return Date.UTC(year, month - 1 + months, Math.min(day, last), 23, 59, 59)
}

export async function verify(token, jwks, { at, witnessedAt = null, months = 24 }) {
  let kid = null
  try {
    const parts = unseal(typeof token === 'string' ? fromBase36(token) : token, (fields) => fields.size === 2 && isKid(fields.get(4)))
    kid = parts.kid
    const named = keysFor(jwks, 'label').filter((key) => key.kid === kid)
    need(named.length, 'unknown_key')
    const key = await signedBy(named, parts, 'certify/label/1')
    need(key, 'bad_signature')
    const statement = statementIn(parts.payload)
    need(statement.expires_at <= latestEnd(key, months), 'unknown_key')
    need(!key.compromised_at || (witnessedAt && witnessedAt < new Date(key.compromised_at)), 'not_in_log')
    return { authenticity: 'authentic', kid, statement, expired: at > statement.expires_at }
  } catch (error) {
    const code = ['unknown_key', 'bad_signature', 'not_in_log'].includes(error.message) ? error.message : MALFORMED
    if (error.name === 'NotSupportedError') throw error
    return { authenticity: code, kid, statement: null, expired: null }
  }
}

const SHARD = 2 ** 17, BYTES = SHARD / 4

async function inflated(packed) {
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate')).getReader()
  const found = new Uint8Array(BYTES)
  for (let size = 0; ;) {
    const { done, value } = await reader.read()
    if (done) { need(size === BYTES); return found }
    need(size + value.length <= BYTES)
    found.set(value, size)
    size += value.length
  }
}

// Reads a status list (IETF Token Status List, CWT); throws when nothing follows from it.
export async function statusList(data, jwks, { address, at, knownVersion = 0 }) {
  const parts = unseal(data, (fields) => fields.size === 3 && isKid(fields.get(4)) && fields.get(16) === 'application/statuslist+cwt')
  need(await signedBy(keysFor(jwks, 'status').filter((key) => !key.compromised_at), parts, ''), 'list_not_signed')
  const claims = cbor(parts.payload), list = claims.get(65533)
  const issued = new Date(claims.get(6) * 1000), expires = new Date(claims.get(4) * 1000), version = claims.get(-65538)
  need(list instanceof Map && list.get('bits') === 2 && Number.isInteger(version))
  const statuses = await inflated(list.get('lst'))
  need(claims.get(2) === address, 'list_of_another_address')
  need(version >= knownVersion, 'list_older')
  need(issued - 900e3 <= at && at <= expires, 'list_stale')
  return { version, issued, valueOf: (index) => statuses[(index % SHARD) >> 2] >> (index % 4) * 2 & 3 }
}

export const shardOf = (index) => Math.floor(index / SHARD)

// Two answers, always apart; without a list that can be relied on, whether a label stands could not be checked.
export function standing(answer, list) {
  if (answer.authenticity !== 'authentic') return null
  const told = list ? ['in_force', 'withdrawn', 'suspended', 'superseded'][list.valueOf(answer.statement.status_index)] : 'could_not_check'
  return answer.expired && ['in_force', 'could_not_check'].includes(told) ? 'expired' : told
}
