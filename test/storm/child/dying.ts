import { join } from 'node:path'

/** What a process needs in its environment to kill itself there: `before 17`, `after sent weight-50.route-50`. */
export const dying = (death: string): Record<string, string> => ({
  STORM_DEATH: death,
  NODE_OPTIONS: `--import=${join(import.meta.dirname, 'children/death.ts')}`,
})
