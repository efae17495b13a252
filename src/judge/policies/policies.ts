import type { Millis } from '../../core/time.ts'
import { argo } from './argo.ts'
import { flagger } from './flagger.ts'
import { kayenta } from './kayenta.ts'
import type { Decided, Seen } from './windows.ts'

/** Other tools' documented rules, held against the same figures. */
export const policies: Readonly<
  Record<'flagger' | 'argo' | 'kayenta', (polls: readonly Seen[], until: Millis) => Decided>
> = { flagger, argo, kayenta }
