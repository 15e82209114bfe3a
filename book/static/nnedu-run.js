/* Runs the cells of a page in the reader's browser, and lets the reader change them.
   The page says which cells can (book/_ext/nnedu_run.py). Nothing is loaded before the first Run:
   then one file of the site, and Python with it (tools/live_code). Python lives in a worker, which
   Stop ends. */
(function () {
  "use strict";
  const data = document.getElementById("nnedu-run");
  if (!data || typeof Worker === "undefined") return;
  const page = JSON.parse(data.textContent);
  const cells = new Map(); // by number, in the page's order; those without a place have code only
  let parts = null; // a promise of what the site has for Python
  let worker = null;
  let ready = false;
  let current = null; // the cell that runs
  let waiting = []; // cells that were asked for after it

  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  for (const [number, hidden] of page.cells) {
    const place = document.getElementById(`nnedu-cell-${number}`);
    if (hidden !== null) cells.set(number, { number: number, code: () => hidden });
    else if (place) cells.set(number, dress(number, place));
  }

  /* Give a cell its buttons. */
  function dress(number, place) {
    const input = place.querySelector(".cell_input");
    const block = input.querySelector("div.highlight");
    const written = block.querySelector("pre").textContent.replace(/\n$/, "");
    const button = (text, label, action) => {
      const made = element("button", { type: "button", textContent: text });
      made.setAttribute("aria-label", label);
      made.addEventListener("click", action);
      return made;
    };
    const cell = {
      number: number,
      place: place,
      status: element("span", { className: "nnedu-run-status" }),
      code: () => (cell.editor ? cell.editor.value : written),
    };
    cell.status.setAttribute("role", "status");
    cell.run = button("Run", `Run cell ${number}`, () => ask(cell));
    cell.edit = button("Edit", `Edit cell ${number}`, edit);
    cell.reset = button("Reset", `Reset cell ${number} to the book's code`, reset);
    cell.stop = button("Stop", "Stop Python", stop);
    cell.reset.hidden = cell.stop.hidden = true;
    input.append(
      element(
        "div",
        { className: "nnedu-run-bar" },
        cell.run,
        cell.edit,
        cell.reset,
        cell.stop,
        cell.status,
      ),
    );

    function edit() {
      const editor = element("textarea", {
        className: "nnedu-run-editor",
        value: written,
        rows: written.split("\n").length,
        spellcheck: false,
        wrap: "off",
      });
      editor.setAttribute("aria-label", `Code of cell ${number}`);
      editor.setAttribute("autocapitalize", "off");
      editor.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || !(event.shiftKey || event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        ask(cell);
      });
      editor.addEventListener("input", () => {
        editor.rows = editor.value.split("\n").length;
      });
      cell.editor = editor;
      block.hidden = true;
      block.after(editor);
      cell.edit.hidden = true;
      cell.reset.hidden = false;
      cell.status.textContent = "Shift + Enter runs it.";
      editor.focus();
    }

    function reset() {
      cell.editor.remove();
      cell.editor = null;
      block.hidden = false;
      cell.edit.hidden = false;
      cell.reset.hidden = true;
      cell.status.textContent = "";
      cell.edit.focus();
    }
    return cell;
  }

  /* A reader wants this cell to run. */
  function ask(cell) {
    if (cell === current || waiting.includes(cell)) return;
    waiting.push(cell);
    cell.stop.hidden = false;
    cell.status.textContent = current ? "Waits for the cell that runs." : "Starting …";
    next();
  }

  function next() {
    if (current || !waiting.length) return;
    current = waiting.shift();
    current.out = panel(current);
    if (!worker) start();
    else if (ready) send();
  }

  function send() {
    const code = {};
    for (const cell of cells.values()) code[cell.number] = cell.code();
    current.status.textContent = "Running …";
    worker.postMessage({ run: current.number, cells: code });
  }

  /* Load what the site has for Python, and start it. */
  async function start() {
    const mine = (worker = { postMessage() {}, terminate() {} }); // until there is one
    try {
      parts = parts || load(new URL(page.parts, document.baseURI).href);
      const given = await parts;
      if (worker !== mine) return; // stopped meanwhile
      const served = location.protocol !== "file:";
      const own = served && given.here && new URL(page.root + given.here, document.baseURI).href;
      const places = own ? [own, given.cdn] : [given.cdn];
      const source = URL.createObjectURL(new Blob([given.worker], { type: "text/javascript" }));
      worker = new Worker(source);
      URL.revokeObjectURL(source);
      worker.onmessage = ({ data }) => heard(data, given);
      worker.onerror = (event) => fail(event.message || "The worker could not be started.");
      worker.postMessage({ start: { places: places, own: own, library: given.library } });
    } catch (error) {
      parts = null;
      fail(error.message);
    }
  }

  function load(address) {
    return new Promise((resolve, reject) => {
      const script = element("script", { src: address });
      script.onload = () => resolve(window.nneduRunParts);
      script.onerror = () => reject(new Error(`This copy of the book lacks ${page.parts}.`));
      document.head.append(script);
    });
  }

  function heard(message, given) {
    if (!current) return;
    if (message.ready) {
      ready = true;
      send();
    } else if (message.unreachable) {
      const host = new URL(given.cdn).host;
      const own =
        location.protocol === "file:"
          ? "A page opened as a file can take Python only from there. To run cells without a network, " +
            "build the book with “make live”, open it with “make serve”, and press Run there."
          : "To run cells without a network, build the book with “make live”.";
      fail(`Python could not be loaded: ${host} cannot be reached. ${own}`, message.unreachable);
    } else if (message.failed) {
      fail(`Python stopped: ${message.failed}`);
    } else if (message.say) {
      current.status.textContent = message.say;
    } else if (message.running !== undefined) {
      current.status.textContent =
        message.of === 1 || message.at === message.of
          ? "Running …"
          : `Running what it builds on: cell ${message.at} of ${message.of} …`;
    } else if (message.again !== undefined) {
      if (message.again === current.number) current.out.replaceChildren();
    } else if (message.out !== undefined) {
      show(current.out, message);
    } else if (message.done !== undefined) {
      finished(message);
    }
  }

  function finished({ at, error, seconds }) {
    const cell = current;
    if (error) {
      const own = at === cell.number;
      const pre = element("pre", { className: "nnedu-run-error", textContent: error, tabIndex: 0 });
      if (!own) {
        const link = element("a", { href: `#nnedu-cell-${at}`, textContent: `Cell ${at}` });
        cell.out.append(element("p", {}, link, ", on which this one builds, failed:"));
      }
      cell.out.append(pre);
      end(own ? "Failed; the error is below." : "A cell before it failed; the error is below.");
    } else {
      if (!cell.out.hasChildNodes()) cell.out.append(element("p", {}, "It ran, and shows nothing."));
      end(`Done in ${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s; the result is below.`);
    }
    next();
  }

  function end(words) {
    quiet(current, words);
    current = null;
  }

  /* Python is gone, and with it all that has run. */
  function fail(words, detail) {
    drop();
    const cell = current;
    if (!cell) return;
    if (detail) cell.out.append(element("p", {}, words), element("pre", { textContent: detail, tabIndex: 0 }));
    else cell.out.append(element("p", {}, words));
    end("Not run; why is below.");
    for (const each of waiting) quiet(each, "Not run.");
    waiting = [];
  }

  function stop() {
    drop();
    const all = current ? [current, ...waiting] : waiting;
    for (const each of all) quiet(each, "Stopped. Python forgot what had run; Run starts it again.");
    if (current && !current.out.hasChildNodes()) current.out.parentNode.remove();
    current = null;
    waiting = [];
  }

  function quiet(cell, words) {
    if (document.activeElement === cell.stop) cell.run.focus(); // it goes, and the focus would too
    cell.status.textContent = words;
    cell.stop.hidden = true;
  }

  function drop() {
    if (worker) worker.terminate();
    worker = null;
    ready = false;
  }

  /* The place for what a cell shows, below what the book shows. */
  function panel(cell) {
    for (const old of cell.place.querySelectorAll(":scope > .nnedu-run-result")) old.remove();
    const out = element("div", { className: "nnedu-run-out" });
    const all = element("div", { className: "nnedu-run-result" }, element("p", { className: "nnedu-run-title" }, "Your run"), out);
    all.setAttribute("role", "group");
    all.setAttribute("aria-label", "Your run");
    cell.place.append(all);
    return out;
  }

  function show(out, { kind, data }) {
    const last = out.lastElementChild;
    if (kind === "text") {
      if (last && last.matches("pre.nnedu-run-text")) last.textContent += data;
      else out.append(element("pre", { className: "nnedu-run-text", textContent: data, tabIndex: 0 }));
    } else if (kind === "image") {
      out.append(element("img", { src: `data:image/png;base64,${data}`, alt: "The figure that your run drew" }));
    } else {
      out.append(element("div", { className: "nnedu-run-html", innerHTML: data }));
    }
  }
})();
