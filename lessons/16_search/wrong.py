"""Planted mistakes of the lesson on search, and other correct solutions."""

from nnedu.lesson import Alternative, Mistake

_DRAW = """
def draw(u, low, high, log):
    even = low + u * (high - low)
    by_factors = {by_factors}
    return np.where({which}, by_factors, even)
"""
_RIGHT_DRAW = {
    "by_factors": "np.abs(low) * np.abs(high / np.where(low == 0, 1, low)) ** u",
    "which": "log",
}


def _draw(**slip):
    return _DRAW.format(**_RIGHT_DRAW | slip)


_CHANCES = """
def chances(k, d, m, p):
    grid = {grid}
    random = 1 - (1 - p) ** {n}
    return grid, random, int({runs})
"""
_RIGHT_CHANCES = {
    "grid": "min(1.0, k * p ** (1 / m)) ** m",
    "n": "(k**d)",
    "runs": "np.ceil(np.log(0.05) / np.log(1 - p))",
}


def _chances(**slip):
    return _CHANCES.format(**_RIGHT_CHANCES | slip)


_HALVE = """
def halve(losses, budgets, eta):
    left, spent, before = list(range(len(losses))), 0, 0
    for j, budget in enumerate(budgets):
        if j > 0:
            left = sorted(left, key=lambda i: {key})
            left = left[: {keep}]
        spent += len(left) * (budget - {before})
        before = budget
    chosen = {chosen}
    return int(chosen), int(spent)
"""
_RIGHT_HALVE = {
    "key": "losses[i, j - 1]",
    "keep": "len(left) // eta",
    "before": "before",
    "chosen": "min(left, key=lambda i: losses[i, -1])",
}


def _halve(**slip):
    return _HALVE.format(**_RIGHT_HALVE | slip)


_BRACKETS = """
def brackets(R, eta):
    s_max = {s_max}
    rows = []
    for s in {order}:
        n = {n}
        rows.append((n, {r}))
    return np.array(rows)
"""
_RIGHT_BRACKETS = {
    "s_max": "int(round(np.log(R) / np.log(eta)))",
    "order": "range(s_max, -1, -1)",
    "n": "int(np.ceil((s_max + 1) * eta**s / (s + 1)))",
    "r": "R // eta**s",
}


def _brackets(**slip):
    return _BRACKETS.format(**_RIGHT_BRACKETS | slip)


_DIAGNOSE = """
def diagnose(lrs, validation, test, chosen, reported):
    if {on_test}:
        return "chosen on test"
    if {reports}:
        return "reports validation"
    if {best}:
        return "reports the best test"
    if {evenly}:
        return "drawn evenly"
    return "right"
"""
_RIGHT_DIAGNOSE = {
    "on_test": "chosen == np.argmin(test)",
    "reports": "np.isclose(reported, validation.min())",
    "best": "np.isclose(reported, test.min())",
    "evenly": "np.median(lrs) > 0.1",
}


def _diagnose(**slip):
    return _DIAGNOSE.format(**_RIGHT_DIAGNOSE | slip)


_OBJECTIVE = """
def objective(w, H, y, r, lam, beta):
    loss = {over}(np.exp(1 - y * (H @ w)))
    return loss + {penalty}
"""


def _objective(penalty, over="np.mean"):
    return _OBJECTIVE.format(penalty=penalty, over=over)


_WEIGHT = """
def best_weight(f, h, y, gamma):
    d = np.exp(1 - y * f) / len(y)
    a, b = d[y * h > 0].sum(), d[y * h < 0].sum()
    sign = {sign}
    if sign < 0:
        a, b = b, a
    if {refused}:
        return 0.0
    return {weight}
"""
_RIGHT_WEIGHT = {
    "sign": "1.0 if a > b else -1.0",
    "refused": "a - b <= gamma",
    "weight": "sign * np.log((-gamma + np.sqrt(gamma**2 + 4 * a * b)) / (2 * b))",
}


def _weight(**slip):
    return _WEIGHT.format(**_RIGHT_WEIGHT | slip)


_CLASSIFY = """
def classify(x, labels, new):
    def vote(z, others, k, itself):
        distances = np.sum((z[:, None] - others) ** 2, axis=2)
        if itself:
            np.fill_diagonal(distances, np.inf)
        near = np.argsort(distances, axis=1, kind="stable")[:, :k]
        return np.sign(labels[near].sum(axis=1))

    some = {some}
    wrong = [np.mean(vote(x[:, list(s)], x[:, list(s)], {k}, {itself}) != labels) for s in some]
    best = list(some[int(np.argmin(wrong))])
    return vote(new[:, best], x[:, best], 9, False).astype(int){shape}
"""
_RIGHT_CLASSIFY = {
    "some": "[(i, j) for i in range(8) for j in range(i)]",
    "k": "9",
    "itself": "True",
    "shape": "",
}


def _classify(**slip):
    return _CLASSIFY.format(**_RIGHT_CLASSIFY | slip)


MISTAKES = [
    Mistake(
        task="draw",
        name="evenly_everywhere",
        caught_by=("check_draw_log", "check_draw_mixed"),
        hint="You draw evenly where factors are asked for: nearly all values then have the largest "
        "order of magnitude.",
        code=_draw(by_factors="even"),
    ),
    Mistake(
        task="draw",
        name="starts_at_one",
        caught_by=("check_draw_log", "check_draw_mixed"),
        hint="Your values by factors start at 1: at u = 0 the value is low.",
        code=_draw(by_factors="np.abs(high / np.where(low == 0, 1, low)) ** u"),
    ),
    Mistake(
        task="draw",
        name="by_factors_everywhere",
        caught_by=("check_draw_even", "check_draw_mixed"),
        hint="You draw every hyper-parameter by factors. Look at log: where it is False, the "
        "differences are even.",
        code=_draw(which="np.ones_like(log)"),
    ),
    Mistake(
        task="draw",
        name="two_bases",
        caught_by=("check_draw_log", "check_draw_mixed"),
        hint="You take a logarithm to base 10 and go back with base e. Use one base for both.",
        code=_draw(
            by_factors="np.exp(np.log10(np.abs(low) + 1e-300) + u * np.log10(np.abs(high "
            "/ np.where(low == 0, 1, low))))"
        ),
    ),
    Mistake(
        task="chances",
        name="runs_multiplied",
        caught_by=("check_chances_one", "check_chances_many"),
        hint="How many runs does a grid of k values for each of d hyper-parameters have? Not k d.",
        code=_chances(n="(k * d)"),
    ),
    Mistake(
        task="chances",
        name="one_direction_only",
        caught_by="check_chances_many",
        hint="Your grid only has to hit along one direction. The value must lie inside along each "
        "of the m that matter.",
        code=_chances(grid="min(1.0, k * p ** (1 / m))"),
    ),
    Mistake(
        task="chances",
        name="share_for_width",
        caught_by="check_chances_many",
        hint="You take the share p for the width of the box. A box of width s along m directions "
        "has the share s^m.",
        code=_chances(grid="min(1.0, k * p) ** m"),
    ),
    Mistake(
        task="chances",
        name="not_capped",
        caught_by="check_chances_many",
        hint="One of your chances is above 1: an interval wider than the distance of two values "
        "always has one inside.",
        code=_chances(grid="(k * p ** (1 / m)) ** m"),
    ),
    Mistake(
        task="chances",
        name="one_run_short",
        caught_by="check_chances_runs",
        hint="Your number of runs is one too small: rounded down it gives less than 95 %.",
        code=_chances(runs="np.floor(np.log(0.05) / np.log(1 - p))"),
    ),
    Mistake(
        task="chances",
        name="share_over_chance",
        caught_by="check_chances_runs",
        hint="Runs that hit twice are no use: 0.95 / p runs are not enough. Ask for the chance "
        "that none of them hits.",
        code=_chances(runs="np.ceil(0.95 / p)"),
    ),
    Mistake(
        task="halve",
        name="keeps_the_worse",
        caught_by=("check_halve_chosen", "check_halve_rounded"),
        hint="You keep those with the highest losses: sort the other way round.",
        code=_halve(key="-losses[i, j - 1]"),
    ),
    Mistake(
        task="halve",
        name="starts_anew",
        caught_by=("check_halve_spent", "check_halve_rounded"),
        hint="You pay for every run from its start in each rung. Here a run goes on: it costs the "
        "difference of two budgets.",
        code=_halve(before="0"),
    ),
    Mistake(
        task="halve",
        name="first_impression",
        caught_by=("check_halve_chosen", "check_halve_rounded"),
        hint="You sort by the first rung's losses every time. Use the latest ones.",
        code=_halve(key="losses[i, 0]"),
    ),
    Mistake(
        task="halve",
        name="looks_ahead",
        caught_by=("check_halve_chosen", "check_halve_rounded"),
        hint="You sort by a loss that no run has reached yet: before rung j only the losses up to "
        "j - 1 are known.",
        code=_halve(key="losses[i, j]"),
    ),
    Mistake(
        task="halve",
        name="chosen_from_all",
        caught_by=("check_halve_chosen", "check_halve_rounded"),
        hint="You choose the smallest last loss of all settings. Those that were dropped never got "
        "there.",
        code=_halve(chosen="np.argmin(losses[:, -1])"),
    ),
    Mistake(
        task="halve",
        name="rounded_up",
        caught_by="check_halve_rounded",
        hint="You keep one too many where n is no multiple of eta: round down.",
        code=_halve(keep="-(-len(left) // eta)"),
    ),
    Mistake(
        task="brackets",
        name="logarithm_cut_off",
        caught_by="check_brackets_large",
        hint="A bracket is missing: in floating point log(243) / log(3) is 4.999..., and cutting "
        "off makes it 4. Multiply instead.",
        code=_brackets(s_max="int(np.log(R) / np.log(eta))"),
    ),
    Mistake(
        task="brackets",
        name="last_bracket_missing",
        caught_by=("check_brackets_settings", "check_brackets_large"),
        hint="The bracket s = 0 is missing: random search at full length.",
        code=_brackets(order="range(s_max, 0, -1)"),
    ),
    Mistake(
        task="brackets",
        name="not_spread",
        caught_by=("check_brackets_settings", "check_brackets_large"),
        hint="Your n lacks the factor (s_max + 1) / (s + 1): brackets with fewer rungs may have "
        "more settings for the same cost.",
        code=_brackets(n="eta**s"),
    ),
    Mistake(
        task="brackets",
        name="rounded_down",
        caught_by=("check_brackets_settings", "check_brackets_large"),
        hint="You round n down; the formula rounds up.",
        code=_brackets(n="(s_max + 1) * eta**s // (s + 1)"),
    ),
    Mistake(
        task="brackets",
        name="the_table_of_the_paper",
        caught_by=("check_brackets_settings", "check_brackets_large"),
        hint="You round (s_max + 1) / (s + 1) before you multiply: that gives the numbers of the "
        "paper's table, not those of its formula, which is asked for.",
        code=_brackets(n="(s_max + 1) // (s + 1) * eta**s"),
    ),
    Mistake(
        task="brackets",
        name="last_budget",
        caught_by=("check_brackets_first", "check_brackets_large"),
        hint="You give the budget of the last rung, which is R in every bracket. Asked for is the "
        "first one.",
        code=_brackets(r="R"),
    ),
    Mistake(
        task="diagnose",
        name="never_chosen_on_test",
        caught_by="check_diagnose_choice",
        hint="You never find a search that chose on test: is the chosen run the one with the "
        "smallest validation error?",
        code=_diagnose(on_test="False"),
    ),
    Mistake(
        task="diagnose",
        name="never_reports_validation",
        caught_by="check_diagnose_choice",
        hint="You never find a report of the validation error: compare what is reported with the "
        "validation error of the chosen run.",
        code=_diagnose(reports="False"),
    ),
    Mistake(
        task="diagnose",
        name="never_the_best_test",
        caught_by="check_diagnose_rest",
        hint="You never find a report of the smallest test error: it belongs to another run than "
        "the chosen one.",
        code=_diagnose(best="False"),
    ),
    Mistake(
        task="diagnose",
        name="never_evenly",
        caught_by="check_diagnose_rest",
        hint="You never find learning rates that were drawn evenly: how many of 30 lie above 0.01, "
        "the middle by factors?",
        code=_diagnose(evenly="False"),
    ),
    Mistake(
        task="objective",
        name="no_price",
        caught_by="check_objective_priced",
        hint="The second sum is missing: weights have a price.",
        code=_objective("0.0"),
    ),
    Mistake(
        task="objective",
        name="squared",
        caught_by="check_objective_priced",
        hint="You square the weights. The penalty has their sizes: squares never make a weight "
        "exactly 0.",
        code=_objective("np.sum((lam * r + beta) * w**2)"),
    ),
    Mistake(
        task="objective",
        name="signs_cancel",
        caught_by="check_objective_priced",
        hint="Negative weights make your penalty smaller. Take their sizes.",
        code=_objective("np.sum((lam * r + beta) * w)"),
    ),
    Mistake(
        task="objective",
        name="beta_once",
        caught_by="check_objective_priced",
        hint="You add beta once. Every unit of weight costs beta.",
        code=_objective("np.sum(lam * r * np.abs(w)) + beta"),
    ),
    Mistake(
        task="objective",
        name="one_price_for_all",
        caught_by="check_objective_priced",
        hint="You charge the mean complexity to all. Each subnetwork pays for its own.",
        code=_objective("(lam * r.mean() + beta) * np.sum(np.abs(w))"),
    ),
    Mistake(
        task="objective",
        name="added_up",
        caught_by="check_objective_free",
        hint="You add up over the examples. F has their mean, so that a price means the same for "
        "any number of examples.",
        code=_objective("np.sum((lam * r + beta) * np.abs(w))", over="np.sum"),
    ),
    Mistake(
        task="best_weight",
        name="price_ignored",
        caught_by=("check_weight_first", "check_weight_priced", "check_weight_wrong"),
        hint="You ignore the price: this is AdaBoost's weight.",
        code=_weight(refused="False", weight="sign * np.log(a / b) / 2"),
    ),
    Mistake(
        task="best_weight",
        name="never_refused",
        caught_by=("check_weight_first", "check_weight_priced", "check_weight_wrong"),
        hint="Nobody is refused: where the edge is below the price, your formula gives a weight of "
        "the wrong sign.",
        code=_weight(refused="False"),
    ),
    Mistake(
        task="best_weight",
        name="wrong_ones_refused",
        caught_by="check_weight_wrong",
        hint="You refuse newcomers that are mostly wrong. With a negative weight they are of use.",
        code=_weight(sign="1.0"),
    ),
    Mistake(
        task="best_weight",
        name="weight_thresholded",
        caught_by=("check_weight_first", "check_weight_priced", "check_weight_wrong"),
        hint="You shrink the weight itself by the price. The price stands beside the slope: solve "
        "the quadratic equation.",
        code=_weight(weight="sign * max(np.log(a / b) / 2 - gamma, 0.0)"),
    ),
    Mistake(
        task="best_weight",
        name="unweighted_examples",
        caught_by=("check_weight_free", "check_weight_priced", "check_weight_wrong"),
        hint="You count all examples alike. Those that the ensemble gets wrong already count more: "
        "e^(1 - y f).",
        code=_weight(
            sign="1.0 if (a := float(np.mean(y * h > 0)) * np.e) "
            "> (b := float(np.mean(y * h < 0)) * np.e) else -1.0"
        ),
    ),
    Mistake(
        task="classify",
        name="all_features",
        caught_by="check_classify_score",
        hint="You look for neighbours among all eight features: six of them only make distances "
        "random.",
        code=_classify(some="[tuple(range(8))]"),
    ),
    Mistake(
        task="classify",
        name="one_at_a_time",
        caught_by="check_classify_score",
        hint="You try one feature at a time. Neither tells anything alone: search the pairs.",
        code=_classify(some="[(i,) for i in range(8)]"),
    ),
    Mistake(
        task="classify",
        name="judged_on_itself",
        caught_by="check_classify_score",
        hint="Each example is its own nearest neighbour, and every pair looks perfect. Leave it "
        "out where you judge.",
        code=_classify(k="1", itself="False"),
    ),
    Mistake(
        task="classify",
        name="a_column",
        caught_by="check_classify_shape",
        hint="Your answers stand in a column, of shape (M, 1). Expected is (M,).",
        code=_classify(shape="[:, None]"),
    ),
]

ALTERNATIVES = [
    Alternative(
        task="draw",
        name="logarithms",
        code="""
def draw(u, low, high, log):
    out = np.empty_like(u)
    for j in range(u.shape[1]):
        if log[j]:
            out[:, j] = np.exp(np.log(low[j]) + u[:, j] * (np.log(high[j]) - np.log(low[j])))
        else:
            out[:, j] = (1 - u[:, j]) * low[j] + u[:, j] * high[j]
    return out
""",
    ),
    Alternative(
        task="chances",
        name="counted_up",
        code="""
def chances(k, d, m, p):
    n = 1
    while 1 - (1 - p) ** n < 0.95:
        n += 1
    side = np.exp(np.log(p) / m)
    return min(1.0, k * side) ** m, -np.expm1(k**d * np.log1p(-p)), n
""",
    ),
    Alternative(task="halve", name="lists", code=_halve()),
    Alternative(task="brackets", name="rounded_logarithm", code=_brackets()),
    Alternative(task="diagnose", name="by_the_median", code=_diagnose()),
    Alternative(
        task="objective",
        name="a_loop",
        code="""
def objective(w, H, y, r, lam, beta):
    loss = sum(np.exp(1 - y[i] * sum(w[k] * H[i, k] for k in range(len(w)))) for i in range(len(y)))
    return loss / len(y) + lam * np.sum(np.abs(w) * r) + beta * np.linalg.norm(w, 1)
""",
    ),
    Alternative(
        task="best_weight",
        name="bisection",
        code="""
def best_weight(f, h, y, gamma):
    def slope(w):
        return -np.mean(y * h * np.exp(1 - y * (f + w * h)))

    if abs(slope(0.0)) <= gamma:
        return 0.0
    sign = -np.sign(slope(0.0))
    low, high = 0.0, 50.0
    for _ in range(200):
        middle = (low + high) / 2
        if sign * slope(sign * middle) + gamma < 0:
            low = middle
        else:
            high = middle
    return float(sign * (low + high) / 2)
""",
    ),
    Alternative(
        task="classify",
        name="products",
        code="""
def classify(x, labels, new):
    pairs = [(i, j) for i in range(8) for j in range(i)]
    best = max(pairs, key=lambda p: abs(np.mean(x[:, p[0]] * x[:, p[1]] * labels)))
    side = np.sign(np.mean(x[:, best[0]] * x[:, best[1]] * labels))
    return np.where(side * new[:, best[0]] * new[:, best[1]] > 0, 1, -1)
""",
    ),
]
