"""The verdict on a pool that was idle, judged anew after docs/method.md."""
from . import rules
from .curves import of

WALL, WAITING = of("wall_ns"), of("waiting_share")
PARTS = ((1000, "after 1 µs"), (1000000, "after 1 ms"), (10000000, "after 10 ms"))
KINDS = (("pthread-pool", "threads"), ("fork-pool", "processes"), ("openmp", "an OpenMP team"))


def case(s, pause, runner):
    return rules.first(s, "idle", "*", runner, workers=s.most_workers("idle"), size=pause)


def idle(s, env):
    if s.most_workers("idle") < 2:
        return rules.ONE_UNIT if rules.first(s, "idle", "*", "pthread-pool") else (rules.UNMEASURED, "", "")
    parts, said = [], []
    for pause, where in PARTS:
        processes, threads = (case(s, pause, runner) for runner in ("fork-pool", "pthread-pool"))
        e = rules.divided(s, processes, threads, WALL)
        if e.n:
            parts.append((where, e, rules.more(e)))
            said.append(f"{where} {rules.times(e)}" if said else
                        f"{where} a job of {processes.workers} waiting processes takes {rules.times(e)} times as long as of threads")
    if not parts:
        return rules.UNMEASURED, "", ""
    measured, before = [", ".join(said)], "after 1 ms "
    for runner, whose in KINDS:
        waited = case(s, PARTS[1][0], runner)
        if not waited or not (job := rules.read(s, waited, WALL)).n:
            continue
        share = rules.read(s, waited, WAITING)
        measured.append(f"{before}a job of {whose} takes {rules.time(job)}" + (f" and a waiting worker {100 * share.value:.0f} % of a CPU" if share.n else ""))
        before = ""
    verdict, reason = rules.decided(parts, "on the pause: processes start later ", ", no later ", "processes start later", "processes start no later")
    return verdict, "; ".join(measured), reason
