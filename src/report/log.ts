import { destination, type Logger, pino } from 'pino'

/**
 * A run's diagnostic log, for the day on which the journal is not enough: every decision and every request, as NDJSON
 * beside the journal. Written at once, so that a crash does not swallow its own cause; readable by its owner only.
 */
export function openLog(path: string, run: string): Logger {
  const file = destination({ dest: path, sync: true, mode: 0o600, maxLength: mostWaiting })
  // On a disk that is full the release goes on without its log.
  file.on('error', () => {})
  // Without its `flushSync`, which pino calls after a fatal line, and which tries again for ever on a disk that is full.
  const lines = { write: (line: string) => void file.write(line) }
  return pino({ base: { run }, timestamp: pino.stdTimeFunctions.isoTime }, lines)
}

/** Bytes that wait to be written; what comes after them is dropped. */
const mostWaiting = 1 << 20
