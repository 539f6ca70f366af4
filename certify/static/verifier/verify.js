// labels/verification.py, status.py
export const utf8 = new TextEncoder()
export const decoded = (bytes) => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, 0)).join('')
const unhex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16))
export const need = (holds, code) => { if (!holds) throw Error(code) }
export const attempt = (read) => { try { return read() } catch {} }

const BITS = Math.log2(36)

function fromBase36(text) {
  need(/^[0-9A-Z]{1,600}$/.test(text))
  return unhex(text.match(/.{1,48}/g).map((block) => {
    const length = Math.floor(block.length * BITS / 8)
    const value = [...block].reduce((sum, digit) => sum * 36n + BigInt(parseInt(digit, 36)), 0n)
    const bytes = value.toString(16).padStart(length * 2, 0)
    need(Math.ceil(length * 8 / BITS) === block.length && bytes.length === length * 2)
    return bytes
  }).join(''))
}

function head(type, value) {
  if (value < 24) return hex([type << 5 | value])
  const size = [1, 2, 4, 8].findIndex((bytes) => value < 256 ** bytes)
  return hex([type << 5 | 24 + size]) + value.toString(16).padStart(2 << size, 0)
}

// Deterministic CBOR
function fromCbor(data) {
  let at = 0
  const take = (length) => { need(at + length <= data.length); return data.subarray(at, at += length) }
  const item = (depth) => {
    need(depth < 9)
    const start = at, [first] = take(1), type = first >> 5, size = first & 31
    const value = size < 24 ? size : take(1 << size - 24).reduce((sum, byte) => sum * 256 + byte, 0)
    need(head(type, value) === hex(data.subarray(start, at)))
    const next = () => item(depth + 1), items = (read) => Array.from({ length: value }, read)
    let last = ''
    const member = () => {
      const start = at, key = next(), spelt = 1e5 + at - start + hex(data.subarray(start, at))
      need(spelt > last)
      last = spelt
      return [key, next()]
    }
    if (type === 0) return value
    if (type === 1) return -1 - value
    if (type === 2) return take(value)
    if (type === 3) return decoded(take(value))
    if (type === 4) return items(next)
    if (type === 5) return new Map(items(member))
    need(type === 6)
    return { tag: value, value: next() }
  }
  const value = item(0)
  need(at === data.length)
  return value
}

const isBytes = (value, length = value?.length) => value instanceof Uint8Array && value.length === length
const isText = (value, most) => typeof value === 'string' && value !== '' && [...value].length <= most
const isNumber = (value, least, most) => Number.isInteger(value) && value >= least && value <= most
const isTime = (value) => isNumber(value, -62135596800, 253402300799)

// COSE_Sign1
function unseal(data, type) {
  const { tag, value } = fromCbor(data), [protectedHeader, unprotected, payload, signature] = value
  const header = fromCbor(protectedHeader), kid = header.get(4)
  need(tag === 18 && value.length === 4 && unprotected.size === 0 && isBytes(payload) && isBytes(signature, 64))
  need(header.get(1) === -19 && isBytes(kid, 4) && header.get(16) === type && header.size === (type ? 3 : 2))
  return { protectedHeader, kid: hex(kid), payload, signature }
}

export async function holds({ x }, signature, message) {
  const key = await crypto.subtle.importKey('jwk', { kty: 'OKP', crv: 'Ed25519', x }, 'Ed25519', false, ['verify'])
  return crypto.subtle.verify('Ed25519', key, signature, message)
}

async function signer({ protectedHeader, payload, signature }, keys, aad) {
  const parts = [protectedHeader, utf8.encode(aad), payload].map((part) => head(2, part.length) + hex(part))
  const message = unhex('846a' + hex(utf8.encode('Signature1')) + parts.join(''))
  for (const key of keys) if (await holds(key, signature, message)) return key
}

export const keysFor = ({ keys }, use) => keys.filter((key) => key.crv === 'Ed25519' && (key.purpose ?? 'label') === use)

// On a key's days, or in the week after
export const inUse = ({ from, to }, moment) => moment >= new Date(from) && moment - 8 * 864e5 < new Date(to)

function statementIn(payload) {
  const claims = fromCbor(payload), exp = claims.get(4), cti = claims.get(7), label = claims.get(-65537)
  const [tier, status_index, digest, name_version, holder = null] = label
  need(claims.size === 3 && isTime(exp) && isBytes(cti, 10) && isNumber(tier, 0, 3) && isBytes(digest, 12))
  need(isNumber(status_index, 0, 2 ** 32 - 1) && isText(name_version, 120))
  need(label.length === 4 || (label.length === 5 && isText(holder, 200)))
  const number = BigInt('0x' + hex(cti)).toString(32).padStart(16, 0)
  return {
    id: number.replace(/./g, (digit) => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[parseInt(digit, 32)]),
    expires_at: new Date(exp * 1000),
    tier: ['low', 'medium', 'high', 'critical'][tier],
    status_index, subject_digest: hex(digest), name_version, holder
  }
}

// A day that the month lacks is its last
const latestEnd = ({ to }) => +to.slice(0, 4) + 2 + to.slice(4) + 'T24'

// `witnessed` tells when the log showed it
export async function verify(token, jwks, { at, witnessed = () => null }) {
  const parts = attempt(() => unseal(fromBase36(token)))
  const answer = (authenticity, statement, expired) => ({ authenticity, statement, expired })
  if (!parts) return answer('malformed')
  const named = keysFor(jwks, 'label').filter((key) => key.kid === parts.kid)
  if (!named.length) return answer('unknown_key')
  const key = await signer(parts, named, 'certify/label/1')
  if (!key) return answer('bad_signature')
  const statement = attempt(() => statementIn(parts.payload))
  if (!statement) return answer('malformed')
  if (statement.expires_at.toISOString() > latestEnd(key)) return answer('unknown_key')
  const seen = await witnessed(statement), lost = key.compromised_at
  if (lost && !(seen && seen < new Date(lost))) return answer('not_in_log')
  // What a stolen key witnessed is proved again, later
  const isLate = keysFor(jwks, 'witness').some((one) => one.compromised_at && one.from <= key.to && one.to >= key.from)
  if (seen && !inUse(isLate ? { ...key, to: '9999' } : key, seen)) return answer('key_not_in_use')
  return answer('authentic', statement, at > statement.expires_at)
}

const SHARD = 2 ** 17
export const shardOf = (index) => Math.floor(index / SHARD)

async function listIn(payload) {
  const claims = fromCbor(payload), list = claims.get(65533), packed = list.get('lst')
  const [address, version, iat, exp, ttl] = [2, -65538, 6, 4, 65534].map((name) => claims.get(name))
  need(claims.size === 6 && list.size === 2 && list.get('bits') === 2 && isBytes(packed) && typeof address === 'string')
  need([version, iat, exp, ttl].every((value) => isNumber(value, 0, 253402300799)))
  const inflated = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'))
  const statuses = new Uint8Array(await new Response(inflated).arrayBuffer())
  need(statuses.length === SHARD / 4)
  const value = (index) => statuses[index % SHARD >> 2] >> index % 4 * 2 & 3
  return { address, version, issued: new Date(iat * 1000), expires: new Date(exp * 1000), value }
}

// Throws why nothing follows
export async function statusList(data, jwks, { shard, at, knownVersion = 0 }) {
  const parts = data.length <= 65536 && attempt(() => unseal(data, 'application/statuslist+cwt'))
  need(parts, 'list_malformed')
  const keys = keysFor(jwks, 'status').filter((key) => !key.compromised_at)
  const key = await signer(parts, keys, '')
  need(key, 'list_not_signed')
  const list = await listIn(parts.payload).catch(() => need(0, 'list_malformed'))
  need(inUse(key, list.issued), 'list_not_signed')
  need(list.address.endsWith('/s/' + shard), 'list_of_another_address')
  need(list.version >= knownVersion, 'list_older')
  need(list.issued - 900e3 <= at && at <= list.expires, 'list_stale')
  return { ...list, shard }
}
