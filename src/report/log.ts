import { destination, type Logger, pino } from 'pino'

/**
 * A run's diagnostic log, for the day on which the journal is not enough: every decision and every request, as NDJSON
 * beside the journal. Written at once, so that a crash does not swallow its own cause; readable by its owner only.
 */
export const openLog = (path: string, run: string): Logger =>
  pino(
    { base: { run }, timestamp: pino.stdTimeFunctions.isoTime },
    destination({ dest: path, sync: true, mode: 0o600 }),
  )
