// Shows HTML that the server writes, and goes from one state to the next by changing only what differs: whoever reads,
// selects text or holds the focus is not disturbed. What is clicked is asked of the server.

const keyOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node.dataset.key : undefined)

const alike = (left, right) => left.nodeName === right.nodeName && keyOf(left) === keyOf(right)

function dress(old, fresh) {
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value)
  for (const { name } of [...old.attributes]) {
    // Whether a part is open is the reader's.
    if (!fresh.hasAttribute(name) && !(name === "open" && old.nodeName === "DETAILS")) old.removeAttribute(name)
  }
}

export function become(old, fresh) {
  const wanted = new Set([...fresh.children].map(keyOf))
  const known = new Map()
  for (const child of [...old.children]) {
    if (!keyOf(child)) continue
    if (wanted.has(keyOf(child))) known.set(keyOf(child), child)
    else child.remove()
  }
  let place = old.firstChild
  for (const next of [...fresh.childNodes]) {
    const found = keyOf(next) ? known.get(keyOf(next)) : place && alike(place, next) ? place : null
    if (!found || found.nodeName !== next.nodeName) {
      old.insertBefore(next, place)
      continue
    }
    if (found === place) place = place.nextSibling
    else old.insertBefore(found, place)
    if (found.nodeType === Node.ELEMENT_NODE) {
      dress(found, next)
      become(found, next)
    } else if (found.nodeValue !== next.nodeValue) found.nodeValue = next.nodeValue
  }
  while (place) {
    const gone = place
    place = place.nextSibling
    gone.remove()
  }
}

export function render({ model, el }) {
  const board = document.createElement("div")
  board.className = "board"
  let count = 0

  const draw = () => {
    const fresh = document.createElement("template")
    fresh.innerHTML = model.html
    const focused = board.getRootNode().activeElement
    become(board, fresh.content)
    // A row that moves takes its focus along.
    if (focused && board.contains(focused) && board.getRootNode().activeElement !== focused) focused.focus()
  }
  const ask = (asker, value) => {
    if (asker.getAttribute("aria-busy") === "true") return
    asker.setAttribute("aria-busy", "true")
    model.asked = { what: asker.dataset.ask, of: asker.dataset.of ?? "", value, count: ++count }
  }
  board.addEventListener("click", (event) => {
    const asker = event.target.closest("button[data-ask]")
    if (asker) ask(asker, "")
  })
  board.addEventListener("change", (event) => {
    const asker = event.target.closest("select[data-ask]")
    if (asker) ask(asker, asker.value)
  })
  model.on("heard", () => {
    for (const asker of board.querySelectorAll("[aria-busy=true]")) asker.removeAttribute("aria-busy")
  })
  model.on("html", draw)
  draw()
  el.append(board)

  if (!model.every) return
  let last = Date.now()
  const beat = () => {
    if (document.visibilityState !== "visible" || Date.now() - last < 900 * model.every) return
    last = Date.now()
    model.beat += 1
  }
  const clock = setInterval(beat, 1000 * model.every)
  document.addEventListener("visibilitychange", beat)
  model.on("remove", () => {
    clearInterval(clock)
    document.removeEventListener("visibilitychange", beat)
  })
}
