// What a page does for browser.mjs.

const refusesText = () => {
  try {
    return !Function('return 1')()
  } catch {
    return true
  }
}

/** Runs what a page is for, under a policy by which no text is evaluated, and tells the server what it returned, or how it failed. */
export const report = async body => {
  const [path, text] = await Promise.resolve().then(() => {
    if (!refusesText()) throw Error('text was evaluated: the content security policy is not in force')
    return body()
  }).then(text => ['/done', text], error => ['/failed', `${error}\n${error?.stack}\n${navigator.userAgent}`])
  await fetch(path, { method: 'POST', body: text })
}
