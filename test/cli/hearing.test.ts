import { describe, expect, it } from 'vitest'
import { hearingOf } from '../../src/cli/hearing.ts'
import { DeployError } from '../../src/core/errors.ts'

const failure = (code: string): DeployError => new DeployError({ code, what: `${code} it is` })

describe('a cluster that is looked at again and again', () => {
  it('is said to be away once, and once to be back', () => {
    const said: string[] = []
    const { heard, unheard } = hearingOf('east', (text) => said.push(text))
    heard()
    for (let times = 0; times < 2; times += 1) {
      unheard(failure('kube-refused'))
      unheard(failure('kube-timeout'))
      heard()
      heard()
    }
    const once = ['east is not heard, looking again: kube-refused it is', 'east is heard again']
    expect(said).toEqual([...once, ...once])
  })

  it.each([failure('kube-forbidden'), failure('journal-damaged'), new Error('a bug')])(
    'is not waited for: %s',
    (error) => {
      const { unheard } = hearingOf('east', () => {})
      expect(() => unheard(error)).toThrow(error)
    },
  )
})
