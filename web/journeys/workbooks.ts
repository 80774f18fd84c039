/** Workbooks as the journeys' people write them: the tables of XLSForm, in Markdown. */
export interface File {
  name: string
  mimeType: string
  buffer: Buffer
}

function file(name: string, text: string): File {
  return { name, mimeType: 'text/markdown', buffer: Buffer.from(text) }
}

/** A version is published once; each run of the journeys has its own. */
const version = String(Date.now())

const SURVEY = (relevant: string) => `| survey |
|        | type                   | name    | label::中文 (zh)   | label::English (en)         | required | relevant     | constraint          | element        |
|        | begin_group            | home    | 家里               | At home                     |          |              |                     |                |
|        | integer                | people  | 家里几口人？       | How many people live here?  | yes      |              | . > 0 and . < 30    | people_at_home |
|        | select_multiple needs  | needs   | 缺什么？           | What is lacking?            |          |              |                     |                |
|        | text                   | which   | 缺哪一种药？       | Which medicine?             |          | ${relevant}  |                     |                |
|        | end_group              |         |                    |                             |          |              |                     |                |
|        | image                  | door    | 门口的照片         | A picture of the door       |          |              |                     |                |
|        | text                   | note    | 还有什么要说的？   | Anything else?              |          |              |                     |                |
| choices |
|        | list_name | name     | label::中文 (zh) | label::English (en) |
|        | needs     | food     | 吃的             | Food                |
|        | needs     | medicine | 药               | Medicine            |
| settings |
|        | form_title | form_id       | version  | default_language |
|        | 走访新表   | journey_visit | ${version} | 中文 (zh)        |
`

export const goodWorkbook = file('journey_visit.md', SURVEY("selected(${needs}, 'medicine')"))
/** A reference with a letter missing, in the fifth row of the sheet. */
export const badWorkbook = file('journey_visit_bad.md', SURVEY("selected(${neds}, 'medicine')"))

/** The smallest picture there is. */
export const picture = { name: 'door.png', mimeType: 'image/png', buffer: Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64') }
