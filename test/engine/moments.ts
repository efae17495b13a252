import type { Entry, PauseCause } from '../../src/core/journal.ts'

type Moment = (entry: Entry) => boolean

export const intended =
  (step: string): Moment =>
  (entry) =>
    entry.type === 'intended' && entry.step === step

export const sent =
  (step: string): Moment =>
  (entry) =>
    entry.type === 'sent' && entry.step === step

export const settled =
  (step: string): Moment =>
  (entry) =>
    entry.type === 'settled' && entry.step === step

export const passed =
  (stage: string): Moment =>
  (entry) =>
    entry.type === 'judged' && entry.answer === 'pass' && entry.stage === stage

export const paused =
  (cause?: PauseCause): Moment =>
  (entry) =>
    entry.type === 'paused' && (cause === undefined || entry.cause === cause)

export const resumed: Moment = (entry) => entry.type === 'resumed'

export const turned: Moment = (entry) => entry.type === 'turned'

export const frozen: Moment = (entry) => entry.type === 'turned' && entry.to === 'frozen'
