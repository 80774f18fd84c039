/** What goes wrong between here and the server, as errors with words for people. */
import type { components } from './schema'

export type Problem = components['schemas']['Problem']

/** The server refused, and said why. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title)
    this.name = 'Refused'
  }
}

/** The server could not be reached; nothing is known about what became of the request. */
export class NetworkLost extends Error {
  constructor() {
    super('The network is gone')
    this.name = 'NetworkLost'
  }
}

/** Makes a problem of an answer that is none, such as a gateway's own page. */
export function problemOf(body: unknown, status: number): Problem {
  if (body && typeof body === 'object' && 'words' in body && 'code' in body) return body as Problem
  return {
    type: 'about:blank',
    title: `HTTP ${status}`,
    status,
    detail: '',
    code: `http_${status}`,
    words: {
      zh: status >= 500 ? '服务器暂时出了问题，请稍后再试。' : `服务器没有接受这个请求（${status}）。`,
      en: status >= 500 ? 'The server has a problem just now; try again in a moment.' : `The server did not accept this (${status}).`,
    },
  }
}
