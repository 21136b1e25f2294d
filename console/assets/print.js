// What is folded up is unfolded on paper, and folded again afterwards. The style sheet does the same in
// browsers that can.
export function unfoldForPrint() {
  let opened = []
  window.addEventListener('beforeprint', () => {
    opened = [...document.querySelectorAll('details:not([open])')]
    for (const details of opened) details.open = true
  })
  window.addEventListener('afterprint', () => {
    for (const details of opened) details.open = false
    opened = []
  })
}
