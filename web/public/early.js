// Sets theme and language before the first paint, so that nothing flashes.
;(function () {
  var root = document.documentElement
  var kept = function (key) {
    try {
      return localStorage.getItem(key)
    } catch {
      return null
    }
  }
  var theme = kept('linli-theme')
  var dark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  root.classList.toggle('dark', dark)
  var language = kept('linli-language')
  root.lang = language || (/^zh/i.test(navigator.language) ? 'zh-Hans' : 'en')
})()
