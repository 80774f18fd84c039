/** Sends bytes and says how far they are; fetch cannot say how much of a body has gone out. */
import { told as reached } from './client'
import { NetworkLost, problemOf, Refused } from './problems'

interface How {
  csrf: string
  method?: 'POST' | 'PUT'
  /** Hears the part that has gone out, 1 from when the server is reading. */
  told?: (part: number) => void
}

/** The answer to a body; throws `Refused` with words, or `NetworkLost`. */
export function send<T>(address: string, body: Blob | FormData, { csrf, told, method = 'POST' }: How): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open(method, address)
    // A form in several parts says its own type, with the line between them.
    if (body instanceof Blob) request.setRequestHeader('content-type', 'application/octet-stream')
    request.setRequestHeader('x-csrf', csrf)
    request.setRequestHeader('accept', 'application/json')
    request.responseType = 'json'
    if (told) {
      request.upload.addEventListener('progress', (event) => event.lengthComputable && told(event.loaded / event.total))
      request.upload.addEventListener('load', () => told(1))
    }
    const lost = () => {
      reached(false)
      reject(new NetworkLost())
    }
    request.addEventListener('error', lost)
    request.addEventListener('abort', lost)
    request.addEventListener('load', () => {
      const answer = request.response as unknown
      if ([502, 503, 504].includes(request.status) && !isProblem(answer)) return lost()
      reached(true)
      if (request.status >= 200 && request.status < 300) resolve(answer as T)
      else reject(new Refused(problemOf(within(answer) ?? answer, request.status)))
    })
    request.send(body)
  })
}

/** A command that was refused is an answer with the problem in it. */
function within(answer: unknown): unknown {
  return answer && typeof answer === 'object' && 'problem' in answer ? answer.problem : undefined
}

function isProblem(body: unknown): boolean {
  return !!body && typeof body === 'object' && ('code' in body || 'problem' in body)
}
