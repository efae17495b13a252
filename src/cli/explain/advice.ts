/** What an error code means, and what somebody who meets it does, in the order of trying. */
export interface Advice {
  readonly means: string
  readonly todo: readonly string[]
}

export type Advices = Readonly<Record<string, Advice>>

export const advice = (means: string, ...todo: readonly string[]): Advice => ({ means, todo })
