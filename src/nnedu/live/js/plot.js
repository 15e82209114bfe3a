// One pair of axes as SVG, drawn in real pixels so that its text keeps its size on a phone.
class Plot {
  constructor(figure, { x = "", y = "", height = 180, square = false, wide = false, bare = false, label, margin = {}, canvas = false }) {
    Object.assign(this, { figure, xLabel: x, yLabel: y, height, square, bare, handles: [] });
    this.margin = { left: 44, right: 14, top: y ? 28 : 10, bottom: 40, ...margin };
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("role", "group");
    this.svg.setAttribute("aria-label", label);
    this.svg.setAttribute("aria-describedby", `${figure.id}-seen`);
    this.under = document.createElementNS(SVG, "g");
    this.under.setAttribute("aria-hidden", "true");
    this.over = document.createElementNS(SVG, "g");
    this.svg.append(this.under, this.over);
    this.box = element("div", { class: `nl-plot${square ? " nl-square" : ""}${wide ? " nl-wide" : ""}` });
    if (canvas) {
      this.canvas = element("canvas", { "aria-hidden": "true", class: bare ? "nl-crisp" : null });
      this.box.append(this.canvas);
    }
    this.box.append(this.svg);
    this.clip = `${figure.id}-clip-${figure.plots.length}`;
  }

  // Begin a drawing: bounds of the axes, logarithmic or not, and where their ticks stand.
  frame({ x, y, logx = false, logy = false, xticks = null, yticks = null }) {
    const width = Math.max(this.box.clientWidth, 200);
    const m = this.margin;
    const height = this.square ? Math.min(width - m.left - m.right, 420) + m.top + m.bottom : this.height;
    Object.assign(this, { width, tall: height, xr: x, yr: y, logx, logy });
    this.svg.setAttribute("width", width);
    this.svg.setAttribute("height", height);
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.inside = { left: m.left, right: width - m.right, top: m.top, bottom: height - m.bottom };
    if (this.canvas) {
      const size = { left: m.left, top: m.top, width: width - m.left - m.right, height: height - m.top - m.bottom };
      for (const [side, value] of Object.entries(size)) this.canvas.style[side] = `${value}px`;
    }
    const { left, right, top, bottom } = this.inside;
    this.parts = [
      `<clipPath id="${this.clip}"><rect x="${left}" y="${top}" width="${right - left}" height="${bottom - top}"/></clipPath>`,
    ];
    const xs = xticks || (logx ? decades(x, 5) : ticks(x, (right - left) / 70));
    const ys = yticks || (logy ? decades(y, (bottom - top) / 40) : ticks(y, (bottom - top) / 40));
    for (const each of xs) {
      const [at, text, anchor = "middle"] = Array.isArray(each) ? each : [each, tickText(each, logx)];
      this.parts.push(`<path class="nl-tick" d="M${this.X(at)} ${bottom}v5"/><text class="nl-axis" text-anchor="${anchor}" x="${this.X(at)}" y="${bottom + 18}">${text}</text>`);
    }
    for (const each of ys) {
      const [at, text] = Array.isArray(each) ? each : [each, tickText(each, logy)];
      this.parts.push(`<path class="nl-tick" d="M${left} ${this.Y(at)}h-5"/><text class="nl-axis" text-anchor="end" x="${left - 8}" y="${this.Y(at) + 4}">${text}</text>`);
    }
    if (!this.bare) this.parts.push(`<path class="nl-frame" d="M${left} ${top}V${bottom}H${right}"/>`);
    if (this.xLabel) this.parts.push(`<text class="nl-axis" text-anchor="middle" x="${(left + right) / 2}" y="${height - 3}">${this.xLabel}</text>`);
    if (this.yLabel) this.parts.push(`<text class="nl-axis" x="2" y="12">${this.yLabel}</text>`);
    return this;
  }

  X(x) {
    const [a, b] = this.logx ? this.xr.map(Math.log) : this.xr;
    const part = ((this.logx ? Math.log(x) : x) - a) / (b - a);
    return fixed(this.inside.left + part * (this.inside.right - this.inside.left));
  }

  Y(y) {
    const [a, b] = this.logy ? this.yr.map(Math.log) : this.yr;
    const part = ((this.logy ? Math.log(y) : y) - a) / (b - a);
    return fixed(this.inside.bottom - part * (this.inside.bottom - this.inside.top));
  }

  // The values at a place of the screen, kept inside the axes.
  values(clientX, clientY) {
    const box = this.svg.getBoundingClientRect();
    const { left, right, top, bottom } = this.inside;
    const parts = [(clientX - box.left - left) / (right - left), (bottom - clientY + box.top) / (bottom - top)];
    return parts.map((part, i) => {
      const [a, b] = (i ? this.logy : this.logx) ? (i ? this.yr : this.xr).map(Math.log) : i ? this.yr : this.xr;
      const at = a + clamp(part, 0, 1) * (b - a);
      return (i ? this.logy : this.logx) ? Math.exp(at) : at;
    });
  }

  path(points, { color = "currentColor", width = 2, dash = "none", opacity = 1, fill = "none" } = {}) {
    let d = "";
    let pen = false;
    for (const [x, y] of points) {
      const [px, py_] = [this.X(x), this.Y(y)];
      if (Number.isFinite(px) && Number.isFinite(py_)) {
        d += `${pen ? "L" : "M"}${px} ${py_}`;
        pen = true;
      } else pen = false;
    }
    this.raw(`<path d="${d}" fill="${fill}" stroke="${color}" stroke-width="${width}" stroke-dasharray="${dash}" stroke-linejoin="round" opacity="${opacity}"/>`);
  }

  dots(points, { color = "currentColor", r = 2.5, opacity = 1 } = {}) {
    const shapes = points.map(([x, y]) => [this.X(x), this.Y(y)]).filter((p) => p.every(Number.isFinite));
    this.raw(`<g fill="${color}" opacity="${opacity}">${shapes.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="${r}"/>`).join("")}</g>`);
  }

  rect(x, y, { color = "currentColor", opacity = 0.1 } = {}) {
    const [x0, x1, y1, y0] = [this.X(x[0]), this.X(x[1]), this.Y(y[0]), this.Y(y[1])];
    this.raw(`<rect x="${Math.min(x0, x1)}" y="${Math.min(y0, y1)}" width="${Math.abs(x1 - x0)}" height="${Math.abs(y1 - y0)}" fill="${color}" opacity="${opacity}"/>`);
  }

  text(x, y, words, { anchor = "start", dx = 0, dy = 0 } = {}) {
    this.parts.push(`<text class="nl-label" text-anchor="${anchor}" x="${this.X(x) + dx}" y="${this.Y(y) + dy}">${words}</text>`);
  }

  // Something inside the axes; what lies outside is cut off.
  raw(svg) {
    this.parts.push(`<g clip-path="url(#${this.clip})">${svg}</g>`);
  }

  // Fill the axes with a colour and its opacity at each place: both themes show through.
  paint(nx, ny, colour) {
    const picture = this.canvas.getContext("2d");
    Object.assign(this.canvas, { width: nx, height: ny });
    const image = picture.createImageData(nx, ny);
    for (let j = 0; j < ny; j += 1) {
      for (let i = 0; i < nx; i += 1) {
        const x = this.xr[0] + ((i + 0.5) / nx) * (this.xr[1] - this.xr[0]);
        const y = this.yr[1] - ((j + 0.5) / ny) * (this.yr[1] - this.yr[0]);
        const [hex, opacity] = colour(x, y);
        const parts = [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16));
        image.data.set([...parts, 255 * clamp(opacity, 0, 1)], 4 * (j * nx + i));
      }
    }
    picture.putImageData(image, 0, 0);
  }

  // Contours of a function on the axes' window, at levels; to be kept and drawn with raw().
  contourPath(f, levels, { n = 70, opacity = 0.3 } = {}) {
    const [x0, x1] = this.xr;
    const [y0, y1] = this.yr;
    const xs = range(n + 1).map((i) => x0 + ((x1 - x0) * i) / n);
    const ys = range(n + 1).map((i) => y0 + ((y1 - y0) * i) / n);
    const z = ys.map((y) => xs.map((x) => f(x, y)));
    let d = "";
    for (const level of levels) d += crossings(z, level, xs, ys).map(([a, b]) => `M${this.X(a[0])} ${this.Y(a[1])}L${this.X(b[0])} ${this.Y(b[1])}`).join("");
    return `<path d="${d}" stroke="currentColor" stroke-width="1" fill="none" opacity="${opacity}"/>`;
  }

  show() {
    this.under.innerHTML = this.parts.join("");
    for (const handle of this.handles) handle.put();
  }

  // A point to drag: by mouse and finger, and by the arrow keys once it has the focus.
  handle({ label, at, move, say, horizontal = false, step = 40 }) {
    const knob = document.createElementNS(SVG, "g");
    knob.setAttribute("class", "nl-handle");
    knob.setAttribute("tabindex", "0");
    knob.setAttribute("role", "slider");
    knob.setAttribute("aria-label", label);
    if (!horizontal) knob.setAttribute("aria-roledescription", "point to move by the arrow keys");
    knob.innerHTML = `<circle class="nl-reach" r="22"/><circle class="nl-ring" r="13"/><circle class="nl-knob" r="9"/>`;
    this.over.append(knob);
    const put = () => {
      const [x, y] = at(this.figure.state);
      const place = [clamp(this.X(x), this.inside.left, this.inside.right), clamp(this.Y(y), this.inside.top, this.inside.bottom)];
      knob.setAttribute("transform", `translate(${place[0]} ${place[1]})`);
      knob.setAttribute("aria-valuemin", this.xr[0]);
      knob.setAttribute("aria-valuemax", this.xr[1]);
      knob.setAttribute("aria-valuenow", clamp(x, ...this.xr));
      knob.setAttribute("aria-valuetext", say(this.figure.state));
    };
    const to = (x, y) => this.figure.set(move(round(x, 3), round(y, 3)));
    knob.addEventListener("pointerdown", (event) => {
      knob.setPointerCapture(event.pointerId);
      knob.focus();
      event.preventDefault();
    });
    // A finger on the point moves it and not the page; touch-action alone does not hold inside SVG.
    knob.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
    knob.addEventListener("pointermove", (event) => {
      if (knob.hasPointerCapture(event.pointerId)) to(...this.values(event.clientX, event.clientY));
    });
    knob.addEventListener("keydown", (event) => {
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
      if (!way) return;
      event.preventDefault();
      const size = (event.shiftKey ? 5 : 1) / step;
      const box = this.svg.getBoundingClientRect();
      const [x, y] = at(this.figure.state);
      const { left, right, top, bottom } = this.inside;
      const across = horizontal ? way[0] + way[1] : way[0];
      to(...this.values(
        box.left + this.X(x) + across * size * (right - left),
        box.top + this.Y(y) - (horizontal ? 0 : way[1]) * size * (bottom - top),
      ));
    });
    this.svg.addEventListener("click", (event) => {
      if (!knob.contains(event.target) && this.handles.length === 1) to(...this.values(event.clientX, event.clientY));
    });
    this.handles.push({ knob, put });
    return knob;
  }
}

const fixed = (x) => Math.round(clamp(x, -1e5, 1e5) * 100) / 100;

function ticks([a, b], about) {
  const rough = (b - a) / Math.max(about, 1);
  const ten = Math.pow(10, Math.floor(Math.log10(rough)));
  const step = [1, 2, 5, 10].map((k) => k * ten).find((s) => s >= rough);
  const found = [];
  for (let k = Math.ceil(a / step - 1e-9); k * step <= b + 1e-9 * step; k += 1) found.push(round(k * step, 6));
  return found;
}

function decades([a, b], about) {
  const [low, high] = [Math.ceil(Math.log10(a) - 1e-9), Math.floor(Math.log10(b) + 1e-9)];
  const every = Math.max(1, Math.ceil((high - low) / about));
  const found = [];
  for (let k = low; k <= high; k += every) found.push(Math.pow(10, k));
  return found;
}

function tickText(x, log) {
  if (!log || (x >= 0.01 && x < 1000)) return num(x);
  return `10<tspan dy="-5" font-size="80%">${String(Math.round(Math.log10(x))).replace("-", "−")}</tspan>`;
}

// Pieces of the line on which z has a level: marching squares, with straight lines in each cell.
function crossings(z, level, xs, ys) {
  const pieces = [];
  for (let j = 0; j + 1 < ys.length; j += 1) {
    for (let i = 0; i + 1 < xs.length; i += 1) {
      const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]];
      const cut = [];
      corners.forEach(([a, b], k) => {
        const [c, d] = corners[(k + 1) % 4];
        const [p, q] = [z[b][a] - level, z[d][c] - level];
        if (p < 0 !== q < 0) {
          const s = p / (p - q);
          cut.push([xs[a] + s * (xs[c] - xs[a]), ys[b] + s * (ys[d] - ys[b])]);
        }
      });
      for (let k = 0; k + 1 < cut.length; k += 2) pieces.push([cut[k], cut[k + 1]]);
    }
  }
  return pieces;
}
