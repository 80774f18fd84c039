/** Short messages: seen as a quiet note, and read out by a screen reader. */
import { defineStore } from 'pinia'
import { ref } from 'vue'

export interface Note {
  id: number
  text: string
  tone: 'plain' | 'good' | 'bad'
}

export const useAnnouncer = defineStore('announcer', () => {
  const notes = ref<Note[]>([])
  let last = 0

  function say(text: string, tone: Note['tone'] = 'plain'): void {
    if (notes.value.some((note) => note.text === text)) return
    const id = ++last
    notes.value = [...notes.value.slice(-2), { id, text, tone }]
    setTimeout(() => dismiss(id), tone === 'bad' ? 12_000 : 6_000)
  }

  function dismiss(id: number): void {
    notes.value = notes.value.filter((note) => note.id !== id)
  }

  return { notes, say, dismiss }
})
