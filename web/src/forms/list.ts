/** The XForms of a place, read and kept on this device. */
import { computed, watch } from 'vue'
import { useView } from '@/api/view'
import { useKeeping } from './keep'
import { listForms } from './records'

/**
 * What may be filled as XForms; each is fetched in the background, so that it opens without a
 * network. `plain` names the forms that the app asks with its own questions: a pack's are there in
 * both ways, and its own questions are lighter.
 */
export function useForms(ledger: () => string, plain: () => readonly { id: string }[] | undefined) {
  const keeping = useKeeping()
  const view = useView(
    ledger,
    () => listForms(ledger()),
    { touchedBy: (change) => /^(form|pack|mode)\./.test(change.kind), rememberAs: () => `forms ${ledger()}` },
  )
  const offered = computed(() => (view.data.value ?? []).filter((form) => form.may_fill && form.source !== 'draft'))
  const forms = computed(() => offered.value.filter((form) => form.source !== 'pack' || !plain()?.some((other) => other.id === form.id)))
  watch([view.data, () => !!plain()], ([listed, known]) => {
    if (listed && known && !view.staleSince.value) void keeping.keep(ledger(), forms.value)
  })
  return { view, forms, offered }
}
