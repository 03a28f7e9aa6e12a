import { WallTime } from './wall-time.ts'

/**
 * Where the parts of one message stand in its bytes. Reused from message to message. A part that is missing has equal
 * start and end.
 */
export class SyslogMessage {
  /** `none`: it is no syslog message; all of it is the text. */
  format: 'none' | 'rfc3164' | 'rfc5424' = 'none'
  /** 0 … 191; -1: not told. */
  priority = -1
  /** Whether `time` was read; it stands at timeStart … timeEnd. */
  hasTime = false
  readonly time = new WallTime()
  timeStart = 0
  timeEnd = 0
  hostStart = 0
  hostEnd = 0
  appStart = 0
  appEnd = 0
  processStart = 0
  processEnd = 0
  idStart = 0
  idEnd = 0
  /** Number that Cisco devices give their messages. */
  sequenceStart = 0
  sequenceEnd = 0
  /** Structured data, with its brackets; well formed. */
  dataStart = 0
  dataEnd = 0
  textStart = 0
  textEnd = 0

  /** Forgets all parts; the text is then everything. */
  reset(start: number, end: number): void {
    this.format = 'none'
    this.priority = -1
    this.hasTime = false
    this.timeStart = this.timeEnd = start
    this.hostStart = this.hostEnd = start
    this.appStart = this.appEnd = start
    this.processStart = this.processEnd = start
    this.idStart = this.idEnd = start
    this.sequenceStart = this.sequenceEnd = start
    this.dataStart = this.dataEnd = start
    this.textStart = start
    this.textEnd = end
  }
}
