import fc from 'fast-check'

/** Everything in this tier is drawn from it: `DEPLOY_SEED=123 npm run test:storm` has the same weather again. */
export const seed = Number(process.env['DEPLOY_SEED'] ?? (process.env['CI'] ? 20261121 : Date.now() % 1_000_000))

/** Of so many: `DEPLOY_STORM=0.4` tries four of ten. */
export const share = (all: number): number => Math.ceil(all * Number(process.env['DEPLOY_STORM'] ?? 1))

/** Throws of a die with so many sides, from 1: the same ones for the same name and seed. */
export function dice(name: string): (sides: number) => number {
  let state = seed
  for (let index = 0; index < name.length; index += 1)
    state = Math.imul(state ^ name.charCodeAt(index), 0x01000193) + 0x9e3779b9
  return (sides) => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9
    const mixed = Math.imul(state ^ (state >>> 13), 0x297a2d39)
    return 1 + (((mixed ^ (mixed >>> 16)) >>> 0) % sides)
  }
}

fc.configureGlobal({ seed })
