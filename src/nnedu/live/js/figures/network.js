// Chapters 2 and 12: the training loss falls in any case; the other points say what was learned.
figures.network = (figure) => {
  const MOST = 1500;
  figure.choice("data", "data", { moons: "two moons", spirals: "two spirals" }, "moons");
  figure.choice("rule", "optimizer", { sgd: "SGD", momentum: "Momentum", rmsprop: "RMSProp", adam: "Adam" }, "adam");
  figure.range("lr", "learning rate", { min: 0.001, max: 3, value: 0.01, log: true });
  figure.range("units", "units in each of two hidden layers", { min: 1, max: 24, value: 16, step: 1 });
  figure.range("dropout", "dropout rate", { min: 0, max: 0.6, value: 0, step: 0.05 });
  figure.range("decay", "L2, weight decay", { min: 0, max: 0.05, value: 0, step: 0.0025 });
  figure.range("updates", "updates", { min: 0, max: MOST, value: 400, step: 10 });
  figure.value("x", 0.5, [-3, 3]);
  figure.value("y", 0.2, [-3, 3]);
  figure.value("seed", 1, [1, 1000]);
  figure.play("updates", 10, { label: "Train", onward: true });
  figure.button("Other start", () => figure.set({ seed: (figure.state.seed % 1000) + 1 }));

  const plane = figure.plot({ square: true, canvas: true, label: "The data and what the network says everywhere" });
  const losses = figure.plot({ height: 240, x: "updates", y: "loss", label: "Loss against updates" });
  const rights = figure.plot({ height: 170, x: "updates", y: "share classified rightly", label: "Accuracy against updates" });
  plane.handle({
    label: "A place to ask the network about",
    at: ({ x, y }) => [x, y],
    move: (x, y) => ({ x, y }),
    say: ({ x, y }) => `x ${num(x)}, y ${num(y)}`,
  });

  // Training from a seed is a function of the settings; what was computed is kept, and goes on.
  let run = null;
  const trained = ({ data, rule, lr, units, dropout, decay, seed, updates }) => {
    const key = [data, rule, lr, units, dropout, decay, seed].join();
    if (!run || run.key !== key) {
      const net = perceptron([2, units, units, 2]);
      const noise = generator(seed);
      run = { key, net, noise, sets: clouds[data], theta: net.init(noise), step: optimizer(rule, { lr }), history: [], t: 0 };
      figure.first = Array.from(run.theta);
    }
    const { net, noise, sets, history } = run;
    const look = () => {
      const [train, test] = [sets.train, sets.test].map(({ x, labels }) => ({
        loss: net.objective(run.theta, x, labels, { gradient: false }).loss,
        right: net.accuracy(run.theta, x, labels),
      }));
      history.push({ t: run.t, theta: run.theta, train, test });
    };
    if (!history.length) look();
    while (run.t < updates) {
      const { x, labels } = sets.train;
      const drop = () => Float64Array.from({ length: units }, () => (noise.uniform() >= dropout ? 1 / (1 - dropout) : 0));
      const masks = dropout ? x.map(() => [drop(), drop()]) : null;
      const { d } = net.objective(run.theta, x, labels, { masks });
      if (decay) for (let i = 0; i < d.length; i += 1) d[i] += decay * run.theta[i];
      run.theta = run.step(run.theta, d);
      run.t += 1;
      if (run.t % 10 === 0) look();
    }
    return { net, sets, history: history.filter(({ t }) => t <= updates) };
  };

  figure.render = (state) => {
    const { net, sets, history } = trained(state);
    const now = history[history.length - 1];
    const [one, two] = [others[0], others[1]];
    plane.frame({ x: sets.window[0], y: sets.window[1] });
    plane.paint(60, 60, (x, y) => {
      const p = net.predict(now.theta, [x, y])[1];
      return [p > 0.5 ? two : one, 0.06 + 0.36 * Math.abs(2 * p - 1)];
    });
    const shape = ({ x, labels }, label) => x.filter((_, n) => labels[n] === label);
    for (const [label, colour] of [[0, one], [1, two]]) {
      plane.dots(shape(sets.test, label), { color: colour, r: 1.7 });
      const marks = shape(sets.train, label).map(([x, y]) => {
        const [a, b] = [plane.X(x), plane.Y(y)];
        return label ? `M${a} ${b - 5}l5 9h-10z` : `M${a - 4.5} ${b}a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0`;
      });
      plane.raw(`<path d="${marks.join("")}" fill="${colour}" stroke="currentColor" stroke-width="1.2"/>`);
    }
    plane.show();

    const end = Math.max(state.updates, 50);
    const curve = (plot, pick, style) => plot.path(history.map((each) => [each.t, pick(each)]), style);
    losses.frame({ x: [0, end], y: [1e-3, 3], logy: true });
    curve(losses, ({ train }) => Math.max(train.loss, 1e-5), { color: others[2], width: 2.5 });
    curve(losses, ({ test }) => test.loss, { color: others[4], width: 2.5, dash: "6 3" });
    losses.text(end, Math.max(now.train.loss, 1e-3), "training", { anchor: "end", dx: -4, dy: now.train.loss > 3e-3 ? 16 : -8 });
    losses.text(end, now.test.loss, "other points", { anchor: "end", dx: -4, dy: -8 });
    losses.show();
    rights.frame({ x: [0, end], y: [0.4, 1.02], yticks: [0.5, 0.75, 1] });
    curve(rights, ({ train }) => train.right, { color: others[2], width: 2 });
    curve(rights, ({ test }) => test.right, { color: others[4], width: 2, dash: "6 3" });
    rights.show();

    const best = history.reduce((a, b) => (b.test.loss < a.test.loss ? b : a));
    const [x, y] = [state.x, state.y];
    const p = net.predict(now.theta, [x, y]);
    const sure = p[1] > 0.5 ? ["triangles", p[1]] : ["circles", p[0]];
    return `After ${state.updates} updates the loss is ${num(now.train.loss)} on the ${sets.train.x.length} training points and ${num(now.test.loss)} on ${sets.test.x.length} others, of which ${num(100 * now.test.right)}\u00a0% are classified rightly. On the others it was lowest, ${num(best.test.loss)}, after ${best.t} updates. At the place you ask about, the network says ${sure[0]}, with probability ${num(sure[1])}.`;
  };
};
