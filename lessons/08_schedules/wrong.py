"""Planted mistakes and other correct solutions of the lesson on schedules."""

from nnedu.lesson import Alternative, Mistake

MISTAKES = [
    Mistake(
        task="warm_cosine",
        name="first_update_stands_still",
        caught_by="check_warm_cosine_rise",
        hint="Your first learning rate is 0, so the first update moves nothing. The warm-up counts "
        "from t + 1.",
        code="""
def warm_cosine(t, *, base, total, updates, final):
    if t < updates:
        return base * t / updates
    progress = min((t - updates) / (total - updates), 1.0)
    return final + (base - final) * (1 + np.cos(np.pi * progress)) / 2
""",
    ),
    Mistake(
        task="warm_cosine",
        name="length_without_the_warm_up",
        caught_by="check_warm_cosine_fall",
        hint="Your cosine takes total updates of its own and ends too late. Here total counts "
        "those of the warm-up too.",
        code="""
def warm_cosine(t, *, base, total, updates, final):
    if t < updates:
        return base * (t + 1) / updates
    progress = min((t - updates) / total, 1.0)
    return final + (base - final) * (1 + np.cos(np.pi * progress)) / 2
""",
    ),
    Mistake(
        task="warm_cosine",
        name="rises_again",
        caught_by="check_warm_cosine_after",
        hint="Past its end your cosine rises again, as PyTorch's does. Hold the progress at 1.",
        code="""
def warm_cosine(t, *, base, total, updates, final):
    if t < updates:
        return base * (t + 1) / updates
    progress = (t - updates) / (total - updates)
    return final + (base - final) * (1 + np.cos(np.pi * progress)) / 2
""",
    ),
    Mistake(
        task="warm_cosine",
        name="final_added_on_top",
        caught_by="check_warm_cosine_fall",
        hint="You add final to the whole wave, so it starts above base. The wave has to shrink to "
        "base - final.",
        code="""
def warm_cosine(t, *, base, total, updates, final):
    if t < updates:
        return base * (t + 1) / updates
    progress = min((t - updates) / (total - updates), 1.0)
    return final + base * (1 + np.cos(np.pi * progress)) / 2
""",
    ),
    Mistake(
        task="triangular2",
        name="height_stays",
        caught_by="check_triangular2_tops",
        hint="All your triangles are equally high: that is triangular. Here the height halves "
        "after every cycle.",
        code="""
def triangular2(t, *, low, high, half):
    cycle, within = divmod(t, 2 * half)
    return low + (high - low) * (1 - abs(within / half - 1))
""",
    ),
    Mistake(
        task="triangular2",
        name="halves_the_top_itself",
        caught_by="check_triangular2_tops",
        hint="You halve high, and with it the distance of the foot. What halves is the height "
        "above low.",
        code="""
def triangular2(t, *, low, high, half):
    cycle, within = divmod(t, 2 * half)
    return low + (high / 2**cycle - low) * (1 - abs(within / half - 1))
""",
    ),
    Mistake(
        task="triangular2",
        name="height_over_the_number",
        caught_by="check_triangular2_tops",
        hint="You divide by the number of the cycle: 1, 2, 3. Halving again and again divides by"
        " 1, 2, 4.",
        code="""
def triangular2(t, *, low, high, half):
    cycle, within = divmod(t, 2 * half)
    return low + (high - low) * (1 - abs(within / half - 1)) / (cycle + 1)
""",
    ),
    Mistake(
        task="triangular2",
        name="a_wave_for_the_lines",
        caught_by="check_triangular2_first",
        hint="You round the triangles off to a cosine wave. They are straight lines.",
        code="""
def triangular2(t, *, low, high, half):
    cycle = t // (2 * half)
    return low + (high - low) * (1 - np.cos(np.pi * t / half)) / 2 / 2**cycle
""",
    ),
    Mistake(
        task="plateau_lrs",
        name="improvement_forgives_nothing",
        caught_by=("check_plateau_recovers", "check_plateau_noisy"),
        hint="An improvement does not set your count back to 0, so bad looks add up over the whole "
        "run. They have to come in a row.",
        code="""
def plateau_lrs(losses, *, base, factor, patience, min_delta):
    lr, best, bad, lrs = base, np.inf, 0, []
    for loss in losses:
        if loss < best - min_delta:
            best = loss
        else:
            bad += 1
            if bad == patience:
                lr, bad = lr * factor, 0
        lrs.append(lr)
    return np.array(lrs)
""",
    ),
    Mistake(
        task="plateau_lrs",
        name="one_look_too_patient",
        caught_by="check_plateau_flat",
        hint="You wait for one bad look more than patience, as PyTorch does.",
        code="""
def plateau_lrs(losses, *, base, factor, patience, min_delta):
    lr, best, bad, lrs = base, np.inf, 0, []
    for loss in losses:
        if loss < best - min_delta:
            best, bad = loss, 0
        else:
            bad += 1
            if bad > patience:
                lr, bad = lr * factor, 0
        lrs.append(lr)
    return np.array(lrs)
""",
    ),
    Mistake(
        task="plateau_lrs",
        name="compares_with_the_last",
        caught_by="check_plateau_noisy",
        hint="You compare each loss with the one before it. A bad look is one that does not beat"
        " the best so far.",
        code="""
def plateau_lrs(losses, *, base, factor, patience, min_delta):
    lr, last, bad, lrs = base, np.inf, 0, []
    for loss in losses:
        if loss < last - min_delta:
            bad = 0
        else:
            bad += 1
            if bad == patience:
                lr, bad = lr * factor, 0
        last = loss
        lrs.append(lr)
    return np.array(lrs)
""",
    ),
    Mistake(
        task="plateau_lrs",
        name="count_goes_on",
        caught_by="check_plateau_flat",
        hint="After a reduction your count of bad looks goes on, so lr falls at every look. It "
        "has to start anew.",
        code="""
def plateau_lrs(losses, *, base, factor, patience, min_delta):
    lr, best, bad, lrs = base, np.inf, 0, []
    for loss in losses:
        if loss < best - min_delta:
            best, bad = loss, 0
        else:
            bad += 1
            if bad >= patience:
                lr = lr * factor
        lrs.append(lr)
    return np.array(lrs)
""",
    ),
    Mistake(
        task="plateau_lrs",
        name="min_delta_forgotten",
        caught_by="check_plateau_delta",
        hint="Any fall counts as an improvement in your rule. It has to be larger than min_delta.",
        code="""
def plateau_lrs(losses, *, base, factor, patience, min_delta):
    lr, best, bad, lrs = base, np.inf, 0, []
    for loss in losses:
        if loss < best:
            best, bad = loss, 0
        else:
            bad += 1
            if bad == patience:
                lr, bad = lr * factor, 0
        lrs.append(lr)
    return np.array(lrs)
""",
    ),
    Mistake(
        task="final_loss",
        name="noise_without_lr",
        caught_by="check_final_loss_noise",
        hint="You add the noise itself. It reaches the parameters multiplied by lr, its variance"
        " by lr squared.",
        code="""
def final_loss(lrs, curvatures, *, sigma, start):
    v = np.array(start, dtype=float)
    for lr in lrs:
        v = (1 - lr * curvatures) ** 2 * v + sigma**2
    return float(np.sum(curvatures * v) / 2)
""",
    ),
    Mistake(
        task="final_loss",
        name="lr_not_squared",
        caught_by="check_final_loss_noise",
        hint="Your noise term grows like lr. A variance is multiplied by the square of the factor.",
        code="""
def final_loss(lrs, curvatures, *, sigma, start):
    v = np.array(start, dtype=float)
    for lr in lrs:
        v = (1 - lr * curvatures) ** 2 * v + lr * sigma**2
    return float(np.sum(curvatures * v) / 2)
""",
    ),
    Mistake(
        task="final_loss",
        name="factor_not_squared",
        caught_by="check_final_loss_quiet",
        hint="v holds squares, so each update multiplies it by the square of 1 - lr curvature.",
        code="""
def final_loss(lrs, curvatures, *, sigma, start):
    v = np.array(start, dtype=float)
    for lr in lrs:
        v = (1 - lr * curvatures) * v + lr**2 * sigma**2
    return float(np.sum(curvatures * v) / 2)
""",
    ),
    Mistake(
        task="final_loss",
        name="start_overwritten",
        caught_by="check_final_loss_caller",
        hint="Your call changes the caller's start: v *= and v += work in place. Copy it first.",
        code="""
def final_loss(lrs, curvatures, *, sigma, start):
    v = start
    for lr in lrs:
        v *= (1 - lr * curvatures) ** 2
        v += lr**2 * sigma**2
    return float(np.sum(curvatures * v) / 2)
""",
    ),
    Mistake(
        task="best_lrs",
        name="start_forgotten",
        caught_by="check_best_lrs_unit",
        hint="You start at 1/curvature, as if nothing were known at first. How far the start is "
        "away decides the first step: t_0 is missing.",
        code="""
def best_lrs(curvature, *, sigma, start, updates):
    return 1 / (curvature * (np.arange(updates) + 1.0))
""",
    ),
    Mistake(
        task="best_lrs",
        name="curvature_taken_for_one",
        caught_by=("check_best_lrs_any", "check_best_lrs_late"),
        hint="Your formula is right for curvature 1 only. Differentiate the parabola with the "
        "curvature in it.",
        code="""
def best_lrs(curvature, *, sigma, start, updates):
    v, lrs = start, []
    for _ in range(updates):
        lr = v / (v + sigma**2)
        v = (1 - lr) ** 2 * v + lr**2 * sigma**2
        lrs.append(lr)
    return np.array(lrs)
""",
    ),
    Mistake(
        task="best_lrs",
        name="sigma_not_squared",
        caught_by="check_best_lrs_any",
        hint="You use sigma where its square belongs: v and sigma**2 are both means of squares.",
        code="""
def best_lrs(curvature, *, sigma, start, updates):
    v, lrs = start, []
    for _ in range(updates):
        lr = curvature * v / (curvature**2 * v + sigma)
        v = (1 - lr * curvature) ** 2 * v + lr**2 * sigma
        lrs.append(lr)
    return np.array(lrs)
""",
    ),
    Mistake(
        task="best_lrs",
        name="curvature_of_the_inverse_not_squared",
        caught_by="check_best_lrs_any",
        hint="With each update 1/v grows by the square of curvature over sigma. You use the "
        "curvature itself.",
        code="""
def best_lrs(curvature, *, sigma, start, updates):
    late = np.arange(updates) + 1 + sigma**2 / (curvature * start)
    return 1 / (curvature * late)
""",
    ),
    Mistake(
        task="diagnose",
        name="late_taken_for_right",
        caught_by=("check_diagnose_slow", "check_diagnose_all"),
        hint="You call a run right that has not come down to 0 when it ends. Compare the whole "
        "curve, its end too.",
        code="""
def diagnose(lrs, *, base, total, updates, epoch):
    if lrs.max() < 1e-9:
        return "stuck"
    if np.any(np.diff(lrs[1:2 * updates]) == 0) and lrs[1] == lrs[0]:
        return "epochs"
    late = lrs[total // 3 + 3 :]
    return "swings" if np.any(np.diff(late) > 0) else "right"
""",
    ),
    Mistake(
        task="diagnose",
        name="epochs_taken_for_late",
        caught_by=("check_diagnose_slow", "check_diagnose_all"),
        hint="You call every run late that does not come down to 0. One that is counted in epochs "
        "does not either, and stands still within each epoch.",
        code="""
def diagnose(lrs, *, base, total, updates, epoch):
    if lrs.max() < 1e-9:
        return "stuck"
    if np.any(np.diff(lrs[total // 3 + 3 :]) > 1e-12 * base) and lrs[1] > lrs[0]:
        return "swings"
    return "right" if abs(lrs[-1]) < 1e-3 * base else "late"
""",
    ),
    Mistake(
        task="diagnose",
        name="words_swapped",
        caught_by=("check_diagnose_three", "check_diagnose_all"),
        hint="You call a run that swings stuck and one that is stuck swinging.",
        code="""
def diagnose(lrs, *, base, total, updates, epoch):
    if lrs.max() < 1e-9:
        return "swings"
    if lrs[1] == lrs[0]:
        return "epochs"
    if np.any(np.diff(lrs[total // 3 + 3 :]) > 0):
        return "stuck"
    end, t = total, np.arange(updates, total)
    wave = base * (1 + np.cos(np.pi * (t - updates) / (end - updates))) / 2
    return "right" if np.abs(lrs[updates:] - wave).max() < 1e-6 * base else "late"
""",
    ),
    Mistake(
        task="diagnose",
        name="right_within_ten_per_cent",
        caught_by=("check_diagnose_slow", "check_diagnose_all"),
        hint="You accept a curve that is right within a tenth of base. A run that is late by the"
        " few updates of its warm-up differs by less than that.",
        code="""
def diagnose(lrs, *, base, total, updates, epoch):
    t = np.arange(total)
    wave = np.cos(np.pi * (t - updates) / (total - updates))
    wanted = np.where(t < updates, base * (t + 1) / updates, base * (1 + wave) / 2)
    if lrs.max() < 1e-9:
        return "stuck"
    if np.abs(lrs - wanted).max() < 0.1 * base:
        return "right"
    if lrs[1] == lrs[0]:
        return "epochs"
    return "swings" if np.any(np.diff(lrs[total // 3 + 3 :]) > 0) else "late"
""",
    ),
    Mistake(
        task="my_lrs",
        name="best_constant",
        caught_by="check_my_lrs_score",
        hint="This is the best constant: it settles with the step it travels with. Let lr fall.",
        code="""
def my_lrs(curvatures, *, sigma, start, updates):
    bases = np.geomspace(0.01, 1.5, 60) / max(curvatures)
    runs = [np.full(updates, base) for base in bases]
    return min(runs, key=lambda lrs: final_loss(lrs, curvatures, sigma=sigma, start=start))
""",
    ),
    Mistake(
        task="my_lrs",
        name="steepest_curvature_only",
        caught_by="check_my_lrs_score",
        hint="This is the best schedule for the steepest direction alone. It falls before the flat "
        "directions have travelled.",
        code="""
def my_lrs(curvatures, *, sigma, start, updates):
    return best_lrs(max(curvatures), sigma=sigma, start=start[0], updates=updates)
""",
    ),
    Mistake(
        task="my_lrs",
        name="never_falls_far",
        caught_by="check_my_lrs_score",
        hint="Your schedule falls to half of its base and stays there. The floor is proportional"
        " to lr: let it fall towards 0.",
        code="""
def my_lrs(curvatures, *, sigma, start, updates):
    t, tried = np.arange(updates), []
    for base in np.geomspace(0.02, 1.5, 60) / max(curvatures):
        lrs = base * (1 - 0.5 * t / updates)
        tried.append((final_loss(lrs, curvatures, sigma=sigma, start=start), lrs))
    return min(tried, key=lambda each: each[0])[1]
""",
    ),
    Mistake(
        task="my_lrs",
        name="at_least_150",
        caught_by="check_my_lrs_form",
        hint="You return at least 150 learning rates, also where updates asks for fewer.",
        code="""
def my_lrs(curvatures, *, sigma, start, updates):
    t, tried = np.arange(max(updates, 150)), []
    for base in np.geomspace(0.05, 1.5, 60) / max(curvatures):
        lrs = base * (1 - t / len(t)) ** 2
        tried.append((final_loss(lrs, curvatures, sigma=sigma, start=start), lrs))
    return min(tried, key=lambda each: each[0])[1]
""",
    ),
    Mistake(
        task="my_lrs",
        name="cosine_from_a_fixed_base",
        caught_by="check_my_lrs_score",
        hint="Your cosine starts at 1.5/L whatever the noise and the time. Try several bases on "
        "this bowl and keep the best.",
        code="""
def my_lrs(curvatures, *, sigma, start, updates):
    t = np.arange(updates)
    return 1.5 / max(curvatures) * (1 + np.cos(np.pi * t / updates)) / 2
""",
    ),
]

ALTERNATIVES = [
    Alternative(
        task="warm_cosine",
        name="by_the_half_angle",
        code="""
def warm_cosine(t, *, base, total, updates, final):
    rising = base * (t + 1) / updates
    angle = np.pi / 2 * np.clip((t - updates) / (total - updates), 0, 1)
    return float(np.where(t < updates, rising, final + (base - final) * np.cos(angle) ** 2))
""",
    ),
    Alternative(
        task="triangular2",
        name="by_interpolation",
        code="""
def triangular2(t, *, low, high, half):
    cycle = t // (2 * half)
    top = low + (high - low) * 0.5**cycle
    begin = 2 * half * cycle
    return float(np.interp(t, [begin, begin + half, begin + 2 * half], [low, top, low]))
""",
    ),
    Alternative(
        task="plateau_lrs",
        name="by_counting_since_the_best",
        code="""
def plateau_lrs(losses, *, base, factor, patience, min_delta):
    best, since, cuts, found = np.inf, 0, 0, []
    for loss in losses:
        since += 1
        if best - loss > min_delta:
            best, since = loss, 0
        elif since % patience == 0:
            cuts += 1
        found.append(base * factor**cuts)
    return np.array(found)
""",
    ),
    Alternative(
        task="final_loss",
        name="direction_by_direction",
        code="""
def final_loss(lrs, curvatures, *, sigma, start):
    total = 0.0
    for curvature, v in zip(curvatures, start):
        for lr in lrs:
            v = v - 2 * lr * curvature * v + lr**2 * (curvature**2 * v + sigma**2)
        total += curvature * v / 2
    return float(total)
""",
    ),
    Alternative(
        task="best_lrs",
        name="the_formula",
        code="""
def best_lrs(curvature, *, sigma, start, updates):
    late = np.arange(updates) + 1 + sigma**2 / (curvature**2 * start)
    return 1 / (curvature * late)
""",
    ),
    Alternative(
        task="diagnose",
        name="by_its_signs",
        code="""
def diagnose(lrs, *, base, total, updates, epoch):
    if lrs[-1] < 1e-9 and lrs[0] < 1e-9:
        return "stuck"
    if abs(lrs[1] - lrs[0]) < 1e-9 * base:
        return "epochs"
    if lrs[total // 3 : 2 * total // 3].max() > lrs[total // 3] + 1e-6 * base:
        return "swings"
    progress = (total - 1 - updates) / (total - updates)
    end = base * (1 + np.cos(np.pi * progress)) / 2
    return "right" if abs(lrs[-1] - end) < 1e-7 * base else "late"
""",
    ),
    Alternative(
        task="my_lrs",
        name="a_plateau_and_a_fall",
        code="""
def my_lrs(curvatures, *, sigma, start, updates):
    t, tried = np.arange(updates), []
    for base in np.geomspace(0.1, 1.2, 20) / max(curvatures):
        for hold in (0.0, 0.2, 0.4):
            for power in (1.5, 2, 3):
                lrs = base * np.minimum(1, (1 - t / updates) / (1 - hold)) ** power
                tried.append((final_loss(lrs, curvatures, sigma=sigma, start=start), lrs))
    return min(tried, key=lambda each: each[0])[1]
""",
    ),
]
