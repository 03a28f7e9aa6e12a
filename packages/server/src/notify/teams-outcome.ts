import type { SendOutcome } from './notifier.ts'
import type { Outgoing } from './outgoing/outgoing.ts'
import { failed, type JsonRequest, requestJson } from './outgoing/post-json.ts'

/**
 * Posts to Microsoft Teams. Its connectors answer 200 with a text when they were asked too often, or when what stands behind
 * them failed (https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using).
 */
export async function postToTeams(outgoing: Outgoing, request: JsonRequest): Promise<SendOutcome> {
  const result = await requestJson(outgoing, request)
  if ('outcome' in result) return result.outcome
  const [, status] = /HTTP error (\d{3})/.exec(result.answer.body) ?? []
  if (status === undefined) return { sent: true }
  return failed(status === '429' || status.startsWith('5'), `Microsoft Teams answered with error ${status}`)
}
