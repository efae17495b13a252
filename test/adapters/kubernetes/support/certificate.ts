import { generateKeyPairSync, sign } from 'node:crypto'

/** A self-signed certificate, its own CA, made without any tool. */
export interface Pem {
  readonly cert: string
  readonly key: string
}

export interface CertificateOf {
  readonly dns?: readonly string[]
  readonly ip?: readonly [number, number, number, number]
  readonly from?: Date
  readonly to?: Date
}

const day = 86_400_000

export function certificate(of: CertificateOf = {}): Pem {
  const { dns = ['localhost'], ip = [127, 0, 0, 1] } = of
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const names = [...dns.map((name) => der(0x82, Buffer.from(name))), der(0x87, Buffer.from(ip))]
  const alternativeNames = sequence(oid(85, 29, 17), der(0x04, sequence(...names)))
  const isAuthority = sequence(oid(85, 29, 19), der(0x01, bytes(0xff)), der(0x04, sequence(der(0x01, bytes(0xff)))))
  const validity = sequence(time(of.from ?? new Date(Date.now() - day)), time(of.to ?? new Date(Date.now() + day)))
  const subject = sequence(der(0x31, sequence(oid(85, 4, 3), der(0x0c, Buffer.from('test')))))
  const tbs = sequence(
    der(0xa0, der(0x02, bytes(2))),
    der(0x02, bytes(1)),
    ecdsaWithSha256,
    subject,
    validity,
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(alternativeNames, isAuthority)),
  )
  const signature = der(0x03, bytes(0), sign('sha256', tbs, privateKey))
  return {
    cert: pem(sequence(tbs, ecdsaWithSha256, signature)),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

const bytes = (...values: number[]): Buffer => Buffer.from(values)

/** Tag, length, value. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const value = Buffer.concat(parts)
  const { length } = value
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([bytes(tag, ...size), value])
}

const sequence = (...parts: Buffer[]): Buffer => der(0x30, ...parts)
const oid = (...parts: number[]): Buffer => der(0x06, bytes(...parts))
const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02))
const time = (at: Date): Buffer => der(0x17, Buffer.from(`${at.toISOString().slice(2, 19).replaceAll(/\D/g, '')}Z`))
const pem = (body: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${body.toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`
