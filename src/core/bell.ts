/** Rings for those who wait now: who waits later waits for the next time. */
export interface Bell {
  ring(): void
  rung(): Promise<void>
}

export function newBell(): Bell {
  let next = Promise.withResolvers<void>()
  return {
    ring() {
      next.resolve()
      next = Promise.withResolvers()
    },
    rung: () => next.promise,
  }
}
