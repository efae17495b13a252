/** As it was meant: 0.01 % is 0.0001 and not a hair less. */
export const exactly = (value: number): number => Number(value.toFixed(8))
