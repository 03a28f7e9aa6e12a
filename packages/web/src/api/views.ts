import type { SavedView, SavedViewContent, SavedViewsResponse } from '@girok/server/contract'
import { getJson, request } from './client.ts'

const path = '/girok/v1/views'

/** The saved views of the tenant, by name. */
export async function fetchViews(signal?: AbortSignal): Promise<readonly SavedView[]> {
  return (await getJson<SavedViewsResponse>(path, signal === undefined ? {} : { signal })).views
}

/** ApiError 409 when the name is taken. */
export function createView(content: SavedViewContent): Promise<SavedView> {
  return getJson(path, { method: 'POST', body: content })
}

/** ApiError 409 when the view is no longer at that version, or the name is taken; 404 when it was deleted. */
export function replaceView(id: string, version: number, content: SavedViewContent): Promise<SavedView> {
  return getJson(`${path}/${id}`, { method: 'PUT', body: { ...content, version } })
}

export async function deleteView(id: string, version: number): Promise<void> {
  await request(`${path}/${id}`, { method: 'DELETE', params: { version } })
}
