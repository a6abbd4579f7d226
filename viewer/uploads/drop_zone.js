// Sends files to the server in pieces: memory stays small on both sides, and a broken line costs one piece.

const PIECE = 4 * 1024 * 1024
const PATIENCE = [1, 2, 4, 8, 15, 30] // seconds before the next try

const wait = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000))

async function ask(method, path, body) {
  const answer = await fetch(path, { method, body, headers: { "X-Twin": "upload" }, credentials: "same-origin" })
  const content = await answer.json().catch(() => ({}))
  if (answer.ok) return content
  const error = new Error(content.error && typeof content.error === "string" ? content.error : `HTTP ${answer.status}`)
  error.final = answer.status < 500
  throw error
}

async function patiently(act, stopped) {
  for (let attempt = 0; ; attempt++) {
    try {
      return await act()
    } catch (error) {
      if (stopped() || error.final || attempt >= PATIENCE.length) throw error
      await wait(PATIENCE[attempt])
    }
  }
}

async function send(files, told, stopped) {
  const names = files.map((file) => ({ name: file.name, size: file.size }))
  let upload = await ask("POST", "uploads", JSON.stringify({ files: names }))
  const total = files.reduce((sum, file) => sum + file.size, 0)
  for (let number = 0; number < files.length; number++) {
    while (upload.received[number] < files[number].size) {
      if (stopped()) {
        await ask("DELETE", `uploads/${upload.key}`).catch(() => {})
        return null
      }
      const offset = upload.received[number]
      const piece = files[number].slice(offset, offset + PIECE)
      // After a failure the server says how much it has: the piece may have arrived though its answer did not.
      upload = await patiently(
        () => ask("PUT", `uploads/${upload.key}/${number}/${offset}`, piece),
        stopped,
      )
      told(upload.received.reduce((sum, size) => sum + size, 0), total)
    }
  }
  return upload.key
}

export function render({ model, el }) {
  const zone = document.createElement("label")
  zone.className = "zone"
  zone.innerHTML =
    '<input type="file" multiple><span class="icon" aria-hidden="true">⇪</span><span class="title"></span>' +
    '<span class="hint"></span><progress max="1" value="0" hidden></progress><span class="told" role="status"></span>' +
    '<button type="button" hidden></button>'
  const [input, title, hint, bar, told, cancel] = ["input", ".title", ".hint", "progress", ".told", "button"].map(
    (selector) => zone.querySelector(selector),
  )
  let busy = false
  let stop = false

  const words = () => {
    title.textContent = model.words.title
    hint.textContent = model.words.hint
    cancel.textContent = model.words.cancel
    bar.setAttribute("aria-label", model.words.title)
  }
  const number = (value) => value.toLocaleString(model.language, { maximumFractionDigits: 1, minimumFractionDigits: 1 })

  const take = async (list) => {
    const files = [...list]
    if (busy || model.disabled || !files.length) return
    busy = true
    stop = false
    zone.classList.add("busy")
    bar.hidden = cancel.hidden = false
    bar.value = 0
    told.textContent = ""
    const started = performance.now()
    try {
      const key = await send(
        files,
        (done, total) => {
          bar.value = total ? done / total : 1
          const seconds = (performance.now() - started) / 1000
          const left = done ? Math.ceil((seconds * (total - done)) / done) : 0
          told.textContent = `${number(done / 1e6)} / ${number(total / 1e6)} MB` + (left > 2 ? ` · ${left} s` : "")
        },
        () => stop,
      )
      told.textContent = ""
      if (key) model.finished = { key, names: files.map((file) => file.name) }
    } catch (error) {
      told.textContent = error instanceof TypeError ? model.words.offline : error.message
    } finally {
      busy = false
      zone.classList.remove("busy")
      bar.hidden = cancel.hidden = true
      input.value = ""
    }
  }

  input.addEventListener("change", () => take(input.files))
  cancel.addEventListener("click", (event) => {
    event.preventDefault()
    stop = true
  })
  for (const kind of ["dragenter", "dragover"]) {
    zone.addEventListener(kind, (event) => {
      event.preventDefault()
      zone.classList.toggle("over", !model.disabled && !busy)
    })
  }
  zone.addEventListener("dragleave", () => zone.classList.remove("over"))
  zone.addEventListener("drop", (event) => {
    event.preventDefault()
    zone.classList.remove("over")
    take(event.dataTransfer.files)
  })
  const able = () => {
    input.disabled = model.disabled
    zone.classList.toggle("disabled", model.disabled)
  }
  model.on("words", words)
  model.on("disabled", able)
  words()
  able()
  el.append(zone)
}
