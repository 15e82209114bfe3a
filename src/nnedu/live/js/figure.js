// What every figure shares: its place, state, address, controls and words.
const figures = {};

// Start a figure in its place: build what it shows, and draw it whenever its state changes.
function start(place) {
  const name = place.dataset.live;
  const make = figures[name];
  if (!make) return;
  const figure = new Figure(place, name);
  make(figure);
  figure.begin();
  place.liveFigure = figure;
}

class Figure {
  constructor(place, name) {
    this.place = place;
    this.name = name;
    this.defaults = {};
    this.limits = {};
    this.controls = [];
    this.plots = [];
    this.id = `live-${name}`;
    this.panels = element("div", { class: "nl-panels" });
    this.form = element("div", { class: "nl-controls" });
    this.words = element("p", { class: "nl-words" });
    this.spoken = element("p", { class: "nl-hidden", role: "status" });
    this.buttons = element("div", { class: "nl-buttons" });
  }

  // What can change, and its bounds or the values it can have.
  value(name, initial, limits) {
    this.defaults[name] = initial;
    this.limits[name] = limits;
  }

  range(name, label, { min, max, value, step, log = false, show = num }) {
    this.value(name, value, [min, max]);
    const n = log ? 200 : Math.round((max - min) / step);
    const toValue = (at) => (log ? round(min * Math.pow(max / min, at / n), 3) : round(min + at * step, 6));
    const toPlace = (x) => Math.round(log ? (n * Math.log(x / min)) / Math.log(max / min) : (x - min) / step);
    const id = `${this.id}-${name}`;
    const output = element("output", { for: id });
    const input = element("input", {
      type: "range", id, min: 0, max: n, step: 1,
      on: { input: () => this.set({ [name]: toValue(Number(input.value)) }) },
    });
    const row = element("div", { class: "nl-control" }, element("label", { for: id }, label), output, input);
    this.controls.push({ row, refresh: (state) => {
      input.value = toPlace(state[name]);
      output.textContent = show(state[name]);
      input.setAttribute("aria-valuetext", show(state[name]));
    } });
    this.form.append(row);
    return row;
  }

  choice(name, label, options, value, also = () => ({})) {
    this.value(name, value, Object.keys(options));
    const id = `${this.id}-${name}`;
    const items = Object.entries(options).map(([key, text]) => element("option", { value: key }, text));
    const input = element("select", { id, on: { change: () => this.set({ [name]: input.value, ...also(input.value) }) } }, ...items);
    const row = element("div", { class: "nl-control" }, element("label", { for: id }, label), input);
    this.controls.push({ row, refresh: (state) => { input.value = state[name]; } });
    this.form.append(row);
    return row;
  }

  toggle(name, label, value, { color = null, dash = null } = {}) {
    this.value(name, value, [0, 1]);
    const id = `${this.id}-${name}`;
    const input = element("input", { type: "checkbox", id, on: { change: () => this.set({ [name]: input.checked ? 1 : 0 }) } });
    const text = element("label", { for: id }, label);
    if (color) text.prepend(swatch(color, dash));
    const row = element("div", { class: "nl-toggle" }, input, text);
    this.controls.push({ row, refresh: (state) => { input.checked = Boolean(state[name]); } });
    this.form.append(row);
    return row;
  }

  button(label, call) {
    const made = element("button", { type: "button", on: { click: call } }, label);
    this.buttons.append(made);
    return made;
  }

  // A button that moves a control: from its start to where it stands, or onward to its end. Where
  // less motion is asked for there is no film: the end is shown at once, or the next stretch.
  play(name, step, { label = "Play", onward = false } = {}) {
    const still = window.matchMedia("(prefers-reduced-motion: reduce)");
    const button = this.button(label, () => {
      if (this.stop) return this.stop();
      const [low, high] = this.limits[name];
      const here = this.state[name];
      const end = onward ? high : here;
      let at = onward && here < high ? here : low;
      if (still.matches) return this.set({ [name]: onward ? Math.min(at + 20 * step, high) : here });
      let frame = 0;
      this.stop = () => {
        cancelAnimationFrame(frame);
        this.stop = null;
        button.textContent = label;
        this.set({ [name]: onward ? this.state[name] : here });
      };
      button.textContent = "Stop";
      const next = () => {
        if (at >= end) return this.stop();
        at = Math.min(at + step, end);
        this.replace({ ...this.state, [name]: at });
        frame = requestAnimationFrame(() => { frame = requestAnimationFrame(next); });
      };
      next();
    });
  }

  plot(options) {
    const plot = new Plot(this, options);
    this.plots.push(plot);
    this.panels.append(plot.box);
    return plot;
  }

  begin() {
    this.place.querySelector(".nl-static")?.remove();
    this.button("Reset", () => this.reset());
    const caption = this.place.querySelector("figcaption");
    this.place.insertBefore(element("p", { class: "nl-hidden", id: `${this.id}-seen` }, this.place.dataset.seen), caption);
    this.form.append(this.buttons);
    this.panels.insertBefore(this.form, this.panels.children[1] || null);
    for (const each of [this.panels, this.words, this.spoken]) this.place.insertBefore(each, caption);
    this.place.classList.add("nl-running");
    this.state = { ...this.defaults, ...this.fromAddress() };
    new ResizeObserver(() => this.draw()).observe(this.panels);
    window.addEventListener("hashchange", () => {
      if (this.addressed()) this.replace({ ...this.defaults, ...this.fromAddress() });
    });
    this.draw();
    if (this.addressed() && window.location.hash.includes("?")) this.place.scrollIntoView();
  }

  // --- state ------------------------------------------------------------------------------

  set(changes) {
    this.replace({ ...this.state, ...changes });
    clearTimeout(this.later);
    this.later = setTimeout(() => {
      this.toAddress();
      this.spoken.textContent = this.words.textContent;
    }, 400);
  }

  replace(state) {
    this.state = state;
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.draw();
    });
  }

  reset() {
    this.stop?.();
    this.set({ ...this.defaults });
  }

  addressed() {
    return window.location.hash.slice(1).split("?")[0] === this.id;
  }

  fromAddress() {
    const found = {};
    if (!this.addressed()) return found;
    for (const [key, text] of new URLSearchParams(window.location.hash.split("?")[1] || "")) {
      const limits = this.limits[key];
      if (!limits) continue;
      if (typeof this.defaults[key] === "string") {
        if (limits.includes(text)) found[key] = text;
      } else if (text !== "" && Number.isFinite(Number(text))) found[key] = clamp(Number(text), ...limits);
    }
    return found;
  }

  toAddress() {
    const changed = Object.entries(this.state).filter(([key, value]) => value !== this.defaults[key]);
    const query = changed.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join("&");
    if (!query && !this.addressed()) return;
    history.replaceState(history.state, "", `#${this.id}${query ? `?${query}` : ""}`);
  }

  draw() {
    for (const control of this.controls) control.refresh(this.state);
    this.words.textContent = this.render(this.state);
  }
}
