/** Files that come with a form: whether one that somebody brings is one that it asks for. */

/** The largest file that is taken. */
export const MEDIA_BYTES_MAX = 5 * 1024 * 1024

/** Why a file is not taken. */
export interface MediaMisfit {
  key: 'unasked' | 'near' | 'large' | 'empty'
  /** The name that is probably meant. */
  near?: string
}

/** What is wrong with a file, if anything: the form asks for files by their exact names. */
export function misfitOf(file: { name: string; size: number }, asked: readonly string[]): MediaMisfit | undefined {
  if (!asked.includes(file.name)) {
    const near = asked.find((one) => plain(one) === plain(file.name))
    return near ? { key: 'near', near } : { key: 'unasked' }
  }
  if (!file.size) return { key: 'empty' }
  return file.size > MEDIA_BYTES_MAX ? { key: 'large' } : undefined
}

/** A name as people mix it up: small and large letters, spaces, lines, and what is put behind a second copy. */
function plain(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(/\s*\(\d+\)(?=\.\w+$)/, '').replace(/[\s_-]+/g, '')
}
