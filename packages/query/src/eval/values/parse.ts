export {
  float64Of,
  type Parsed,
  parseByteSize,
  parseFloat64,
  parseGoDuration,
  utf8Length,
} from '../../text/quantity.ts'
