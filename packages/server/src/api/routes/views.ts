import type { Document } from '../../model/documents.ts'
import { GirokError } from '../../model/errors.ts'
import type { SavedView, SavedViewContent, SavedViewsResponse } from '../contract.ts'
import { objectOf } from '../json-body.ts'
import { json, type RouteFamily } from '../route.ts'
import { viewContentOf } from '../view-content.ts'

/**
 * Views of the log page that a team keeps. Reading and writing need the scope `query`: whoever may read the logs of a
 * tenant may name what they look at, and a view holds nothing that the reader could not ask for.
 */
export const views: RouteFamily = ({ views: documents }) => {
  const path = '/girok/v1/views'
  const one = `${path}/:id`
  return [
    {
      methods: ['GET'],
      path,
      scope: 'query',
      errors: 'json',
      handle: ({ tenant }) => json({ views: documents.list(tenant).map(viewOf) } satisfies SavedViewsResponse),
    },
    {
      methods: ['POST'],
      path,
      scope: 'query',
      errors: 'json',
      handle: async ({ tenant, body }) =>
        json(viewOf(await documents.create(tenant, viewContentOf(objectOf(body)))), 201),
    },
    {
      methods: ['PUT'],
      path: one,
      scope: 'query',
      errors: 'json',
      handle: async (request) => {
        const object = objectOf(request.body)
        const version = versionOf(object.version)
        if (version === undefined) {
          throw new GirokError('bad_request', 'the body needs version: the number that the view had when it was read')
        }
        const { tenant } = request
        return json(viewOf(await documents.replace(tenant, request.path.id ?? '', version, viewContentOf(object))))
      },
    },
    {
      methods: ['DELETE'],
      path: one,
      scope: 'query',
      errors: 'json',
      handle: async ({ tenant, path, params }) => {
        const text = params.get('version')
        await documents.remove(tenant, path.id ?? '', text === null ? undefined : versionOf(Number(text)))
        return { status: 204 }
      },
    },
  ]
}

function viewOf({ id, version, createdAt, updatedAt, value }: Document<SavedViewContent>): SavedView {
  return { id, version, createdAt, updatedAt, ...value }
}

function versionOf(value: unknown): number | undefined {
  if (value === undefined) return undefined
  if (Number.isInteger(value) && (value as number) > 0) return value as number
  throw new GirokError('bad_request', 'version must be a whole number from 1')
}
