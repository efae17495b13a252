/** `1 pod`, `3 pods`, `3 new pods`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
