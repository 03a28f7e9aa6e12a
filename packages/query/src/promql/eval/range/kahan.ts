/** A sum with the error that its roundings have left behind (Neumaier's variant of Kahan's summation). */
export class KahanSum {
  sum = 0
  lost = 0

  reset(sum = 0): void {
    this.sum = sum
    this.lost = 0
  }

  add(value: number): void {
    const { sum } = this
    const total = sum + value
    if (total === Number.POSITIVE_INFINITY || total === Number.NEGATIVE_INFINITY) this.lost = 0
    else if (Math.abs(sum) >= Math.abs(value)) this.lost += sum - total + value
    else this.lost += value - total + sum
    this.sum = total
  }

  get total(): number {
    return this.sum + this.lost
  }
}
