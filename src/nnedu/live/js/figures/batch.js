// Chapter 4: right on average, and twice the batch halves the squared error at twice the price.
figures.batch = (figure) => {
  const { x: xs, y: ys, best } = lineFit;
  const N = xs.length;
  const LR = 0.3;
  figure.value("x", -0.5, [-1, 2.6]);
  figure.value("y", -0.3, [-1, 2.6]);
  figure.range("k", "batch size B", { min: 0, max: 6, value: 2, step: 1, show: (k) => String(Math.pow(2, k)) });
  figure.choice("draw", "drawn", { with: "with replacement", without: "without replacement" }, "without");
  figure.value("seed", 1, [1, 1000]);
  figure.button("Other batches", () => figure.set({ seed: (figure.state.seed % 1000) + 1 }));

  const plane = figure.plot({ square: true, x: "weight 1", y: "weight 2 (drag the weights)", label: "Gradients of sixty batches, downhill" });
  const errors = figure.plot({ height: 200, x: "batch size B", y: "squared error of the gradient", label: "Squared error against batch size" });
  const losses = figure.plot({ height: 200, x: "examples seen", y: "loss above the minimum", label: "Loss against examples" });
  plane.handle({
    label: "Weights at which gradients are taken",
    at: ({ x, y }) => [x, y],
    move: (x, y) => ({ x, y }),
    say: ({ x, y }) => `weight 1 ${num(x)}, weight 2 ${num(y)}`,
  });
  errors.handle({
    label: "Batch size",
    horizontal: true,
    step: 6,
    at: ({ k }) => [Math.pow(2, k), errors.yr[0]],
    move: (B) => ({ k: clamp(Math.round(Math.log2(B)), 0, 6) }),
    say: ({ k }) => `${Math.pow(2, k)} examples`,
  });

  const gradient = (i, theta) => {
    const error = xs[i][0] * theta[0] + xs[i][1] * theta[1] - ys[i];
    return [error * xs[i][0], error * xs[i][1]];
  };
  const mean = (rows) => [0, 1].map((j) => rows.reduce((sum, row) => sum + row[j], 0) / rows.length);
  const loss = (a, b) => xs.reduce((sum, [u, v], i) => sum + py.square(a * u + b * v - ys[i]), 0) / (2 * N);
  const lowest = loss(...best);
  // The examples of one batch; without replacement, the first of an order that is shuffled so far.
  let order = [];
  const draw = (B, how, noise) => {
    if (how === "with") return range(B).map(() => Math.floor(noise.uniform() * N));
    for (let i = 0; i < B; i += 1) {
      const j = i + Math.floor(noise.uniform() * (N - i));
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order.slice(0, B);
  };
  const seen = {};

  figure.render = (state) => {
    const { x, y, k, seed } = state;
    const B = Math.pow(2, k);
    const theta = [x, y];
    const each = range(N).map((i) => gradient(i, theta));
    const full = mean(each);
    const sigma2 = each.reduce((sum, g) => sum + py.square(g[0] - full[0]) + py.square(g[1] - full[1]), 0) / N;
    const noise = generator(seed);
    order = range(N);
    const batch = (size) => mean((size === N ? range(N) : draw(size, state.draw, noise)).map((i) => each[i]));
    const law = (size, how) => library.facts.batch_variance(sigma2, size, { N, replacement: how === "with" });

    plane.frame({ x: [-1, 2.6], y: [-1, 2.6] });
    if (seen.width !== plane.width) Object.assign(seen, { width: plane.width, path: plane.contourPath((a, b) => loss(a, b) - lowest, range(9).map((i) => 2.5 * Math.pow(0.55, i)), { n: 50 }) });
    plane.raw(seen.path);
    const tip = (g) => [x - g[0], y - g[1]];
    const cloud = range(60).map(() => batch(B));
    for (const g of cloud) plane.path([theta, tip(g)], { color: others[0], width: 1, opacity: 0.35 });
    plane.dots(cloud.map(tip), { color: others[0], r: 2.5 });
    plane.path([theta, tip(full)], { width: 3 });
    plane.dots([tip(full)], { r: 5 });
    plane.raw(`<path d="M${plane.X(best[0]) - 6} ${plane.Y(best[1])}h12m-6 -6v12" stroke="${others[1]}" stroke-width="2"/>`);
    plane.show();

    const sizes = range(7).map((j) => Math.pow(2, j));
    const measured = (size) => range(300).reduce((sum) => {
      const g = batch(size);
      return sum + (py.square(g[0] - full[0]) + py.square(g[1] - full[1])) / 300;
    }, 0);
    const found = sizes.map(measured);
    const top = Math.pow(10, Math.ceil(Math.log10(sigma2 * 1.2)));
    errors.frame({ x: [1, 64], y: [top / 1e4, top], logx: true, logy: true, xticks: sizes.map((s) => [s, String(s)]) });
    const fine = range(121).map((i) => Math.pow(64, i / 120));
    const lines = { with: "", without: "6 3" };
    for (const how of Object.keys(lines)) {
      const chosen = how === state.draw;
      errors.path(fine.map((s) => [s, Math.max(law(s, how), top / 1e6)]), { color: chosen ? others[0] : palette.sgd, width: chosen ? 2.5 : 1.5, dash: lines[how] || "none" });
    }
    errors.dots(sizes.map((s, i) => [s, Math.max(found[i], top / 1e6)]), { color: others[0], r: 4 });
    errors.path([[B, top / 1e4], [B, top]], { width: 1, dash: "2 3" });
    errors.text(1, top / 1e4, "300 batches a dot", { dx: 18, dy: -10 });
    errors.show();

    const budget = 640;
    const run = (size) => {
      let at = theta;
      const points = [[0, loss(...at) - lowest]];
      for (let used = size; used <= budget; used += size) {
        const g = mean((size === N ? range(N) : draw(size, state.draw, noise)).map((i) => gradient(i, at)));
        at = optimizer("sgd", { lr: LR })(at, g);
        points.push([used, Math.max(loss(...at) - lowest, 1e-6)]);
      }
      return points;
    };
    const runs = { full: run(N), mini: run(B) };
    losses.frame({ x: [0, budget], y: [1e-4, 10], logy: true });
    losses.path(runs.full, { color: palette.sgd, width: 2, dash: "6 3" });
    losses.path(runs.mini, { color: others[0], width: 2 });
    losses.text(budget, 10, "all 64 in every update, dashed", { anchor: "end", dx: -4, dy: 12 });
    losses.show();

    const predicted = law(B, state.draw);
    return `The gradient of all ${N} examples has the length ${num(Math.hypot(...full))}. A batch of ${B}, drawn ${state.draw} replacement, is right on average; its squared error should be ${num(predicted)}, that is, it is typically off by ${num(Math.sqrt(predicted))}. Measured over 300 batches: ${num(found[k] < 1e-12 ? 0 : found[k])}. After ${budget} examples, ${Math.floor(budget / B)} updates, the loss is ${num(runs.mini[runs.mini.length - 1][1])} above its minimum; with all examples in each of ${budget / N} updates it is ${num(runs.full[budget / N][1])}.`;
  };
};
