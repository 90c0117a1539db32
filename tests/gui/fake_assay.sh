#!/bin/sh
# Stands in for assay in the tests of the dashboard: gives answers that the real program gave, recorded in data/.
data=$(dirname "$0")/data
all=" $* "
lang=en
case "$all" in *" --lang zh "*) lang=zh ;; esac
[ -z "$ASSAY_FAKE_HANG" ] || exec sleep 600
case "$all" in
  *" trial picture "*) for last; do :; done; mkdir -p "$(dirname "$last")"; cp "$data/scene.png" "$last"; cat "$data/picture.json" ;;
  *" trial replay "*" --blind "*) for last; do :; done; mkdir -p "$last"
    cp "$data/scene.png" "$last/frame-00000.png"; cp "$data/moved.png" "$last/frame-00001.png"; cat "$data/replay.json" ;;
  *" trial agreement "*) cat "$data/agreement.json" ;;
  *" trial score "*) echo '{"schema": "assay.score/1"}' ;;
  *" doctor "*) cat "$data/doctor.$lang.json" ;;
  *" plan "* | *" --dry-run "*) cat "$data/plan.json" ;;
  *" --what-if "*) cat "$data/what_if.json" ;;
  *" explain "*) cat "$data/explain.json" ;;
  *" compare S-20261123-0001 S-20261123-0002 "*) cat "$data/compare.json" ;;
  *" compare "*) cat "$data/compare_refused.json"; exit 2 ;;
  *" bundle verify "*) cat "$data/verify.json"; exit 9 ;;
  *" --format json "*) cat "$data/session_report.json" ;;
  *" report "*) for last; do :; done; mkdir -p "$(dirname "$last")"; cp "$data/report.html" "$last" ;;
  *) echo "fake assay has no answer to: $*" >&2; exit 2 ;;
esac
