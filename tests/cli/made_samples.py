"""Made-up samples for the tests of what reads samples.csv."""
# Not of every sample, and 0 would be a time.
SOMETIMES = ("bind_ns", "enter_ns", "meet_ns", "work_ns", "leave_ns", "drain_ns", "open_ns", "redo_ns", "operation_ns",
             "disturbances", "p50_ns", "p99_ns", "request_ns", "gap_ns", "tried", "hung", "waiting_share")


def row(columns, **given):
    """One good sample with all columns, of a job of 1 ms; `given` says what is otherwise."""
    ns = given.pop("ns", 1e6)
    texts = dict.fromkeys(("flags", "why", "pages", "python", *SOMETIMES), "")
    return dict.fromkeys(columns, 0) | texts | {
        "run_id": "1-2-0", "suite": "scaling", "kernel": "sort", "size": 10, "runner": "fork", "workers": 2, "placement": "compact",
        "schedule": "static", "status": "ok", "iterations": 1, "items": 10, "work": 10, "work_unit": "item", "wall_ns": 2 * ns,
        "span_ns": ns, "imbalance": 1, "checksum": f"{7:016x}", "cpus": "0 1"} | given
