/** The one client of the API, generated from its document; the only place that knows fetch. */
import createClient, { type Middleware } from 'openapi-fetch'
import { NetworkLost, problemOf, Refused } from './problems'
import type { components, paths } from './schema'

export type Wire = components['schemas']
export type Words = Wire['Words']

let csrf = ''
let onSignedOut: () => void = () => {}
let onReach: (reached: boolean) => void = () => {}

/** Remembers the session's token; it goes with everything that is not a GET. */
export function setCsrf(token: string): void {
  csrf = token
}

/** The session's token, for what does not go through the client. */
export function csrfToken(): string {
  return csrf
}

/** Says what happens when the session is over. */
export function whenSignedOut(act: () => void): void {
  onSignedOut = act
}

/** Says who wants to know whether the server was reached. */
export function whenReached(act: (reached: boolean) => void): void {
  onReach = act
}

const session: Middleware = {
  onRequest({ request }) {
    if (request.method !== 'GET' && csrf) request.headers.set('x-csrf', csrf)
    return request
  },
}

export const api = createClient<paths>({
  baseUrl: typeof location === 'undefined' ? 'http://localhost' : location.origin,
  fetch: (request: Request) => globalThis.fetch(request),
})
api.use(session)

/** Tells whoever wants to know whether the server was reached. */
export function told(reached: boolean): void {
  onReach(reached)
}

/** Fetches what is no JSON, such as a form or a picture; throws as `ask` does. */
export async function fetchRaw(path: string): Promise<Response> {
  const request = globalThis.fetch(path, { headers: { accept: '*/*' } })
  // The body is left for whoever asked, unless it says what is wrong.
  const answered = request.then(async (response) => {
    const error: unknown = response.ok ? undefined : await response.json().catch(() => undefined)
    return { data: response, error, response }
  })
  return ask(answered)
}

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** Waits for an answer; throws `Refused` with words, or `NetworkLost`. */
export async function ask<T>(request: Promise<Answer<T>>, quietly = false): Promise<T> {
  let answer: Answer<T>
  try {
    answer = await request
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    onReach(false)
    throw new NetworkLost()
  }
  const { data, error, response } = answer
  // The gateway's answers mean that the server behind it was not reached.
  if ([502, 503, 504].includes(response.status) && !isProblem(error)) {
    onReach(false)
    throw new NetworkLost()
  }
  onReach(true)
  if (response.ok) return data as T
  if (response.status === 401 && !quietly) onSignedOut()
  throw new Refused(problemOf(error, response.status))
}

function isProblem(body: unknown): boolean {
  return !!body && typeof body === 'object' && 'code' in body
}
