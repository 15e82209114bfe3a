// Chapter 8: large to travel, small to settle; the loss can end no lower than its last rates let it.
figures.schedule = (figure) => {
  const CURVATURES = [1, 10];
  const SIGMA = 1;
  const FAR = 10;
  const all = library.schedules;
  const kinds = { constant: "constant", steps: "piecewise: a third, a tenth", exponential: "exponential", inverse: "inverse time", line: "polynomial: a line", cosine: "cosine", restarts: "warm restarts, three", triangles: "triangular", one_cycle: "one-cycle", wsd: "warm-up, stable, decay", root: "inverse square root" };
  figure.choice("kind", "schedule", kinds, "cosine");
  figure.range("base", "base learning rate", { min: 0.001, max: 0.19, value: 0.1, log: true });
  figure.range("warm", "updates of warm-up", { min: 0, max: 150, value: 0, step: 5 });
  figure.range("total", "updates", { min: 50, max: 1000, value: 300, step: 10 });
  figure.range("final", "last learning rate, per cent of the base", { min: 0, max: 50, value: 0, step: 1, show: (x) => `${num(x)} %` });
  figure.value("seed", 1, [1, 1000]);
  figure.button("Other noise", () => figure.set({ seed: (figure.state.seed % 1000) + 1 }));

  const rates = figure.plot({ height: 230, x: "updates", y: "learning rate", label: "The schedule" });
  const losses = figure.plot({ height: 230, x: "updates", y: "loss on the noisy bowl", label: "Loss against updates" });
  rates.handle({
    label: "Warm-up and base learning rate",
    at: ({ warm, base }) => [warm, base],
    move: (warm, base) => ({ warm: clamp(Math.round(warm / 5) * 5, 0, 150), base: clamp(base, 0.001, 0.19) }),
    say: ({ warm, base }) => `warm-up of ${num(warm)} updates, base ${num(base)}`,
  });

  // The learning rate of an update, by the library's function of this name.
  const scheduled = ({ kind, base, warm, total, final }) => {
    const last = (base * final) / 100;
    const falls = {
      constant: (t) => all.constant(t, { base }),
      steps: (t, T) => all.piecewise_constant(t, { boundaries: [T / 2, (3 * T) / 4], values: [base, base / 3, base / 10] }),
      exponential: (t, T) => all.exponential(t, { base, rate: Math.max(final, 0.1) / 100, every: T }),
      inverse: (t, T) => all.inverse_time(t, { base, scale: T / 10 }),
      line: (t, T) => all.polynomial(t, { base, total: T, final: last }),
      cosine: (t, T) => all.cosine(t, { base, total: T, final: last }),
      restarts: (t, T) => all.warm_restarts(t, { base, period: T / 3, final: last }),
      triangles: (t, T) => all.triangular(t, { low: Math.max(last, base / 100), high: base, half: T / 6 }),
    };
    const whole = {
      one_cycle: (t) => all.one_cycle(t, { base: base / 10, peak: base, up: clamp(warm, 1, total - 1), total, final: last }),
      wsd: (t) => all.warmup_stable_decay(t, { base, warm_up: Math.max(warm, 1), stable: Math.max(0.7 * total - warm, 1), decay: 0.3 * total, final: last }),
      root: (t) => all.inverse_sqrt(t, { base, warm_up: Math.max(warm, 1) }),
    };
    if (whole[kind]) return whole[kind];
    const then = (t) => falls[kind](t, Math.max(total - warm, 1));
    return warm ? (t) => all.warm_up(t, { then, updates: warm }) : then;
  };
  // Expected loss after each update: the mean squares of both distances follow a recursion.
  const expected = (lr, total) => {
    let v = CURVATURES.map(() => FAR * FAR);
    const found = [];
    const loss = () => CURVATURES.reduce((sum, c, i) => sum + (c * v[i]) / 2, 0);
    found.push(loss());
    for (let t = 0; t < total; t += 1) {
      const rate = lr(t);
      v = v.map((each, i) => py.square(1 - rate * CURVATURES[i]) * each + py.square(rate * SIGMA));
      found.push(loss());
    }
    return found;
  };
  const floor = (rate) => CURVATURES.reduce((sum, c) => sum + (rate * SIGMA * SIGMA) / (2 * (2 - rate * c)), 0);

  figure.render = (state) => {
    const { kind, base, total, seed } = state;
    const lr = scheduled(state);
    const ts = range(total + 1);
    const smooth = range(601).map((k) => (k * total) / 600);
    rates.frame({ x: [0, total], y: [0, 0.2], yticks: [0, 0.05, 0.1, 0.15, [0.2, "2/L"]] });
    rates.path([[0, base], [total, base]], { color: palette.sgd, width: 1.5, dash: "6 3" });
    rates.path(smooth.map((t) => [t, lr(t)]), { color: others[0], width: 2.5 });
    rates.show();

    const mean = expected(lr, total);
    const constant = expected(() => base, total);
    const noise = generator(seed);
    const path = descend(
      { df: (x, y) => [x, y].map((each, i) => CURVATURES[i] * each + SIGMA * noise.normal()) },
      [FAR, FAR], optimizer("sgd", { lr }), total,
    );
    const run = path.map((p) => CURVATURES.reduce((sum, c, i) => sum + (c * p[i] * p[i]) / 2, 0));
    losses.frame({ x: [0, total], y: [1e-3, 1e3], logy: true });
    losses.path(ts.map((t) => [t, Math.max(run[t], 1e-4)]), { color: others[0], width: 1, opacity: 0.45 });
    losses.path(ts.map((t) => [t, constant[t]]), { color: palette.sgd, width: 2, dash: "6 3" });
    losses.path(smooth.map((t) => [t, Math.max(floor(lr(t)), 1e-5)]), { width: 1, dash: "2 3" });
    losses.path(ts.map((t) => [t, mean[t]]), { color: others[0], width: 2.5 });
    losses.text(total, constant[total], "constant", { anchor: "end", dy: -7 });
    losses.text(0, 1e-3, "dotted: floor of the present rate", { dx: 6, dy: -8 });
    losses.show();

    const words = kinds[kind].split(/[:,]/)[0];
    const name = kind === "wsd" ? "warm-up, stable, decay" : words;
    const against = kind === "constant" && !state.warm
      ? `its floor is ${num(floor(base))}: a smaller base lowers the floor and lengthens the way`
      : `a constant learning rate of ${num(base)} has ${num(constant[total])}`;
    return `After ${total} updates with the schedule “${name}” from a base of ${num(base)}, the expected loss is ${num(mean[total])}; ${against}. The one run drawn thinly ended at ${num(run[total])}. The last learning rate is ${num(lr(total - 1))}, whose floor would be ${num(floor(lr(total - 1)))}.`;
  };
};
