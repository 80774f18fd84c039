/**
 * The pages and their addresses. Addresses end with a slash where they hold an id: ids may have a
 * point in them, and a server that gives files takes a last part with a point for a file.
 */
import { createRouter, createWebHistory } from 'vue-router'
import { useSession } from './session/store'

export const router = createRouter({
  history: createWebHistory(),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  routes: [
    { path: '/signin', name: 'signin', component: () => import('./session/SignInPage.vue'), meta: { open: true } },
    { path: '/', name: 'day', component: () => import('./day/DayPage.vue') },
    { path: '/cases', name: 'cases', component: () => import('./cases/CasesPage.vue') },
    { path: '/cases/new', name: 'new-case', component: () => import('./cases/NewCasePage.vue') },
    { path: '/cases/:ledger/:id/', name: 'case', component: () => import('./cases/CasePage.vue') },
    { path: '/households/:ledger/:id/', name: 'household', component: () => import('./people/HouseholdPage.vue') },
    { path: '/places', name: 'places', component: () => import('./places/PlacePage.vue') },
    { path: '/places/:id/', name: 'place', component: () => import('./places/PlacePage.vue') },
    { path: '/tables', name: 'tables', component: () => import('./indicators/TablesPage.vue') },
    { path: '/tables/:id/', name: 'table', component: () => import('./indicators/TablePage.vue') },
    { path: '/modes', name: 'modes', component: () => import('./modes/ModesPage.vue') },
    { path: '/modes/declare', name: 'declare', component: () => import('./modes/DeclarePage.vue') },
    { path: '/accounts', name: 'accounts', component: () => import('./accounts/AccountsPage.vue') },
    { path: '/roster', name: 'roster', component: () => import('./roster/RosterPage.vue') },
    { path: '/stock', name: 'stock', component: () => import('./stock/StockPage.vue') },
    { path: '/forms', name: 'forms', component: () => import('./forms/FormsPage.vue') },
    { path: '/forms/fill', name: 'fill', component: () => import('./forms/FillPage.vue') },
    { path: '/records/:ledger/:id/', name: 'record', component: () => import('./forms/RecordPage.vue') },
    { path: '/outbox', name: 'outbox', component: () => import('./outbox/OutboxPage.vue') },
    { path: '/kept', name: 'kept', component: () => import('./kept/KeptPage.vue') },
    { path: '/:rest(.*)*', name: 'nothing', component: () => import('./shell/NothingPage.vue') },
  ],
})

router.beforeEach((to) => {
  const session = useSession()
  if (!to.meta.open && !session.session) return { name: 'signin', query: to.fullPath === '/' ? {} : { then: to.fullPath } }
  if (to.name === 'signin' && session.session) return { name: 'day' }
  return true
})

// A new edition of the app has other files: a page that is not there any more is fetched by a full load.
router.onError((error, to) => {
  const gone = /dynamically imported module|Importing a module script failed|error loading/i.test(String(error))
  if (gone && navigator.onLine && !sessionStorage.getItem('linli-reloaded')) {
    sessionStorage.setItem('linli-reloaded', 'yes')
    location.assign(to.fullPath)
  }
})
router.afterEach(() => sessionStorage.removeItem('linli-reloaded'))
