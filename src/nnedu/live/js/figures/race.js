// Chapter 6: tuned, they differ in the way down, and in how far from its best a rate may lie.
figures.race = (figure) => {
  const places = {};
  const { bowl, ...others_ } = library.surfaces;
  for (const key of Object.keys(races)) places[key] = others_[key] || bowl(100, { tilt: key === "turned" ? Math.PI / 4 : 0 });
  const titles = { sgd: "SGD", momentum: "Momentum", nesterov: "Nesterov", adagrad: "AdaGrad", rmsprop: "RMSProp", adam: "Adam" };
  const [low, high] = [0.03, 30];
  const options = Object.fromEntries(Object.entries(races).map(([key, each]) => [key, each.title]));
  figure.value("x", 0.8, [-6, 6]);
  figure.value("y", 0.8, [-6, 6]);
  figure.choice("surface", "surface", options, "along", (key) => ({ x: races[key].start[0], y: races[key].start[1] }));
  figure.range("times", "learning rate, times each one's best", { min: low, max: high, value: 1, log: true });
  figure.range("updates", "updates", { min: 5, max: 300, value: 150, step: 5 });
  const toggles = element("div", { class: "nl-toggles", role: "group", "aria-label": "Who runs" });
  for (const [name, title] of Object.entries(titles)) toggles.append(figure.toggle(name, title, 1, { color: palette[name], dash: dashes[name] }));
  figure.form.append(toggles);
  figure.play("updates", 5);

  const plane = figure.plot({ square: true, label: "The surface from above" });
  const losses = figure.plot({ height: 200, x: "updates", y: "loss above the minimum", label: "Loss against updates" });
  const forgiving = figure.plot({ height: 200, x: "learning rate, times each one's best", y: "loss at the last update", label: "Loss at the end against the learning rate" });
  plane.handle({
    label: "Start of all runs",
    at: ({ x, y }) => [x, y],
    move: (x, y) => ({ x, y }),
    say: ({ x, y }) => `x ${num(x)}, y ${num(y)}`,
  });
  forgiving.handle({
    label: "Learning rate, times each one's best",
    horizontal: true,
    at: ({ times }) => [times, 1e-9],
    move: (x) => ({ times: clamp(x, low, high) }),
    say: ({ times }) => num(times),
  });

  const LOWEST = 1e-9;
  const grid = range(31).map((k) => low * Math.pow(high / low, k / 30));
  const bottom = (surface) => Math.min(...surface.minima.map((m) => surface.f(...m)));
  const loss = (surface, point) => {
    const above = surface.f(...point) - bottom(surface);
    return above < 1e6 ? Math.max(above, LOWEST) : 1e6;
  };
  const seen = {};

  figure.render = (state) => {
    const { x, y, surface: key, times, updates } = state;
    const surface = places[key];
    const running = Object.keys(titles).filter((name) => state[name]);
    const descent = (name, factor) => descend(surface, [x, y], optimizer(name, { lr: races[key].rates[name] * factor }), updates);
    const paths = Object.fromEntries(running.map((name) => [name, descent(name, times)]));

    plane.frame({ x: surface.window[0], y: surface.window[1] });
    const id = `${key} ${plane.width}`;
    if (!seen[id]) seen[id] = plane.contourPath(surface.f, quantiles(surface, 14));
    plane.raw(seen[id]);
    for (const name of running) plane.path(paths[name], { color: palette[name], dash: dashes[name], width: 2 });
    for (const name of running) plane.dots(paths[name].slice(-1), { color: palette[name], r: 5 });
    for (const [a, b] of surface.minima) plane.raw(`<path d="M${plane.X(a) - 6} ${plane.Y(b)}h12m-6 -6v12" stroke="currentColor" stroke-width="2"/>`);
    plane.show();

    const most = Math.max(1, Math.min(1e3, loss(surface, [x, y]) * 10));
    losses.frame({ x: [0, updates], y: [LOWEST, most], logy: true });
    for (const name of running) losses.path(paths[name].map((p, t) => [t, loss(surface, p)]), { color: palette[name], dash: dashes[name] });
    losses.show();

    forgiving.frame({ x: [low, high], y: [LOWEST, most], logx: true, logy: true, xticks: [[0.03, "0.03"], 0.1, 1, 10, [30, "30"]].map((t) => (Array.isArray(t) ? t : [t, num(t)])) });
    forgiving.path([[times, LOWEST], [times, most]], { width: 1, dash: "3 3" });
    for (const name of running) {
      const ends = grid.map((factor) => [factor, loss(surface, descent(name, factor)[updates])]);
      forgiving.path(ends, { color: palette[name], dash: dashes[name] });
    }
    forgiving.show();

    if (!running.length) return "Nobody runs: choose at least one optimizer.";
    const ends = running.map((name) => [name, loss(surface, paths[name][updates])]).sort((a, b) => a[1] - b[1]);
    const list = ends.map(([name, end]) => {
      const reached = end >= 1e6 ? "diverged" : end <= LOWEST ? `below ${num(LOWEST)}` : num(end);
      return `${titles[name]} ${reached} (lr ${num(races[key].rates[name] * times)})`;
    });
    const rate = times === 1 ? "its own best learning rate" : `${num(times)} times its own best learning rate`;
    return `Loss above the minimum after ${updates} updates, each at ${rate}: ${list.join(", ")}.`;
  };
};

// Heights such that equal areas lie between them: contours where the surface is steep and flat.
function quantiles(surface, n) {
  const [[x0, x1], [y0, y1]] = surface.window;
  const heights = range(900).map((k) => surface.f(x0 + ((x1 - x0) * ((k % 30) + 0.5)) / 30, y0 + ((y1 - y0) * (Math.floor(k / 30) + 0.5)) / 30));
  heights.sort((a, b) => a - b);
  return range(n).map((k) => heights[Math.floor((900 * (k + 0.3)) / n)]);
}
