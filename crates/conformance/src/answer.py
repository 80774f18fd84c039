"""Answers what pyxform makes of each workbook: lines of JSON in, lines of JSON out.

In:  {"id": ..., "path": ..., "name": null or ..., "times": 0}
Out: {"id", "ok", "xform", "itemsets", "warnings", "error_type", "error", "micros"}

`micros` are the durations of `times` conversions of bytes that are already in memory.
"""

import json
import sys
import time
from pathlib import Path

from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert


def answer(asked):
    path = Path(asked["path"])
    out = {"id": asked["id"], "ok": False}
    warnings = []
    try:
        made = convert(str(path), warnings=warnings, form_name=asked.get("name"))
        out.update(ok=True, xform=made.xform, itemsets=made.itemsets, warnings=warnings)
    except PyXFormError as refused:
        out.update(error_type="PyXFormError", error=str(refused), warnings=warnings)
    except Exception as crash:  # A crash is a refusal whose type tells it apart.
        out.update(error_type=type(crash).__name__, error=str(crash), warnings=warnings)
    if out["ok"] and asked.get("times"):
        content = path.read_bytes()
        micros = []
        for _ in range(asked["times"]):
            start = time.perf_counter_ns()
            convert(content, file_type=path.suffix, form_name=asked.get("name"))
            micros.append((time.perf_counter_ns() - start) / 1000)
        out["micros"] = micros
    return out


def main():
    for line in sys.stdin:
        if line.strip():
            sys.stdout.write(json.dumps(answer(json.loads(line)), ensure_ascii=True) + "\n")
            sys.stdout.flush()


main()
