import { formatNs, offsetMs } from './zone.ts'

const stepsMs = [
  100, 500, 1000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000,
  7_200_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000, 172_800_000, 604_800_000, 1_209_600_000, 2_592_000_000,
]

/** Round times of a range in a zone with short labels: the date alone, hours and minutes, or seconds as well. */
export function timeTicks(from: number, to: number, zone: string, most: number): { ms: number; text: string }[] {
  const step = stepsMs.find((one) => (to - from) / one <= most) ?? (to - from) / most
  // Steps are counted from local midnight, so that days begin where people see them begin.
  const offset = offsetMs(from, zone)
  const ticks: { ms: number; text: string }[] = []
  for (let ms = Math.ceil((from + offset) / step) * step - offset; ms <= to; ms += step) {
    const full = formatNs(BigInt(Math.round(ms)) * 1_000_000n, zone, 3)
    const midnight = full.slice(11, 19) === '00:00:00'
    const text =
      step >= 86_400_000 || (midnight && step >= 60_000)
        ? full.slice(5, 10)
        : step >= 60_000
          ? full.slice(11, 16)
          : step >= 1000
            ? full.slice(11, 19)
            : full.slice(11, 21)
    ticks.push({ ms, text })
  }
  return ticks
}
