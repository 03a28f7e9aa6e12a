import { z } from 'zod'
import { type Assembled, Assembler } from '../batch/assembler.ts'
import { lineRange } from '../batch/line-range.ts'
import { resolveLabels } from '../batch/stream-directory.ts'
import { Delivery } from '../delivery.ts'
import { DelimitedFrames } from '../listen/delimited-frames.ts'
import { type FrameBatch, FrameQueue } from '../listen/frame-queue.ts'
import { framedConnection, frameTooLong } from '../listen/framed-connection.ts'
import { datagramOptions, streamOptions } from '../listen/options.ts'
import { defineReceiver, type ReceiverContext } from '../receiver.ts'

const LF = 0x0a

/** A protocol of lines, for tests of what all receivers with ports share. A line `fault` is a fault of the receiver. */
export const lineReceiver = defineReceiver({
  name: 'lines',
  summary: 'Lines of text',
  options: z.strictObject({
    tcp: streamOptions(9000, 'Lines over TCP.'),
    udp: datagramOptions(9000, 'Lines over UDP.'),
  }),
  example: 'true',
  open: ({ tcp, udp }, context) => {
    const delivery = new Delivery('lines', context)
    const queueOf = (maxBytes: number) =>
      new FrameQueue(delivery, {
        tenant: 't',
        decode: (frames) => decodeLines(frames, context),
        now: context.now,
        maxBytes,
        maxAgeMs: 5,
      })
    const streams = queueOf(1 << 16)
    const datagrams = queueOf(udp.maxQueueBytes)
    return {
      listeners: [
        {
          kind: 'stream',
          name: 'tcp',
          options: tcp,
          open: (connection) => {
            const tooLong = frameTooLong(delivery, connection, 'receivers.lines.tcp', tcp.maxFrameBytes)
            const frames = new DelimitedFrames(LF, tcp.maxFrameBytes, tooLong)
            return framedConnection(frames, (frame) => streams.put(frame, connection.remoteAddress))
          },
        },
        { kind: 'datagram', name: 'udp', options: udp, receive: (bytes, from) => void datagrams.offer(bytes, from) },
      ],
      close: async () => {
        await Promise.all([streams.close(), datagrams.close()])
      },
    }
  },
})

function decodeLines(frames: FrameBatch, { limits, now }: ReceiverContext): Assembled {
  const assembler = new Assembler('t', 'lines', frames.bytes, limits, now())
  for (let i = 0; i < frames.count; i++) {
    const [start, end] = lineRange(frames.bytes, frames.start[i]!, frames.end[i]!, assembler, limits)
    if (frames.bytes.toString('latin1', start, end) === 'fault') throw new TypeError('a fault')
    assembler.entry(Math.floor(frames.receivedMs[i]! / 1000), 0, start, end)
  }
  assembler.endStream(resolveLabels('t', [['from', 'test']], limits))
  return assembler.finish()
}
