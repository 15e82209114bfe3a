// What the translated library calls beside Math.
const py = {
  square: (x) => x * x,
  // NumPy rounds halves to even.
  rint: (x) => {
    const low = Math.floor(x);
    const rest = x - low;
    return rest < 0.5 || (rest === 0.5 && low % 2 === 0) ? low : low + 1;
  },
  countUpTo: (sorted, x) => {
    let n = 0;
    while (n < sorted.length && sorted[n] <= x) n += 1;
    return n;
  },
  cache: (make) => {
    const kept = new Map();
    return (...given) => {
      const key = given.join();
      if (!kept.has(key)) kept.set(key, make(...given));
      return kept.get(key);
    };
  },
  text: (value) => (typeof value === "number" ? String(Number(value.toPrecision(6))) : String(value)),
};
