"""``python -m nnedu.parity.report [TABLE ...]``: run the comparisons and write the report."""

import sys

from nnedu.parity.report.saved import load_report, save

if __name__ == "__main__":
    where = save(sys.argv[1:])
    results = load_report().results
    apart = [f"{each.case} ({each.framework})" for each in results if not each.agrees]
    print(f"{where}: {len(results)} comparisons, {len(apart)} of which differ {apart or ''}")
    sys.exit(bool(apart))
