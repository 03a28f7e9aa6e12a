import { defineFunction } from './define-function.ts'
import type { PromDocEntry } from './doc.ts'

/** A function of each value on its own. */
function each(name: string, text: string, metric = 'sensor_value'): PromDocEntry {
  return defineFunction(name, ['v'], text, `${name}(${metric})`)
}

const ROUNDING: readonly PromDocEntry[] = [
  each('abs', 'Every value without its sign.'),
  each('ceil', 'Every value rounded up to a whole number.'),
  each('floor', 'Every value rounded down to a whole number.'),
  each('sgn', 'Sign of every value: 1, 0 or -1.'),
  each('sqrt', 'Square root of every value.'),
  each('exp', 'e to the power of every value.'),
  each('ln', 'Natural logarithm of every value.'),
  each('log2', 'Binary logarithm of every value.'),
  each('log10', 'Decimal logarithm of every value.'),
  defineFunction(
    'round',
    ['v', 'nearest'],
    'Every value rounded to the nearest multiple of a number, of 1 if none is given; halves go up.',
    'round(request_duration_seconds, 0.01)',
  ),
  defineFunction(
    'clamp',
    ['v', 'min', 'max'],
    'Every value pressed between two bounds; nothing when the lower one is above the upper one.',
    'clamp(cpu_load, 0, 1)',
  ),
  defineFunction('clamp_min', ['v', 'min'], 'Every value, at least the bound.', 'clamp_min(free_slots, 0)'),
  defineFunction('clamp_max', ['v', 'max'], 'Every value, at most the bound.', 'clamp_max(cpu_load, 1)'),
]

const ANGLES: readonly PromDocEntry[] = [
  each('sin', 'Sine of every value, in radians.'),
  each('cos', 'Cosine of every value, in radians.'),
  each('tan', 'Tangent of every value, in radians.'),
  each('asin', 'Arc sine of every value, in radians.'),
  each('acos', 'Arc cosine of every value, in radians.'),
  each('atan', 'Arc tangent of every value, in radians.'),
  each('sinh', 'Hyperbolic sine of every value.'),
  each('cosh', 'Hyperbolic cosine of every value.'),
  each('tanh', 'Hyperbolic tangent of every value.'),
  each('asinh', 'Inverse hyperbolic sine of every value.'),
  each('acosh', 'Inverse hyperbolic cosine of every value.'),
  each('atanh', 'Inverse hyperbolic tangent of every value.'),
  each('deg', 'Radians as degrees.', 'wind_direction_radians'),
  each('rad', 'Degrees as radians.', 'wind_direction_degrees'),
]

const HISTOGRAMS: readonly PromDocEntry[] = [
  defineFunction(
    'histogram_quantile',
    ['φ', 'buckets'],
    'Quantile φ (0 to 1) of the observations counted in buckets by their label le, interpolated within a bucket.',
    'histogram_quantile(0.95, sum by (le) (rate(request_duration_seconds_bucket[5m])))',
  ),
  defineFunction(
    'histogram_quantiles',
    ['buckets', 'label', 'φ', 'φ'],
    'Up to ten quantiles at once, told apart by a label of that name.',
    'histogram_quantiles(sum by (le) (rate(request_duration_seconds_bucket[5m])), "quantile", 0.5, 0.95)',
  ),
  defineFunction(
    'histogram_fraction',
    ['lower', 'upper', 'buckets'],
    'Share of the observations between two bounds.',
    'histogram_fraction(0, 0.2, sum by (le) (rate(request_duration_seconds_bucket[5m])))',
  ),
  each('histogram_avg', 'Mean observation of native histograms, of which there are none here.'),
  each('histogram_count', 'Number of observations of native histograms, of which there are none here.'),
  each('histogram_sum', 'Sum of the observations of native histograms, of which there are none here.'),
  each(
    'histogram_stddev',
    'Standard deviation of the observations of native histograms, of which there are none here.',
  ),
  each('histogram_stdvar', 'Variance of the observations of native histograms, of which there are none here.'),
]

export const VALUE_DOCS: readonly PromDocEntry[] = [...ROUNDING, ...ANGLES, ...HISTOGRAMS]
