#!/usr/bin/env bash
# ./dev eval [what …] [-- args]: the shipped engines on the labelled cases in evals/; each prints
# one JSON object, and fails if a figure falls below what was reached before.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

source scripts/env.sh
PYTHON=${PYTHON:-python3}
use_model

what=()
while [[ $# -gt 0 && $1 != -- ]]; do
  what+=("$1")
  shift
done
[[ $# -eq 0 ]] || shift
if [[ ${#what[@]} -eq 0 ]]; then
  what=(wismo faq)
  [[ ! -f evals/sentiment.csv ]] || what+=(sentiment)
fi

for name in "${what[@]}"; do
  case $name in
    wismo)
      # Whoever wants a message explained wants no figures.
      set_of_cases=(evals/wismo.csv --floors evals/wismo_floors.csv)
      [[ ${1:-} != --explain* ]] || set_of_cases=()
      target/release/shopdesk eval wismo "${set_of_cases[@]}" "$@"
      ;;
    # Prints the figures, and ends with an error if one is worse than it was.
    sentiment)
      target/release/shopdesk eval "$name" "evals/$name.csv" "$@" |
        "$PYTHON" scripts/check_eval.py "$name"
      ;;
    # A shop's FAQ each, and the questions put to it.
    faq)
      for faq in evals/faq*.json; do
        target/release/shopdesk eval faq "$faq" "${faq%.json}_queries.csv" "$@"
      done
      ;;
    *) die_usage "nothing to evaluate called \"$name\": wismo, faq or sentiment" ;;
  esac
done
