/** For programs: digits beyond the fourth say nothing of what was estimated. */
export const fourDigits = (value: number): number => Number(value.toPrecision(4))
