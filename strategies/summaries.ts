/** A line on each strategy, in the order of help; apart from their code, so that help need not load it. */
export const summaries = {
  rolling: 'new pods take the place of the old in batches, each watched before the next',
  'blue-green': 'the whole new set beside the old, checked before any user sees it, then cut over',
  canary: 'shift requests in steps, watching each before the next',
} as const
