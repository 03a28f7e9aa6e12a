const two = (number: number) => String(number).padStart(2, '0')

/** Local date and time as the names of runs and their files have it: `20251220_120000`. */
export function runStamp(timeMs: number): string {
  return `${dayStamp(timeMs)}_${timeOfDay(new Date(timeMs))}`
}

/** The local date: `20251220`. */
export function dayStamp(timeMs: number): string {
  const date = new Date(timeMs)
  return `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`
}

const timeOfDay = (date: Date) => `${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`
