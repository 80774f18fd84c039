/** The ways through the app, by what a person does. */
import { BookUser, Boxes, CalendarCheck, ClipboardList, Inbox, MapPinned, NotebookPen, Siren, Table2, Upload, UsersRound } from '@lucide/vue'
import { computed, type FunctionalComponent } from 'vue'
import { useSession } from '@/session/store'

export interface Way {
  name: string
  word: string
  icon: FunctionalComponent
  query?: Record<string, string>
}

/** Where somebody may go, the most used first. */
export function useWays() {
  const session = useSession()
  return computed<Way[]>(() => {
    const neighbour = session.isNeighbour
    const works = session.opensCases || session.roles.has('department')
    const ways: (Way | false)[] = [
      { name: 'day', word: 'ways.day', icon: CalendarCheck },
      works && { name: 'cases', word: neighbour ? 'ways.requests' : 'ways.cases', icon: ClipboardList },
      neighbour && !!session.person && { name: 'kept', word: 'ways.kept', icon: BookUser },
      !neighbour && { name: 'places', word: 'ways.places', icon: MapPinned },
      works && { name: 'forms', word: 'ways.forms', icon: NotebookPen },
      { name: 'modes', word: 'ways.modes', icon: Siren },
      !neighbour && { name: 'tables', word: 'ways.tables', icon: Table2 },
      !neighbour && { name: 'stock', word: 'ways.stock', icon: Boxes },
      session.keepsPeople && { name: 'accounts', word: 'ways.accounts', icon: UsersRound },
      session.keepsPeople && { name: 'roster', word: 'ways.roster', icon: Upload },
      works && { name: 'outbox', word: 'ways.outbox', icon: Inbox },
      !neighbour && !!session.person && { name: 'kept', word: 'ways.kept', icon: BookUser },
    ]
    return ways.filter((way): way is Way => way !== false)
  })
}
